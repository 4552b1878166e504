package control

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// control.yaml describes exactly the routes of the server. The contract tests
// compare the responses with it.
func TestDescription(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.do(t, http.MethodGet, "/_sandbox/openapi.yaml", "")
	assert.Equal(t, http.StatusOK, a.status)
	assert.Equal(t, "application/yaml", a.header.Get("Content-Type"))
	file, err := os.ReadFile("control.yaml")
	require.NoError(t, err)
	assert.Equal(t, string(file), a.body)

	var description struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	require.NoError(t, yaml.Unmarshal(file, &description))
	var described, routed []string
	for path, item := range description.Paths {
		for method := range item {
			if method != "parameters" {
				described = append(described, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for pattern := range new(Server).routes() {
		if pattern != "/_sandbox/api/" { // described by the platform's contract
			routed = append(routed, pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(routed)
	assert.Equal(t, described, routed)
}

// operations iterates over the methods and paths of all routes, with the id 1.
func operations(yield func(method, path string) bool) {
	for pattern := range new(Server).routes() {
		method, path, ok := strings.Cut(strings.Replace(pattern, "{id}", "1", 1), " ")
		if ok && !yield(method, path) {
			return
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	before := time.Now()
	s := start(t)
	status := get[statusBody](t, s, "/_sandbox/status")
	assert.Equal(t, "iblai-go sandbox", status.Name)
	assert.Equal(t, s.url, status.URL)
	assert.WithinRange(t, status.StartedAt, before, time.Now())
	assert.Equal(t, monday, status.Clock.Now.Format(time.RFC3339))
	assert.Zero(t, status.Clock.Speed)
	assert.Equal(t, countsBody{}, status.Counts)
	assert.NotEmpty(t, status.Boot)
	assert.NotEqual(t, status.Boot, get[statusBody](t, start(t), "/_sandbox/status").Boot)
}

// Every route rejects other methods, and names its own.
func TestMethods(t *testing.T) {
	t.Parallel()
	s := start(t)
	for method, path := range operations {
		others := []string{http.MethodDelete, http.MethodPatch, http.MethodOptions, "BREW"}
		switch path {
		case "/_sandbox/faults/requests/1", "/_sandbox/faults/deliveries/1":
			others = others[2:]
		case "/_sandbox/runs/1":
			others = others[1:]
		}
		for _, other := range others {
			a := s.do(t, other, path, "")
			assert.Equal(t, http.StatusMethodNotAllowed, a.status, path)
			assert.Contains(t, a.reason(t), other)
			assert.Contains(t, a.header.Get("Allow"), method, path)
		}
		if method == http.MethodGet {
			a := s.do(t, http.MethodHead, path, "")
			assert.NotEqual(t, http.StatusMethodNotAllowed, a.status, path)
			assert.Empty(t, a.body, path)
		}
	}
}

// Every route with a body accepts only JSON of a limited size.
func TestBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"requests": [{"path": "/", "status": 500}], "deliveries": [{"drop": true}]}`)
	routes := 0
	for method, path := range operations {
		if method == http.MethodGet || method == http.MethodDelete || path == "/_sandbox/inbox" {
			continue
		}
		routes++
		for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "application/json, text/plain"} {
			a := s.do(t, method, path, "{}", "Content-Type", contentType)
			assert.Equal(t, http.StatusUnsupportedMediaType, a.status, "%s %s", path, contentType)
			assert.Contains(t, a.reason(t), "application/json")
		}
		for body, want := range map[string]string{
			"":                     "is empty",
			"{":                    "it ends unexpectedly",
			"[]":                   "must be an object",
			`{"unknown": 1}`:       `unknown field "unknown"`,
			`{"unknown": "\ud83d`:  "is not valid JSON",
			"{} {}":                "text follows the value",
			"\xff":                 "is not UTF-8",
			strings.Repeat("[", 9): "it ends unexpectedly",
		} {
			a := s.do(t, method, path, body, "Content-Type", "application/json; charset=utf-8")
			assert.Equal(t, http.StatusBadRequest, a.status, "%s %s", path, body)
			assert.Contains(t, a.reason(t), want, "%s %s", path, body)
		}
		limit := maxBodySize
		if path == "/_sandbox/seed" {
			limit = seed.MaxSize
		}
		a := s.do(t, method, path, "{"+strings.Repeat(" ", limit)+"}")
		assert.Equal(t, http.StatusRequestEntityTooLarge, a.status, path)
		assert.Contains(t, a.reason(t), "bytes")
	}
	assert.Equal(t, `body: line 1: unknown field "unknown"; no fields are known`, s.do(t, http.MethodPost, "/_sandbox/reset", `{"unknown": 1}`).reason(t))
	assert.Equal(t, 14, routes)
	assert.Equal(t, countsBody{Faults: 2}, get[statusBody](t, s, "/_sandbox/status").Counts, "invalid requests have no effect")
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{
		"/_sandbox/", "/_sandbox/nothing", "/_sandbox/status/", "/_sandbox//status", "/_sandbox/agents/1", "/_sandbox/agents//fire",
		"/_sandbox/agents/1/2/fire", "/_sandbox/console/nothing.js", "/_sandbox/console/", "/_sandbox/console/../../go.mod", "/_sandbox/%2e%2e/go.mod",
	} {
		a := s.do(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "openapi.yaml", path)
	}
	for _, path := range []string{"/_sandbox/agents/99/schedule", "/_sandbox/agents/0/schedule", "/_sandbox/requests/99", "/_sandbox/deliveries/99", "/_sandbox/runs/99", "/_sandbox/jobs/99"} {
		a := s.do(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "there is no", path)
	}
	for _, id := range []string{"x", "1.0", "99999999999999999999"} {
		for _, path := range []string{"agents/" + id + "/schedule", "requests/" + id, "deliveries/" + id, "inbox/" + id, "runs/" + id, "jobs/" + id} {
			a := s.do(t, http.MethodGet, "/_sandbox/"+path, "")
			assert.Equal(t, http.StatusNotFound, a.status, path)
			assert.Equal(t, `there is nothing with the id "`+id+`"; ids are integers`, a.reason(t), path)
		}
	}
	for _, path := range []string{"/_sandbox/agents/99/fire", "/_sandbox/deliveries/99/resend"} {
		a := s.do(t, http.MethodPost, path, "{}")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "there is no", path)
	}
	// All other paths belong to the platform.
	for _, path := range []string{"/_sandbox", "/nothing", "//_sandbox/status", "/index.html", "/console/"} {
		a := s.do(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.body, "The requested resource was not found on this server.", path)
	}
}

// Responses of the control API and the console are neither cached nor sniffed.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, r := range []response{
		s.do(t, http.MethodGet, "/", ""),
		s.do(t, http.MethodGet, "/_sandbox/console/main.js", ""),
		s.do(t, http.MethodGet, "/_sandbox/status", ""),
		s.do(t, http.MethodGet, "/_sandbox/openapi.yaml", ""),
		s.do(t, http.MethodGet, "/_sandbox/nothing", ""),
		s.do(t, http.MethodGet, "/_sandbox/status", "", "Host", "evil.example"),
		s.do(t, http.MethodPost, "/_sandbox/status", ""),
		s.do(t, http.MethodPost, "/_sandbox/clock", "nonsense"),
	} {
		assert.Contains(t, []string{"no-store", "no-cache"}, r.header.Get("Cache-Control"))
		assert.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", r.header.Get("Referrer-Policy"))
		assert.Equal(t, "same-origin", r.header.Get("Cross-Origin-Resource-Policy"))
	}
}
