package sandbox_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	listAgents    = "ai_mentor_orgs_users_periodic_agents_list"
	createAgent   = "ai_mentor_orgs_users_periodic_agents_create"
	retrieveAgent = "ai_mentor_orgs_users_periodic_agents_retrieve"
)

// setFaults sets faults, which must be in order.
func setFaults(t testing.TB, sb interface {
	SetFaults(faults ...sandbox.Fault) error
}, faults ...sandbox.Fault,
) {
	t.Helper()
	require.NoError(t, sb.SetFaults(faults...))
}

// record answers a request in memory. A broken connection is a status of 0.
func record(sb *sandbox.Sandbox, request *http.Request) (recorder *httptest.ResponseRecorder) {
	recorder = httptest.NewRecorder()
	defer func() {
		switch broken := recover(); broken {
		case nil:
		case http.ErrAbortHandler:
			recorder.Code = 0
		default:
			panic(broken)
		}
	}()
	sb.ServeHTTP(recorder, request)
	return recorder
}

// struck tells of n requests which a fault has answered: x for those, and a dot
// for the others.
func struck(t *testing.T, sb *sandbox.Sandbox, n int, send func() *http.Request) string {
	t.Helper()
	var out strings.Builder
	for range n {
		if answer := record(sb, send()); answer.Code == http.StatusTeapot {
			out.WriteByte('x')
		} else {
			out.WriteByte('.')
		}
	}
	return out.String()
}

func listRequest() *http.Request {
	return newRequest(http.MethodGet, userPath+"periodic-agents/", "")
}

func TestFaultsMatch(t *testing.T) {
	t.Parallel()
	const agents, agent = userPath + "periodic-agents/", userPath + "periodic-agents/1/"
	requests := []struct{ method, path string }{
		{http.MethodGet, agents},
		{http.MethodHead, agents},
		{http.MethodPost, agents},
		{http.MethodGet, agent},
		{http.MethodDelete, agent},
		{http.MethodOptions, agent},
		{http.MethodGet, userPath + "periodic-agents"},
		{http.MethodGet, "/nowhere"},
	}
	sb := newSandbox(t)
	for _, test := range []struct {
		fault sandbox.Fault
		want  string
	}{
		{sandbox.Fault{}, "xxxxxxxx"},
		{sandbox.Fault{Operation: listAgents}, "xx......"},
		{sandbox.Fault{Operation: listAgents, Method: http.MethodHead}, ".x......"},
		{sandbox.Fault{Operation: createAgent, Method: http.MethodPost}, "..x....."},
		{sandbox.Fault{Operation: retrieveAgent}, "...x...."},
		{sandbox.Fault{Method: http.MethodGet}, "x..x..xx"},
		{sandbox.Fault{Method: http.MethodOptions}, ".....x.."},
		{sandbox.Fault{Path: "/api/ai-mentor/orgs/*/users/*/periodic-agents/*/"}, "...xxx.."},
		{sandbox.Fault{Path: "/*"}, ".......x"},
		{sandbox.Fault{Path: "/nowhere", Method: http.MethodGet}, ".......x"},
		{sandbox.Fault{Path: "/nowhere", Operation: retrieveAgent}, "........"},
	} {
		test.fault.Status = http.StatusTeapot
		setFaults(t, sb, test.fault)
		i := 0
		assert.Equal(t, test.want, struck(t, sb, len(requests), func() *http.Request {
			i++
			return newRequest(requests[i-1].method, requests[i-1].path, "")
		}), "%+v", test.fault)
	}
}

func TestFaultsTakeTurns(t *testing.T) {
	t.Parallel()
	teapot := func(after, times int) sandbox.Fault {
		return sandbox.Fault{After: after, Times: times, Status: http.StatusTeapot}
	}
	other := teapot(0, 0)
	other.Operation = createAgent
	sb := newSandbox(t)
	for _, test := range []struct {
		want   string
		faults []sandbox.Fault
	}{
		{"........", nil},
		{"xxxxxxxx", []sandbox.Fault{teapot(0, 0)}},
		{"xx......", []sandbox.Fault{teapot(0, 2)}},
		{"...xxxxx", []sandbox.Fault{teapot(3, 0)}},
		{"...xx...", []sandbox.Fault{teapot(3, 2)}},
		{"xxxx....", []sandbox.Fault{teapot(0, 3), teapot(0, 1)}},
		{"x...xx..", []sandbox.Fault{teapot(0, 1), teapot(3, 2)}}, // the second does not see the first one's
		{"xx.x....", []sandbox.Fault{teapot(1, 1), teapot(2, 1), teapot(0, 1), other}},
	} {
		for range 2 { // counting starts anew
			setFaults(t, sb, test.faults...)
			assert.Equal(t, test.want, struck(t, sb, len(test.want), listRequest), "%v", test.faults)
			assert.Equal(t, test.faults, sb.Faults())
		}
	}
}

