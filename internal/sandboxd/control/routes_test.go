package main

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
)

// The description has every route and no other. That the answers are what it says,
// the contract tests see to.
func TestDescription(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.ask(t, http.MethodGet, "/_sandbox/openapi.yaml", "")
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
	for _, route := range controlRoutes() {
		for method := range route.methods {
			routed = append(routed, method+" "+route.template)
		}
	}
	slices.Sort(described)
	slices.Sort(routed)
	assert.Equal(t, described, routed)
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

// Every route refuses other methods, and tells which it has.
func TestMethods(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, route := range controlRoutes() {
		path := strings.Replace(route.template, "{id}", "1", 1)
		for _, method := range []string{http.MethodDelete, http.MethodPatch, http.MethodOptions, "BREW"} {
			a := s.ask(t, method, path, "")
			assert.Equal(t, http.StatusMethodNotAllowed, a.status, path)
			assert.Contains(t, a.reason(t), method)
			for allowed := range route.methods {
				assert.Contains(t, a.header.Get("Allow"), allowed, path)
			}
		}
		if route.methods[http.MethodGet] != nil {
			a := s.ask(t, http.MethodHead, path, "")
			assert.NotEqual(t, http.StatusMethodNotAllowed, a.status, path)
			assert.Empty(t, a.body, path)
		}
	}
}

// Every route that writes takes JSON only, and not too much of it.
func TestBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	written := 0
	for _, route := range controlRoutes() {
		path := strings.Replace(route.template, "{id}", "1", 1)
		for method := range route.methods {
			if method == http.MethodGet {
				continue
			}
			written++
			for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "application/json, text/plain"} {
				a := s.ask(t, method, path, "{}", "Content-Type", contentType)
				assert.Equal(t, http.StatusUnsupportedMediaType, a.status, "%s %s", path, contentType)
				assert.Contains(t, a.reason(t), "application/json")
			}
			for body, want := range map[string]string{
				"":                     "is empty",
				"{":                    "it ends in the middle",
				"[]":                   "must be an object",
				`{"unknown": 1}`:       `unknown key "unknown"`,
				`{"unknown": "\ud83d`:  "is no JSON",
				"{} {}":                "after the value",
				"\xff":                 "is not UTF-8",
				strings.Repeat("[", 9): "it ends in the middle",
			} {
				a := s.ask(t, method, path, body, "Content-Type", "application/json; charset=utf-8")
				assert.Equal(t, http.StatusBadRequest, a.status, "%s %s", path, body)
				assert.Contains(t, a.reason(t), want, "%s %s", path, body)
			}
			longest := maxBody
			if path == "/_sandbox/seed" {
				longest = maxSeed
			}
			a := s.ask(t, method, path, "{"+strings.Repeat(" ", longest)+"}")
			assert.Equal(t, http.StatusRequestEntityTooLarge, a.status, path)
			assert.Contains(t, a.reason(t), "bytes")
		}
	}
	assert.Equal(t, 6, written)
	assert.Equal(t, countsBody{}, get[statusBody](t, s, "/_sandbox/status").Counts, "nothing has happened")
}

