package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestPins(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithRelease(sandbox.Release495))
	assert.Equal(t, `[]`, get(t, server, "pin-message/?session_id="+session).body)
	for range 2 {
		got := send(t, server, http.MethodPost, "pin-message/", `{"session_id":"`+strings.ToUpper(session)+`"}`)
		assert.Equal(t, http.StatusCreated, got.status)
		assert.Equal(t, `{"id":1,"platform":"acme","username":"ada","session_id":"`+session+`"}`, got.body)
	}
	got := get(t, server, "pin-message/?session_id="+session)
	var pins []client.PinnedSession
	require.NoError(t, json.Unmarshal([]byte(got.body), &pins))
	require.Len(t, pins, 1)
	assert.Equal(t, session, pins[0].SessionID)
	assert.Equal(t, coach, pins[0].Mentor.UniqueID)
	assert.Contains(t, got.body, `"messages":[]`)

	got = send(t, server, http.MethodDelete, "pin-message/?session_id="+session, "")
	assert.Equal(t, http.StatusNoContent, got.status)
	assert.Equal(t, `[]`, get(t, server, "pin-message/?session_id="+session).body)
	got = send(t, server, http.MethodDelete, "pin-message/?session_id="+session, "")
	assert.Equal(t, http.StatusNotFound, got.status)
	assert.JSONEq(t, `{"detail":"No PinnedMessage matches the given query."}`, got.body)
}

func TestUnpinWithBody(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	for _, body := range []struct{ text, contentType string }{
		{`{"session_id":"` + session + `"}`, "application/json"},
		{"session_id=" + session, "application/x-www-form-urlencoded"},
	} {
		require.Equal(t, http.StatusCreated, send(t, server, http.MethodPost, "pin-message/", body.text, "Content-Type", body.contentType).status)
		assert.Equal(t, http.StatusNoContent, send(t, server, http.MethodDelete, "pin-message/", body.text, "Content-Type", body.contentType).status)
	}
	assert.JSONEq(t, `{"session_id":["This field is required."]}`, send(t, server, http.MethodDelete, "pin-message/", "").body)
	assert.Equal(t, http.StatusUnsupportedMediaType, send(t, server, http.MethodDelete, "pin-message/", "x", "Content-Type", "text/plain").status)
}

func TestPinsBelongToUser(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "eve", Member: true}))
	c, ctx := newClient(t, server), t.Context()
	pin, err := c.PinnedMessages.Create(ctx, session, client.WithUsername("eve"))
	require.NoError(t, err)
	assert.Equal(t, "eve", pin.Username)
	mine, err := c.PinnedMessages.List(ctx, session)
	require.NoError(t, err)
	assert.Empty(t, mine.Results)
	theirs, err := c.PinnedMessages.List(ctx, session, client.WithUsername("eve"))
	require.NoError(t, err)
	assert.Len(t, theirs.Results, 1)
}

// newServerWithPin returns a server of a release with a pinned session.
func newServerWithPin(t *testing.T, release sandbox.Release) *sandbox.Server {
	t.Helper()
	server := newTestServer(t, sandbox.WithRelease(release),
		sandbox.WithMentor("acme", client.Mentor{}),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: coach, Name: "Study coach"}),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, MentorID: coach, Title: "Essays", Messages: []client.ChatMessage{
			{Message: json.RawMessage(`{"type":"human"}`), InsertedAt: client.Time{Time: start}, Title: new("Essays")},
			{ID: 9},
		}}),
	)
	_, err := newClient(t, server).PinnedMessages.Create(t.Context(), session)
	require.NoError(t, err)
	return server
}

// Until release 4.95, the list has the session of the query with its messages.
func TestPinnedMessages(t *testing.T) {
	t.Parallel()
	for release, sources := range map[sandbox.Release]string{
		sandbox.Release359: "", sandbox.Release490: `"document_sources":null,`, sandbox.Release495: `"document_sources":null,`,
	} {
		server := newServerWithPin(t, release)
		got := get(t, server, "pin-message/?session_id="+session).body
		assert.Contains(t, got, `[{"session_id":"`+session+`","mentor":{`)
		assert.Contains(t, got, `"name":"Study coach"`)
		assert.Contains(t, got, `"messages":[`+
			`{"id":1,"message":{"type":"human"},"title":"Essays","feedback":{},`+sources+`"files":[],"inserted_at":"2026-01-05T09:00:00Z"},`+
			`{"id":9,"message":{},"title":null,"feedback":{},`+sources+`"files":[],"inserted_at":"2026-01-05T09:00:00Z"}]`, release)
		assert.JSONEq(t, `{"session_id":["This field is required."]}`, get(t, server, "pin-message/").body)
	}
}

// Release 4.205 lists all pinned sessions with their first messages, whatever the
// session in the query is.
func TestPinnedSessions(t *testing.T) {
	t.Parallel()
	const other = "11111111-1111-4111-8111-111111111111"
	server := newServerWithPin(t, sandbox.Release4205)
	send(t, server, http.MethodPost, "pin-message/", `{"session_id":"`+other+`"}`)
	first := `{"session_id":"` + session + `","mentor_unique_id":"` + coach + `","mentor":{"unique_id":"` + coach + `"},"title":"Essays","messages":[` +
		`{"id":1,"message":{"type":"human"},"title":"Essays","feedback":{},"files":[],"artifact_versions":[],"inserted_at":"2026-01-05T09:00:00Z"}]}`
	second := server.Mentors("acme")[0].UniqueID
	second = `{"session_id":"` + other + `","mentor_unique_id":"` + second + `","mentor":{"unique_id":"` + second + `"},"title":null,"messages":[]}`
	both := `{"count":2,"next":null,"previous":null,"results":[` + first + `,` + second + `]}`
	one := `{"count":1,"next":null,"previous":null,"results":[` + first + `]}`
	for query, want := range map[string]string{
		"":                             both,
		"?session_id=" + other:         both,
		"?session_id=x":                both,
		"?mentor=" + coach:             one,
		"?mentor=Study+coach":          one,
		"?mentor=mentor-2":             one,
		"?mentor=nobody":               `{"count":0,"next":null,"previous":null,"results":[]}`,
		"?page_size=1&mentor=mentor-2": one,
	} {
		assert.Equal(t, want, get(t, server, "pin-message/"+query).body, query)
	}
	assert.Equal(t, []any{server.URL + userPath + "pin-message/?page=2&page_size=1", nil}, []any{
		get(t, server, "pin-message/?page_size=1").fields(t)["next"], get(t, server, "pin-message/?page_size=1&page=2").fields(t)["next"],
	})
}
