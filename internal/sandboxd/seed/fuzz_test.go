package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzSeed reads whatever it is given. What is taken makes a sandbox, again and
// again; what is not is told with its line.
func FuzzSeed(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(f, err)
	for _, file := range append(files, "seed.yaml", "default.yaml") {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text), false)
	}
	f.Add(`{"orgs": [{"key": "acme", "accounts": [{"username": "ada \ud83d\ude00"}], "agents": [{"title": "A", "task": {"crontab": {"minute": 5}}}]}]}`, true)
	f.Add("orgs: &a [*a]", false)
	f.Add("? [a]\n: &b !!binary x\n<<: *b", false)
	f.Fuzz(func(t *testing.T, text string, isJSON bool) {
		as := formatYAML
		if isJSON {
			as = formatJSON
		}
		r, err := readSeed(fileSource("seed"), []byte(text), as)
		if err == nil {
			sb, buildErr := r.build(nil)
			if err = buildErr; err == nil {
				sb.Close()
				again, err := r.seed.sandbox()
				require.NoError(t, err)
				assert.Equal(t, sb.Accounts(), again.Accounts())
				again.Close()
				return
			}
		}
		assert.True(t, utf8.ValidString(err.Error()), err)
		for line := range strings.SplitSeq(err.Error(), "\n") {
			assert.True(t, strings.HasPrefix(line, "seed:") || strings.HasPrefix(line, "and "), "%q", line)
		}
	})
}

// FuzzControl sends whatever it is given to what writes. It is answered with JSON,
// and with nothing worse than a refusal.
func FuzzControl(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"advance": "1h"}`, `{"to": "2026-01-05T08:00:00Z"}`, `{"speed": 0}`, `{"status": "error", "log": "no", "duration": "3s"}`,
		`{"requests": [{"status": 503}], "deliveries": [{"drop": true}]}`, `{"orgs": [{"key": "a", "accounts": [{"username": "b"}]}]}`,
	} {
		for _, path := range []string{"clock", "seed", "reset", "agents/1/fire", "faults", "deliveries/1/resend", "requests?limit=1&text=x", "timeline?org=acme&from=1&to=2", "crontab?minute=1"} {
			f.Add(path, body)
		}
	}
	s := start(f, "-seed", write(f, "seed.yaml", "orgs: [{key: acme, accounts: [{username: ada}], agents: [{title: A, task: {crontab: {hour: 5, minute: 0}}}]}]"))
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