func TestUnknownPaths(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{
		"/_sandbox/", "/_sandbox/nothing", "/_sandbox/status/", "/_sandbox//status", "/_sandbox/agents/1", "/_sandbox/agents//fire",
		"/_sandbox/agents/1/2/fire", "/_sandbox/console/nothing.js", "/_sandbox/console/", "/_sandbox/console/../../go.mod", "/_sandbox/%2e%2e/go.mod",
	} {
		a := s.ask(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "openapi.yaml", path)
	}
	for _, path := range []string{"/_sandbox/agents/99/schedule", "/_sandbox/agents/x/schedule", "/_sandbox/agents/0/schedule", "/_sandbox/requests/99", "/_sandbox/deliveries/99"} {
		a := s.ask(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "there is no", path)
	}
	for _, path := range []string{"/_sandbox/agents/99/fire", "/_sandbox/deliveries/99/resend"} {
		a := s.ask(t, http.MethodPost, path, "{}")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.reason(t), "there is no", path)
	}
	// Everything else is the platform's.
	for _, path := range []string{"/_sandbox", "/nothing", "//_sandbox/status", "/index.html", "/console/"} {
		a := s.ask(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.body, "The requested resource was not found on this server.", path)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	s := start(t)
	move := func(body string) clockBody {
		return send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", body)
	}
	clock := get[clockBody](t, s, "/_sandbox/clock")
	assert.Equal(t, monday, clock.Now.Format(time.RFC3339))
	assert.Nil(t, clock.Runs)

	moved := move(`{"advance": "4m59s"}`)
	assert.Equal(t, "2026-01-05T07:59:59Z", moved.Now.Format(time.RFC3339))
	assert.Zero(t, *moved.Runs, "the first are due at eight")
	moved = move(`{"to": "2026-01-05T09:00:00+01:00"}`)
	assert.Equal(t, "2026-01-05T08:00:00Z", moved.Now.Format(time.RFC3339))
	assert.Equal(t, 2, *moved.Runs)
	assert.Zero(t, *move(`{"advance": "0s"}`).Runs)
	moved = move(`{"speed": 0.5}`)
	assert.Zero(t, *moved.Runs)
	assert.InDelta(t, 0.5, moved.Speed, 0)
	assert.InDelta(t, 0.5, get[clockBody](t, s, "/_sandbox/clock").Speed, 0)
	move(`{"speed": 0}`)

	last := start(t, "-clock", "2999-12-30T12:00:00Z")
	send[clockBody](t, last, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`)
	a := last.ask(t, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	assert.Equal(t, "body: line 1: advance: leads beyond 2999-12-31", a.reason(t))

	for body, want := range map[string]string{
		`{}`:                                "exactly one of advance, to and speed",
		`{"advance": "1h", "speed": 1}`:     "exactly one of advance, to and speed",
		`{"advance": "-1h"}`:                "from 0s to 8784h0m0s",
		`{"advance": "9000h"}`:              "from 0s to 8784h0m0s",
		`{"advance": 3600}`:                 "must be a duration",
		`{"to": "2026-01-05T07:00:00Z"}`:    "is in the past: it is 2026-01-05T08:00",
		`{"to": "2028-01-05T07:00:00Z"}`:    "more than a year away",
		`{"to": "tomorrow"}`:                "must be a time",
		`{"speed": -1}`:                     "from 0 to 86400",
		`{"speed": 100000}`:                 "from 0 to 86400",
		`{"speed": "fast"}`:                 "must be a number",
		`{"speed": 1, "speed": 2}`:          "is given twice",
		`{"advance": "1h", "speed": "now"}`: "must be a number",
	} {
		a := s.ask(t, http.MethodPost, "/_sandbox/clock", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want, body)
		assert.True(t, strings.HasPrefix(a.reason(t), "body: line 1: "), a.reason(t))
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := start(t)
	before := get[statusBody](t, s, "/_sandbox/status")
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"deliveries": [{"drop": true}]}`)
	c := s.newClient(t)
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.NotEqual(t, before, get[statusBody](t, s, "/_sandbox/status"))

	after := send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, before, after)
	assert.Equal(t, before, get[statusBody](t, s, "/_sandbox/status"))
	agent, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.NoError(t, err, "the key is still good")
	assert.Equal(t, "Inbox watch", agent.Title)
}

func TestReseed(t *testing.T) {
	t.Parallel()
	s := start(t)
	before := get[statusBody](t, s, "/_sandbox/status")
	seeded := send[statusBody](t, s, http.MethodPost, "/_sandbox/seed",
		`{"clock": {"start": "2030-01-01T00:00:00Z", "speed": 0}, "orgs": [{"key": "else", "accounts": [{"username": "eve", "admin": true, "api_key": "`+key+`"}]}], "faults": {"deliveries": [{"drop": true}]}}`)
	assert.Equal(t, []accountBody{{"else", "eve", true, key}}, seeded.Accounts)
	assert.Equal(t, "2030-01-01T00:00:00Z", seeded.Clock.Now.Format(time.RFC3339))
	assert.Equal(t, 1, seeded.Counts.Faults)
	assert.Equal(t, before.Boot, seeded.Boot)
	assert.Equal(t, seeded, get[statusBody](t, s, "/_sandbox/status"))
	assert.Equal(t, before, send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}"), "a reset goes back to the start of the program")
}
