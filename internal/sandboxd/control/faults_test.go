package control

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every field of a rule is accepted and returned.
func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	assert.JSONEq(t, `{"requests": [], "deliveries": []}`, s.do(t, http.MethodGet, "/_sandbox/faults", "").body)
	const rules = `{
		"requests": [
			{"operation": "ai_mentor_orgs_users_periodic_agents_create", "after": 1, "times": 2, "probability": 0.5, "status": 503, "retry_after": "1m0s", "body": "<b>no</b>", "content_type": "text/html"},
			{"method": "GET", "path": "/api/*/*", "latency": "2s", "redirect": "http://127.0.0.1:1/"},
			{"reset": "during", "bytes_per_second": 100, "from": "2026-01-05T08:00:00Z", "until": "2026-01-05T08:05:00Z"},
			{"truncate": true},
			{"unknown_fields": true, "unknown_enums": true, "link_host": "http://internal:8000", "release": "4.95"}
		],
		"deliveries": [
			{"agent": 1, "after": 2, "times": 3, "probability": 0.25, "delay": "10s", "duplicate": true, "wrong_signature": true},
			{"reorder": true, "until": "2026-01-05T08:05:00Z"},
			{"drop": true}
		]
	}`
	set := s.do(t, http.MethodPut, "/_sandbox/faults", rules).body
	assert.JSONEq(t, rules, withoutGenerated(t, set))
	assert.JSONEq(t, set, s.do(t, http.MethodGet, "/_sandbox/faults", "").body)
	assert.JSONEq(t, set, s.do(t, http.MethodPut, "/_sandbox/faults", set).body, "returned rules are accepted in a request")
	assert.Equal(t, 8, get[statusBody](t, s, "/_sandbox/status").Counts.Faults)

	for body, want := range map[string]string{
		`{"requests": {}}`: "body: line 1: requests: must be a list, not an object",
		`{"requests": [{"status": 503}, {"sttus": 503}]}`:         `body: line 1: requests[1]: unknown field "sttus"; the known fields are after, applied, body`,
		`{"requests": [{"operation": "nothing", "status": 1}]}`:   "requests[0].status: must be from 200 to 599, not 1",
		`{"requests": [{"operation": "nothing", "status": 500}]}`: `requests[0].operation: is "nothing", which is not an operation`,
		`{"requests": [{}]}`:                                                     "requests[0]: is empty: set latency, status or another field",
		`{"requests": [{"retry_after": "1s"}]}`:                                  "requests[0].retry_after: needs status",
		`{"requests": [{"path": "/Status/[", "status": 500}]}`:                   `requests[0].path: is "/Status/[", which is not a pattern`,
		`{"requests": [{"reset": "never"}]}`:                                     "requests[0].reset: must be one of before, during, after",
		`{"requests": [{"latency": "2h"}]}`:                                      "requests[0].latency: must be from 0s to 1h0m0s, not 2h0m0s",
		`{"deliveries": [{"agent": 1}]}`:                                         "deliveries[0]: is empty: set delay, duplicate, reorder, drop or wrong_signature",
		`{"deliveries": [{"drop": true, "delay": "1s"}]}`:                        "deliveries[0].drop: can't be combined with another effect",
		`{"requests": [{"release": "3"}]}`:                                       "requests[0].release: must be one of 3.59, 4.90, 4.95, 4.205",
		`{"deliveries": [{"drop": 1}]}`:                                          "deliveries[0].drop: must be true or false",
		`{"deliveries": [{"id": "a b", "drop": true}]}`:                          "deliveries[0].id: must have 1 to 64 letters",
		`{"deliveries": [{"id": "a", "drop": true}, {"id": "a", "drop": true}]}`: `deliveries[1].id: "a" is the id of another rule`,
		`{"requests": [{"id": "a", "status": 500}, {"id": "a", "status": 500}]}`: `requests[1].id: "a" is the id of another rule`,
	} {
		a := s.do(t, http.MethodPut, "/_sandbox/faults", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want, body)
	}
	assert.JSONEq(t, set, s.do(t, http.MethodGet, "/_sandbox/faults", "").body, "invalid rules change nothing")

	assert.JSONEq(t, `{"requests": [], "deliveries": []}`, s.do(t, http.MethodPut, "/_sandbox/faults", "{}").body)
}

// withoutGenerated removes the ids and counters that the server adds to rules.
func withoutGenerated(t *testing.T, text string) string {
	t.Helper()
	var kinds map[string][]map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &kinds))
	for _, rules := range kinds {
		for i, rule := range rules {
			assert.Equal(t, strconv.Itoa(i+1), rule["id"])
			for _, name := range []string{"id", "matched", "applied", "left"} {
				assert.Contains(t, rule, name)
				delete(rule, name)
			}
		}
	}
	remaining, err := json.Marshal(kinds)
	require.NoError(t, err)
	return string(remaining)
}

