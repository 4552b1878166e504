// Package pause calls the operation that CONTRIBUTING.md adds.
package pause

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestPause(t *testing.T) {
	var received *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		received, body = r, string(text)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id": 5, "reason": "holiday", "until": "2026-01-05T09:00:00Z", "token_type": "opaque", "context": {"n": 12345678901234567890}}`)
	}))
	defer server.Close()
	c, err := client.New(client.WithBaseURL(server.URL), client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"))
	require.NoError(t, err)
	at := time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

	pause, err := c.PeriodicAgents.Pause(t.Context(), 7, &client.PeriodicAgentPauseParams{From: at}, &client.PauseRequest{
		Reason:      client.PauseReasonHoliday,
		Until:       client.Value(at),
		ResumeToken: new(api.NewSecret("in-clear")),
		Context:     json.RawMessage(`[1]`),
	})
	require.NoError(t, err)
	assert.Equal(t, http.MethodPost, received.Method)
	assert.Equal(t, "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/7/pause/?from=2026-01-05", received.URL.String())
	assert.JSONEq(t, `{"reason": "holiday", "until": "2026-01-05T09:00:00Z", "resume_token": "in-clear", "context": [1]}`, body)
	assert.EqualValues(t, 5, pause.ID)
	assert.Equal(t, client.PauseReasonHoliday, pause.Reason)
	assert.True(t, at.Equal(pause.Until.Time))
	assert.JSONEq(t, `{"n": 12345678901234567890}`, string(pause.Context))

	_, err = c.PeriodicAgents.Pause(t.Context(), 7, nil, &client.PauseRequest{Note: new(""), Until: client.Null[time.Time]()}, client.WithBodyField("extra", 1))
	require.NoError(t, err)
	assert.Empty(t, received.URL.RawQuery)
	assert.JSONEq(t, `{"note": "", "until": null, "extra": 1}`, body, "unset is left out, and so is what is missing")

	written, err := json.Marshal(client.PauseRequest{ResumeToken: new(api.NewSecret("in-clear"))})
	require.NoError(t, err)
	assert.JSONEq(t, `{"resume_token": "***"}`, string(written))
}
