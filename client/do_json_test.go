package client_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// custom has the types that decoders treat differently.
type custom struct {
	Title    string
	Tagged   string `json:"the_tag"`
	Omitted  string `json:"omitted,omitempty"`
	AsText   int64  `json:"as_text,string"`
	Ignored  string `json:"-"`
	Addr     netip.Addr
	IP       net.IP
	Bytes    []byte
	Array    [4]byte
	Duration time.Duration
	At       time.Time
	Raw      json.RawMessage
	Any      any
	Map      map[int]string
	Nil      []string
	Pointer  *custom
}

// What Do sends and receives follows encoding/json, in both directions.
func TestDoFollowsEncodingJSON(t *testing.T) {
	t.Parallel()
	sent := custom{
		Title: "<T>", Tagged: "t", AsText: 7, Ignored: "i", Addr: netip.MustParseAddr("192.0.2.1"), IP: net.IPv4(192, 0, 2, 2), Bytes: []byte("bytes"), Array: [4]byte{1, 2},
		Duration: time.Second, At: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Raw: json.RawMessage(`{"a":1}`), Any: 1.5, Map: map[int]string{1: "a"}, Pointer: &custom{Title: "P"},
	}
	var body string
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		text, err := json.Marshal(sent)
		require.NoError(t, err)
		received, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		body = string(received)
		assert.JSONEq(t, string(text), body)
		return respond(r, http.StatusOK, body), nil
	}))
	request := client.Request{Method: http.MethodPost, PathTemplate: "/orgs/{org}/things/", Body: sent}
	var received, want custom
	require.NoError(t, c.Do(t.Context(), request, &received))
	require.NoError(t, json.Unmarshal([]byte(body), &want))
	assert.Equal(t, want, received)

	received = custom{}
	require.NoError(t, alwaysResponding(t, "\ufeff"+`{"title": "T", "THE_TAG": "x", "unknown": 1}`).Do(t.Context(), request, &received))
	assert.Equal(t, custom{Title: "T", Tagged: "x"}, received, "names in any case, as in encoding/json")

	var agent client.PeriodicAgent
	require.NoError(t, alwaysResponding(t, `{"id": "7", "new": 1}`).Do(t.Context(), request, &agent))
	assert.EqualValues(t, 7, agent.ID)
	assert.Equal(t, []string{"new"}, agent.Unknown.Names())
	var page client.Page[custom]
	require.NoError(t, alwaysResponding(t, `{"count": 1, "results": [{"Title": "T"}]}`).Do(t.Context(), request, &page))
	assert.Equal(t, &custom{Title: "T"}, page.Results[0])
	require.NoError(t, alwaysResponding(t, `[{"Title": "T"}]`).Do(t.Context(), request, &page))
	assert.Equal(t, client.Page[custom]{Count: 1, Results: []*custom{{Title: "T"}}}, page)
}

func TestDoRefusesValuesOfAnotherType(t *testing.T) {
	t.Parallel()
	request := client.Request{Method: http.MethodGet, PathTemplate: "/orgs/{org}/things/"}
	for body, reason := range map[string]string{
		`{"Title": 12345, "Addr": "192.0.2.1"}`: "Title can't be decoded as string",
		`{"Addr": "192.0.2.1", "Map": 12345}`:   "Map can't be decoded as map[int]string",
		`["secret"]`:                            "the body can't be decoded as client_test.custom",
		`{"Title": "T"`:                         "unexpected end of JSON input",
		``:                                      "unexpected end of JSON input",
		`<html>`:                                "invalid character '<' looking for beginning of value",
	} {
		received := custom{Title: "before"}
		err := alwaysResponding(t, body).Do(t.Context(), request, &received)
		requireNotPromised(t, err, reason)
		assert.NotContains(t, err.Error(), "secret")
		assert.NotContains(t, err.Error(), "12345")
		assert.Equal(t, custom{}, received, "nothing is left of a response that is refused")
	}
}

// A body that is cut off is one that ends too early, with a byte order mark or
// without.
func TestDoWithABodyThatIsCutOff(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "\ufeff", `{"a":`, "\ufeff{\"a\":", "\ufefftru", `"\u00`} {
		var out any
		err := alwaysResponding(t, body).Do(t.Context(), client.Request{Method: http.MethodGet, PathTemplate: "/x/"}, &out)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, body)
	}
}