// A program can change its rules without affecting other rules.
func TestSingleFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	events := watchEvents(t, s)
	const path = "/_sandbox/faults/requests/"
	outage := send[faultBody](t, s, http.MethodPut, path+"outage", `{"status": 503, "times": 2}`)
	nextEvent(t, events, "faults")
	assert.Equal(t, faultBody{ruleBody: ruleBody{ID: "outage", Times: 2, Left: new(2)}, Status: 503}, outage)
	slow := send[faultBody](t, s, http.MethodPut, path+"slow", `{"latency": "1ms", "method": "PUT"}`)
	assert.Nil(t, slow.Left)
	for _, status := range []int{503, 503, 404} {
		assert.Equal(t, status, s.do(t, http.MethodGet, "/nothing", "").status)
	}
	used := get[faultBody](t, s, path+"outage")
	assert.Equal(t, ruleBody{ID: "outage", Times: 2, Matched: 3, Applied: 2, Left: new(0)}, used.ruleBody)
	assert.Equal(t, 1, get[statusBody](t, s, "/_sandbox/status").Counts.Faults, "one rule has reached its limit")
	assert.Equal(t, 2, get[requestsBody](t, s, "/_sandbox/requests?fault=outage").Total)
	assert.Equal(t, "outage", get[fullRequestBody](t, s, "/_sandbox/requests/1").FaultID)

	slow = send[faultBody](t, s, http.MethodPatch, path+"slow", `{"disabled": true, "method": null, "times": 7}`)
	assert.Equal(t, faultBody{ruleBody: ruleBody{ID: "slow", Disabled: true, Times: 7, Left: new(7)}, Latency: "1ms"}, slow)
	assert.Zero(t, get[statusBody](t, s, "/_sandbox/status").Counts.Faults)
	assert.Equal(t, used, get[faultBody](t, s, path+"outage"), "other rules keep their counters")
	send[faultBody](t, s, http.MethodDelete, path+"outage", "")
	assert.Equal(t, http.StatusNotFound, s.do(t, http.MethodGet, path+"outage", "").status)
	assert.Len(t, get[faultsBody](t, s, "/_sandbox/faults").Requests, 1)

	const deliveries = "/_sandbox/faults/deliveries/"
	drop := send[deliveryFaultBody](t, s, http.MethodPut, deliveries+"slow", `{"drop": true, "agent": 2}`)
	assert.Equal(t, deliveryFaultBody{ruleBody: ruleBody{ID: "slow"}, Drop: true, Agent: 2}, drop)
	assert.True(t, send[deliveryFaultBody](t, s, http.MethodPatch, deliveries+"slow", `{"drop": null, "duplicate": true}`).Duplicate)
	assert.True(t, get[deliveryFaultBody](t, s, deliveries+"slow").Duplicate)
	assert.Equal(t, 1, get[statusBody](t, s, "/_sandbox/status").Counts.Faults)
	send[deliveryFaultBody](t, s, http.MethodDelete, deliveries+"slow", "")

	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{http.MethodGet, path + "none", "", 404, `there is no fault with the id "none"`},
		{http.MethodPatch, path + "none", "{}", 404, "there is no fault"},
		{http.MethodDelete, deliveries + "none", "", 404, "there is no fault"},
		{http.MethodGet, "/_sandbox/faults/all/none", "", 404, "openapi.yaml lists all paths"},
		{http.MethodPut, path + "a%20b", `{"status": 500}`, 400, `the id "a b" of a fault must have`},
		{http.MethodPut, path + "a", `{"status": 1}`, 400, "body: line 1: status: must be from 200 to 599, not 1"},
		{http.MethodPut, path + "a", `{}`, 400, "is empty"},
		{http.MethodPatch, path + "slow", `{"latency": null}`, 400, "is empty"},
		{http.MethodPatch, path + "slow", `[]`, 400, "must be an object"},
		{http.MethodPatch, path + "slow", `{"latncy": "1s"}`, 400, "unknown field"},
	} {
		a := s.do(t, test.method, test.path, test.body)
		assert.Equal(t, test.status, a.status, test.path)
		assert.Contains(t, a.reason(t), test.want, test.path)
	}
	assert.Equal(t, slow, get[faultBody](t, s, path+"slow"))
}

// Faults that break the connection work through all wrappers of the
// ResponseWriter.
func TestConnectionFaults(t *testing.T) {
	t.Parallel()
	var logged lockedBuffer
	s := start(t, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
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
		assert.Contains(t, logged.String(), status, rule)
	}
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{}`)
	assert.Equal(t, http.StatusUnauthorized, s.do(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/", "").status)
	assert.NotContains(t, s.errorLog.String(), "panic")
}

// The service is down from 8:00 to 8:05, whether a seed or a request says so.
func TestFaultsByTime(t *testing.T) {
	t.Parallel()
	const rules = `{"requests": [{"status": 502, "from": "2026-01-05T08:00:00Z", "until": "2026-01-05T08:05:00Z"}], "deliveries": [{"drop": true, "until": "2026-01-05T08:01:00Z"}]}`
	bySeed := start(t, withSeed(t, `{"orgs": [{"key": "acme", "accounts": [{"username": "ada", "admin": true}], "agents": [{"title": "A", "task": {"crontab": {}}, "callback_url": "inbox", "outcomes": [{"duration": "1s"}]}]}], "faults": `+rules+`}`))
	byRequest := start(t, withSeed(t, `{"orgs": [{"key": "acme", "accounts": [{"username": "ada", "admin": true}], "agents": [{"title": "A", "task": {"crontab": {}}, "callback_url": "inbox", "outcomes": [{"duration": "1s"}]}]}]}`))
	send[faultsBody](t, byRequest, http.MethodPut, "/_sandbox/faults", rules)
	for _, s := range []*server{bySeed, byRequest} {
		var statuses []int
		for range 5 {
			statuses = append(statuses, s.do(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/", "").status)
			send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "3m"}`)
		}
		assert.Equal(t, []int{401, 401, 502, 502, 401}, statuses, "at 7:55, 7:58, 8:01, 8:04 and 8:07")
		deliveries := get[deliveriesBody](t, s, "/_sandbox/deliveries?limit=100").Deliveries
		var dropped int
		for _, d := range deliveries {
			if d.Error != "" {
				dropped++
			}
		}
		assert.Equal(t, 5, dropped, "those of 7:56 to 8:00")
		assert.Len(t, deliveries, 14)
	}
}
