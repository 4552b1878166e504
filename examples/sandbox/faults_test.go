package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every field of the rules is taken, and told as it was given.
func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	assert.JSONEq(t, `{"requests": [], "deliveries": []}`, s.ask(t, http.MethodGet, "/_sandbox/faults", "").body)
	const rules = `{
		"requests": [
			{"operation": "ai_mentor_orgs_users_periodic_agents_create", "after": 1, "times": 2, "probability": 0.5, "status": 503, "retry_after": "1m0s", "body": "<b>no</b>", "content_type": "text/html"},
			{"method": "GET", "path": "/api/*/*", "latency": "2s", "redirect": "http://127.0.0.1:1/"},
			{"reset": "during", "bytes_per_second": 100},
			{"truncate": true},
			{"unknown_fields": true, "unknown_enums": true, "link_host": "http://internal:8000", "older_release": true}
		],
		"deliveries": [
			{"agent": 1, "after": 2, "times": 3, "probability": 0.25, "delay": "10s", "duplicate": true, "wrong_signature": true},
			{"reorder": true},
			{"drop": true}
		]
	}`
	assert.JSONEq(t, rules, s.ask(t, http.MethodPut, "/_sandbox/faults", rules).body)
	assert.JSONEq(t, rules, s.ask(t, http.MethodGet, "/_sandbox/faults", "").body)
	assert.Equal(t, 8, get[statusBody](t, s, "/_sandbox/status").Counts.Faults)

	for body, want := range map[string]string{
		`{"requests": {}}`: "body: line 1: requests: must be a list, not an object",
		`{"requests": [{"status": 503}, {"sttus": 503}]}`:         `body: line 1: requests[1]: unknown key "sttus"; the known ones are after, body`,
		`{"requests": [{"operation": "nothing", "status": 1}]}`:   "requests[0].status: must be from 200 to 599, not 1",
		`{"requests": [{"operation": "nothing", "status": 500}]}`: `requests[0].operation: is "nothing", which is not an operation of the API`,
		`{"requests": [{}]}`:                                   "requests[0]: is empty: set latency, status",
		`{"requests": [{"retry_after": "1s"}]}`:                "requests[0].retry_after: needs status",
		`{"requests": [{"path": "/Status/[", "status": 500}]}`: `requests[0].path: is "/Status/[", which is not a pattern`,
		`{"requests": [{"reset": "never"}]}`:                   "requests[0].reset: must be one of before, during, after",
		`{"requests": [{"latency": "2h"}]}`:                    "requests[0].latency: must be from 0s to 1h0m0s, not 2h0m0s",
		`{"deliveries": [{"agent": 1}]}`:                       "deliveries[0]: is empty: set delay, duplicate, reorder, drop or wrong_signature",
		`{"deliveries": [{"drop": true, "delay": "1s"}]}`:      "deliveries[0].drop: can't be combined with another effect",
		`{"deliveries": [{"drop": 1}]}`:                        "deliveries[0].drop: must be true or false",
	} {
		a := s.ask(t, http.MethodPut, "/_sandbox/faults", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want, body)
	}
	assert.JSONEq(t, rules, s.ask(t, http.MethodGet, "/_sandbox/faults", "").body, "nothing was changed")

	assert.JSONEq(t, `{"requests": [], "deliveries": []}`, s.ask(t, http.MethodPut, "/_sandbox/faults", "{}").body)
}

// Faults reach the connection through all that stands between.
func TestFaultsOfConnections(t *testing.T) {
	t.Parallel()
	s := start(t, "-log", "text")
	for rule, status := range map[string]string{`{"reset": "before"}`: "", `{"truncate": true}`: "status=401", `{"reset": "after"}`: ""} {
		send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"requests": [`+rule+`]}`)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/ai-mentor/orgs/acme/users/ada/", http.NoBody)
		require.NoError(t, err)
		response, err := new(http.Transport).RoundTrip(request)
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		require.Error(t, err, rule)
		assert.Contains(t, s.stderr.String(), status, rule)
	}
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{}`)
	assert.Equal(t, http.StatusUnauthorized, s.ask(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/", "").status)
	assert.NotContains(t, s.stderr.String(), "panic")
}
