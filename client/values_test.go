package client_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestNullable(t *testing.T) {
	t.Parallel()
	var unset client.Nullable[int64]
	for _, c := range []struct {
		n               client.Nullable[int64]
		value           int64
		set, null, zero bool
		json            string
	}{
		{unset, 0, false, false, true, "null"},
		{client.Null[int64](), 0, false, true, false, "null"},
		{client.Value[int64](0), 0, true, false, false, "0"},
		{client.Value[int64](7), 7, true, false, false, "7"},
	} {
		value, set := c.n.Get()
		assert.Equal(t, c.value, value)
		assert.Equal(t, c.set, set)
		assert.Equal(t, c.null, c.n.IsNull())
		assert.Equal(t, c.zero, c.n.IsZero())
		text, err := json.Marshal(c.n)
		require.NoError(t, err)
		assert.Equal(t, c.json, string(text))
	}
	type request struct {
		N client.Nullable[string] `json:"n,omitzero"`
	}
	for _, text := range []string{`{}`, `{"n":null}`, `{"n":""}`, `{"n":"x"}`} {
		var r request
		require.NoError(t, json.Unmarshal([]byte(text), &r))
		again, err := json.Marshal(r)
		require.NoError(t, err)
		assert.Equal(t, text, string(again), "a round trip")
	}
	var n client.Nullable[int64]
	require.Error(t, json.Unmarshal([]byte(`"x"`), &n))
	assert.True(t, n.IsZero(), "an error changes nothing")
}

func TestNullablePrintsWhatItHolds(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		value             any
		format, text, log string
	}{
		{client.Nullable[int64]{}, "%v", "unset", `"unset"`},
		{client.Null[int64](), "%d", "null", "null"},
		{client.Value[int64](7), "%v", "7", "7"},
		{client.Value[int64](7), "%03d", "007", "7"},
		{client.Value("a"), "%q", `"a"`, `"a"`},
		{client.Value(at), "%s", "2026-01-05 09:00:00 +0000 UTC", `"2026-01-05T09:00:00Z"`},
		{client.Value(api.NewSecret(testSecret)), "%s", "***", `"***"`},
		{client.Value([]int{1, 2}), "%v", "[1 2]", "[1,2]"},
		{struct{ N client.Nullable[int64] }{client.Value[int64](7)}, "%+v", "{N:7}", `{"N":7}`},
		{struct{ N client.Nullable[int64] }{}, "%v", "{unset}", `{"N":null}`},
	} {
		assert.Equal(t, test.text, fmt.Sprintf(test.format, test.value))
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", test.value)
		assert.Contains(t, out.String(), `"v":`+test.log+"}")
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	for text, again := range map[string]string{
		`"2026-01-05T09:00:00Z"`: `"2026-01-05T09:00:00Z"`, `"2026-01-05T09:00:00.25+01:00"`: `"2026-01-05T09:00:00.25+01:00"`,
		`"2026-01-05 09:00:00"`: `"2026-01-05T09:00:00Z"`, `null`: `null`, `""`: `null`, `"soon \"\u00fc"`: `"soon \"ü"`,
	} {
		var at client.Time
		require.NoError(t, json.Unmarshal([]byte(text), &at), text)
		out, err := json.Marshal(at)
		require.NoError(t, err)
		assert.JSONEq(t, again, string(out), text)
	}
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	assert.Equal(t, "2026-01-05T09:00:00Z", client.Time{Time: at}.Text())
	assert.True(t, at.Equal(client.Time{Time: at}.Time))
	assert.Empty(t, client.Time{}.Text())
	one, other := client.Time{Time: at}, client.Time{Time: at}
	assert.True(t, one == other, "they can be compared")
	for _, text := range []string{`{"a": [1]}`, `[1, 2]`, `17`, `true`} {
		var at client.Time
		require.NoError(t, json.Unmarshal([]byte(text), &at))
		assert.Equal(t, text, at.Text())
		assert.True(t, at.IsZero())
		require.NoError(t, json.Unmarshal([]byte(`null`), &at))
		assert.Equal(t, client.Time{}, at, "nothing of what was there before stays")
	}
}