func TestFaultsByChance(t *testing.T) {
	t.Parallel()
	const n = 2000
	fault := sandbox.Fault{Probability: 0.3, Status: http.StatusTeapot}
	pattern := func(seed uint64) string {
		sb := newSandbox(t, sandbox.WithSeed(seed), sandbox.WithFaults(fault))
		first := struck(t, sb, n, listRequest)
		setFaults(t, sb, fault)
		assert.Equal(t, first, struck(t, sb, n, listRequest), "chance starts anew")
		return first
	}
	one := pattern(7)
	assert.InDelta(t, 0.3*n, strings.Count(one, "x"), 100)
	assert.Equal(t, one, pattern(7))
	assert.NotEqual(t, one, pattern(8))

	sb := newSandbox(t)
	setFaults(t, sb, sandbox.Fault{After: 10, Times: 20, Probability: 0.5, Status: http.StatusTeapot})
	some := struck(t, sb, 200, listRequest)
	assert.Equal(t, strings.Repeat(".", 10), some[:10])
	assert.Equal(t, 20, strings.Count(some, "x"))
	setFaults(t, sb, sandbox.Fault{Probability: 1, Status: http.StatusTeapot})
	assert.Equal(t, strings.Repeat("x", 50), struck(t, sb, 50, listRequest))
}

func TestFaultsAreTheSandboxs(t *testing.T) {
	t.Parallel()
	mine := []sandbox.Fault{{Status: http.StatusTeapot}}
	sb := newSandbox(t, sandbox.WithFaults(mine...))
	mine[0].Status = http.StatusBadGateway
	sb.Faults()[0].Status = http.StatusBadGateway
	assert.Equal(t, "x", struck(t, sb, 1, listRequest))
	setFaults(t, sb)
	assert.Empty(t, sb.Faults())
}

