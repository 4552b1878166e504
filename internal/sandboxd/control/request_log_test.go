package control

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The log has requests to the platform's API, and requests to the control API
// that change something. It has no secrets.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var buffer lockedBuffer
		s := start(t, func(o *Options) { o.Logger = slog.New(handler(&buffer)) })
		apiKey := get[statusBody](t, s, "/_sandbox/status").Accounts[0].APIKey
		s.do(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/?search=hidden", "", "Authorization", "Api-Token "+apiKey)
		s.do(t, http.MethodPost, "/_sandbox/agents/1/fire", `{"output": "hidden"}`)
		s.do(t, http.MethodGet, "/nowhere%0Alevel=ERROR", "")
		s.stop()
		logged := buffer.String()
		assert.NotContains(t, logged, apiKey)
		assert.NotContains(t, logged, "hidden")
		assert.NotContains(t, logged, "/_sandbox/status", "requests that only read are not logged")
		lines := strings.Split(strings.TrimSpace(logged), "\n")
		require.Len(t, lines, 3, "%s: a path with a line break is logged on one line", name)
		for i, parts := range [][]string{
			{"GET", "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", "200"},
			{"POST", "/_sandbox/agents/1/fire", "200"},
			{"GET", "/nowhere", "404"},
		} {
			for _, part := range parts {
				assert.Contains(t, lines[i], part)
			}
		}
	}
}
