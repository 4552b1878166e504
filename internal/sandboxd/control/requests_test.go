package control

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	s := start(t)
	apiKey := get[statusBody](t, s, "/_sandbox/status").Accounts[0].APIKey
	const agents = "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/"
	call := func(method, path, body string) {
		s.do(t, method, path, body, "Authorization", "Api-Token "+apiKey)
	}
	call(http.MethodGet, agents+"?search=Digest", "")
	call(http.MethodPost, agents, `{"title": "Tea & <b>Cake</b>"}`)
	call(http.MethodGet, agents+"1/", "")
	s.do(t, http.MethodGet, agents, "")
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"requests": [{"status": 503}]}`)
	call(http.MethodDelete, agents+"1/", "")

	page := get[requestsBody](t, s, "/_sandbox/requests")
	assert.Equal(t, 5, page.Total, "requests to the control API are not recorded")
	assert.Nil(t, page.Before)
	var statuses []int
	for _, r := range page.Requests {
		statuses = append(statuses, r.Status)
	}
	assert.Equal(t, []int{503, 401, 200, 400, 200}, statuses, "newest first")
	assert.True(t, page.Requests[0].Fault)
	assert.False(t, page.Requests[1].Fault)
	assert.Empty(t, page.Requests[1].Username)
	first := page.Requests[4]
	assert.EqualValues(t, 1, first.ID)
	assert.Equal(t, "ada", first.Username)
	assert.Equal(t, "ai_mentor_orgs_users_periodic_agents_list", first.Operation)
	assert.Equal(t, agents+"?search=Digest", first.URL)
	assert.Equal(t, monday, first.At.Format("2006-01-02T15:04:05Z07:00"))
	assert.GreaterOrEqual(t, first.DurationMS, 0.0)

	for query, want := range map[string]int{
		"method=POST": 1, "method=get": 3, "method=PUT": 0,
		"status=401": 1, "status=4xx": 2, "status=5xx": 1, "status=20x": 2, "status=3xx": 0, "status=": 5,
		"text=tea": 1, "text=SEARCH": 1, "text=unauthorized": 0, "text=credentials": 1, "text=": 5, "text=%3Cb%3E": 1,
		"status=200&text=morning+digest&method=GET": 1, "status=none": 0,
	} {
		assert.Equal(t, want, get[requestsBody](t, s, "/_sandbox/requests?"+query).Total, query)
	}
	page = get[requestsBody](t, s, "/_sandbox/requests?limit=3")
	require.NotNil(t, page.Before)
	page = get[requestsBody](t, s, fmt.Sprintf("/_sandbox/requests?limit=3&before=%d", *page.Before))
	assert.Len(t, page.Requests, 2)
	assert.Equal(t, 5, page.Total)
	assert.Nil(t, page.Before)

	full := get[fullRequestBody](t, s, "/_sandbox/requests/2")
	assert.Equal(t, `{"title": "Tea & <b>Cake</b>"}`, full.RequestBody)
	assert.Contains(t, full.ResponseBody, "This field is required.")
	assert.Equal(t, "Api-Token ***", full.RequestHeader.Get("Authorization"))
	assert.Equal(t, "application/json", full.ResponseHeader.Get("Content-Type"))
	assert.False(t, full.Truncated)
	assert.NotContains(t, s.do(t, http.MethodGet, "/_sandbox/requests/2", "").body, apiKey)

	for _, query := range []string{"status=99", "status=xxx", "status=4", "status=4xxx", "status=-10", "status=ok", "status=NONE"} {
		a := s.do(t, http.MethodGet, "/_sandbox/requests?"+query, "")
		assert.Equal(t, http.StatusBadRequest, a.status, query)
		assert.Contains(t, a.reason(t), "must be a status such as 404 or 4xx", query)
	}
	assert.Equal(t, http.StatusBadRequest, s.do(t, http.MethodGet, "/_sandbox/requests?limit=no", "").status)
	for _, target := range []string{"/_sandbox/requests?text=%zz", "/_sandbox/status?a;b", "/_sandbox/events?interval=%"} {
		malformed := s.do(t, http.MethodGet, target, "")
		assert.Equal(t, http.StatusBadRequest, malformed.status, target)
		assert.Contains(t, malformed.reason(t), "the query can't be parsed", target)
	}
	assert.EqualValues(t, 5, get[statusBody](t, s, "/_sandbox/status").Counts.Requests)
}

// Requests below /_sandbox/api/ are neither affected by faults nor recorded.
func TestPlatformForConsole(t *testing.T) {
	t.Parallel()
	s := start(t)
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"requests":[{"status":503,"times":1}]}`)
	key := get[statusBody](t, s, "/_sandbox/status").Accounts[0].APIKey
	const path = "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/?page_size=1"
	for _, test := range []struct {
		target  string
		headers []string
		status  int
	}{
		{"/_sandbox" + path, []string{"Authorization", "Api-Token " + key}, http.StatusOK},
		{"/_sandbox" + path, nil, http.StatusUnauthorized},
		{"/_sandbox" + path, []string{"Authorization", "Api-Token " + key, "Origin", "http://evil.example"}, http.StatusForbidden},
		{path, []string{"Authorization", "Api-Token " + key}, http.StatusServiceUnavailable},
		{path, []string{"Authorization", "Api-Token " + key}, http.StatusOK},
	} {
		assert.Equal(t, test.status, s.do(t, http.MethodGet, test.target, "", test.headers...).status, test)
	}
	assert.Equal(t, 2, get[requestsBody](t, s, "/_sandbox/requests").Total)
}