func TestFaultsRefuse(t *testing.T) {
	t.Parallel()
	const (
		unchanged = "UnknownFields, UnknownEnums, LinkHost or OlderRelease, and with Status, Redirect or Body no answer that they could change"
		unsent    = "Reset before the answer and something that needs one: choose one"
		lost      = "Reset after an answer that is lost and something about it: choose one"
		origin    = ", but it must be a scheme and a host, as in http://internal:8000"
	)
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Latency: time.Nanosecond}))
	for _, test := range []struct {
		fault sandbox.Fault
		want  string
	}{
		{sandbox.Fault{Status: 500, Operation: "nonsense"}, `the Operation "nonsense", which is none: see Operations`},
		{sandbox.Fault{Status: 500, Method: "get"}, `the Method "get", but it must be in capitals`},
		{sandbox.Fault{Status: 500, Method: http.MethodPut, Operation: createAgent}, `the Method PUT, but its Operation is a POST`},
		{sandbox.Fault{Status: 500, Method: http.MethodHead, Operation: createAgent}, `the Method HEAD, but its Operation is a POST`},
		{sandbox.Fault{Status: 500, Path: "periodic-agents/*"}, `the Path "periodic-agents/*", which fits none: it must begin with a slash`},
		{sandbox.Fault{Status: 500, Path: "/["}, `the Path "/[", which is no pattern of path.Match`},
		{sandbox.Fault{Status: 500, After: -1}, `After -1, but it must not be negative`},
		{sandbox.Fault{Status: 500, Times: -1}, `Times -1, but it must not be negative`},
		{sandbox.Fault{Status: 500, Probability: 1.5}, `the Probability 1.5, but it must be from 0 to 1`},
		{sandbox.Fault{Status: 500, Probability: -0.5}, `the Probability -0.5, but it must be from 0 to 1`},
		{sandbox.Fault{Status: 500, Probability: math.NaN()}, `the Probability NaN, but it must be from 0 to 1`},
		{sandbox.Fault{Latency: -1}, `the Latency -1ns, but it must not be negative`},
		{sandbox.Fault{Status: 199}, `the Status 199, but it must be from 200 to 599`},
		{sandbox.Fault{Status: 600}, `the Status 600, but it must be from 200 to 599`},
		{sandbox.Fault{Status: -1}, `the Status -1, but it must be from 200 to 599`},
		{sandbox.Fault{Status: 503, RetryAfter: -time.Second}, `the RetryAfter -1s, but it must not be negative`},
		{sandbox.Fault{ContentType: "a\nb"}, `the ContentType "a\nb", which no header can carry`},
		{sandbox.Fault{Redirect: "/\x7f"}, `the Redirect "/\x7f", which no header can carry`},
		{sandbox.Fault{Reset: "later"}, `the Reset "later", which is none`},
		{sandbox.Fault{BytesPerSecond: -1}, `the BytesPerSecond -1, but it must not be negative`},
		{sandbox.Fault{LinkHost: "internal:8000"}, `the LinkHost "internal:8000"` + origin},
		{sandbox.Fault{LinkHost: "ftp://internal"}, `the LinkHost "ftp://internal"` + origin},
		{sandbox.Fault{LinkHost: "http://internal/"}, `the LinkHost "http://internal/"` + origin},
		{sandbox.Fault{LinkHost: "http://"}, `the LinkHost "http://"` + origin},
		{sandbox.Fault{LinkHost: "http://a b"}, `the LinkHost "http://a b"` + origin},
		{sandbox.Fault{Redirect: "/", Status: 200}, `Redirect and the Status 200, which leads nowhere: 300 to 399 do`},
		{sandbox.Fault{Redirect: "/", Status: 400}, `Redirect and the Status 400, which leads nowhere: 300 to 399 do`},
		{sandbox.Fault{RetryAfter: time.Second}, `RetryAfter, but no Status to send it with`},
		{sandbox.Fault{Body: "x"}, `Body, but neither Status nor ContentType`},
		{sandbox.Fault{Body: "x", Status: 204}, `Body and the Status 204, which has none`},
		{sandbox.Fault{Body: "x", Status: 304}, `Body and the Status 304, which has none`},
		{sandbox.Fault{Status: 500, UnknownFields: true}, unchanged},
		{sandbox.Fault{Redirect: "/", UnknownEnums: true}, unchanged},
		{sandbox.Fault{Body: "{}", ContentType: "text/html", LinkHost: "http://a"}, unchanged},
		{sandbox.Fault{Status: 500, OlderRelease: true}, unchanged},
		{sandbox.Fault{Reset: sandbox.ResetBefore, Status: 500}, unsent},
		{sandbox.Fault{Reset: sandbox.ResetBefore, Truncate: true}, unsent},
		{sandbox.Fault{Reset: sandbox.ResetBefore, OlderRelease: true}, unsent},
		{sandbox.Fault{Reset: sandbox.ResetAfter, Status: 500}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, ContentType: "text/html"}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, Truncate: true}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, BytesPerSecond: 1}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, UnknownFields: true}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, UnknownEnums: true}, lost},
		{sandbox.Fault{Reset: sandbox.ResetAfter, LinkHost: "http://a"}, lost},
		{sandbox.Fault{Reset: sandbox.ResetDuring, Truncate: true}, `Reset during the answer and Truncate: choose one`},
	} {
		faults := []sandbox.Fault{{Status: 500}, test.fault}
		err := sb.SetFaults(faults...)
		require.EqualError(t, err, "sandbox: SetFaults 1 has "+test.want)
		require.ErrorAs(t, err, new(*sandbox.OptionError))
		assert.Equal(t, []sandbox.Fault{{Latency: time.Nanosecond}}, sb.Faults(), "nothing has changed")
		_, err = sandbox.New(sandbox.WithFaults(faults...))
		require.EqualError(t, err, "sandbox: WithFaults 1 has "+test.want)
		require.ErrorAs(t, err, new(*sandbox.OptionError))
	}
	require.EqualError(t, sb.SetFaults(sandbox.Fault{Operation: createAgent, Times: 3}),
		"sandbox: SetFaults 0 does nothing: set Latency, Status or another of its effects")
}

// What may be combined.
func TestFaultsCombine(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	setFaults(t, sb,
		sandbox.Fault{Latency: 1, Reset: sandbox.ResetBefore},
		sandbox.Fault{Latency: 1, Reset: sandbox.ResetAfter, OlderRelease: true},
		sandbox.Fault{Status: 429, RetryAfter: time.Second, Body: "{}", ContentType: "text/html", Truncate: true, BytesPerSecond: 5},
		sandbox.Fault{Status: 307, Redirect: "/", Reset: sandbox.ResetDuring, BytesPerSecond: 5},
		sandbox.Fault{UnknownFields: true, UnknownEnums: true, OlderRelease: true, LinkHost: "https://[::1]:80", ContentType: "text/plain", Truncate: true, BytesPerSecond: 5},
		sandbox.Fault{Body: "<html>", ContentType: "application/json", Reset: sandbox.ResetDuring},
		sandbox.Fault{Operation: listAgents, Method: http.MethodHead, Path: "/\\[*/?/[a-z]", After: 1, Times: 1, Probability: 1, Status: 599},
	)
}
