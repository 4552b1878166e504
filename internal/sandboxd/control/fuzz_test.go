package control

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzControl sends arbitrary requests. The server never responds with a 5xx
// status or with invalid JSON.
func FuzzControl(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"advance": "1h"}`, `{"to": "2026-01-05T08:00:00Z"}`, `{"speed": 0}`, `{"status": "error", "log": "no", "duration": "3s"}`,
		`{"requests": [{"status": 503}], "deliveries": [{"drop": true}]}`, `{"orgs": [{"key": "a", "accounts": [{"username": "b"}]}]}`,
		`{"orgs": [{"key": "acme", "logs": [{"periodic_agent": 1, "start_time": "2026-01-05T08:00:00Z"}], "sessions": [{"id": "` + session + `"}]}]}`, `{"delay": "1m"}`,
	} {
		for _, path := range []string{"clock", "seed", "reset", "add", "log-delay", "agents/1/fire", "faults", "deliveries/1/resend", "requests?limit=1&text=x", "timeline?org=acme&from=1&to=2", "crontab?minute=1"} {
			f.Add(path, body)
		}
	}
	s := start(f, withSeed(f, "orgs: [{key: acme, accounts: [{username: ada}], agents: [{title: A, task: {crontab: {hour: 5, minute: 0}}}]}]"))
	f.Fuzz(func(t *testing.T, path, body string) {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			request, err := http.NewRequestWithContext(t.Context(), method, s.url+"/_sandbox/"+path, strings.NewReader(body))
			if err != nil || strings.HasPrefix(request.URL.Path, "/_sandbox/events") || !strings.HasPrefix(request.URL.Path, "/_sandbox/") {
				return
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultTransport.RoundTrip(request)
			require.NoError(t, err)
			text, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			require.NoError(t, err)
			assert.Less(t, response.StatusCode, http.StatusInternalServerError, "%s %s: %s", method, path, text)
			if response.Header.Get("Content-Type") == "application/json" {
				assert.True(t, json.Valid(text), "%s", text)
			}
		}
	})
}
