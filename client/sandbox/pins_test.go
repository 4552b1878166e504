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
	server := newTestServer(t)
	assert.Equal(t, `[]`, get(t, server, "pin-message/?session_id="+session).body)
	for range 2 {
		got := send(t, server, http.MethodPost, "pin-message/", `{"session_id":"`+strings.ToUpper(session)+`"}`)
		assert.Equal(t, http.StatusOK, got.status)
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
		require.Equal(t, http.StatusOK, send(t, server, http.MethodPost, "pin-message/", body.text, "Content-Type", body.contentType).status)
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

func TestPinnedMessages(t *testing.T) {
	t.Parallel()
	server := newTestServer(t,
		sandbox.WithMentor("acme", client.Mentor{}),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: coach, Name: "Study coach"}),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, MentorID: coach, Messages: []client.ChatMessage{
			{Message: json.RawMessage(`{"type":"human"}`), InsertedAt: client.Time{Time: start}, Title: new("Essays")},
			{ID: 9},
		}}),
	)
	_, err := newClient(t, server).PinnedMessages.Create(t.Context(), session)
	require.NoError(t, err)
	got := get(t, server, "pin-message/?session_id="+session).body
	assert.Contains(t, got, `"name":"Study coach"`)
	assert.Contains(t, got, `"messages":[`+
		`{"id":1,"message":{"type":"human"},"title":"Essays","feedback":{},"document_sources":null,"files":[],"inserted_at":"2026-01-05T09:00:00Z"},`+
		`{"id":9,"message":{},"title":null,"feedback":{},"document_sources":null,"files":[],"inserted_at":"2026-01-05T09:00:00Z"}]`)
}
