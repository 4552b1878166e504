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
	one, other := client.Value[int64](7), client.Value[int64](7)
	assert.True(t, one == other, "they can be compared")
	assert.False(t, client.Null[int64]() == unset)

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
	assert.Equal(t, "2026-01-05T09:00:00Z", client.At(at).Text())
	assert.True(t, at.Equal(client.At(at).Time))
	assert.Empty(t, client.Time{}.Text())
	one, other := client.At(at), client.At(at)
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

func TestSecret(t *testing.T) {
	t.Parallel()
	secret := client.Secret(testSecret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "% x", "%t"} {
		assert.Equal(t, "***", fmt.Sprintf(verb, secret), verb)
		assert.NotContains(t, fmt.Sprintf(verb, struct{ S client.Secret }{secret}), testSecret, verb)
		assert.NotContains(t, fmt.Sprintf(verb, []client.Secret{secret}), testSecret, verb)
		assert.NotContains(t, fmt.Sprintf(verb, map[client.Secret]client.Secret{secret: secret}), testSecret, verb)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).InfoContext(t.Context(), "m", "secret", secret, "group", slog.GroupValue(slog.Any("secret", secret)))
	assert.NotContains(t, out.String(), testSecret)
	assert.Equal(t, testSecret, string(secret))
	text, err := json.Marshal(secret)
	require.NoError(t, err)
	assert.Equal(t, `"`+testSecret+`"`, string(text))
	var again client.Secret
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, secret, again)
}
