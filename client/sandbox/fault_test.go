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

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	listAgents    = sandbox.OperationPeriodicAgentsList
	createAgent   = sandbox.OperationPeriodicAgentsCreate
	retrieveAgent = sandbox.OperationPeriodicAgentsGet
)

// setFaults sets valid faults.
func setFaults(t testing.TB, sb interface {
	SetFaults(faults ...sandbox.Fault) error
}, faults ...sandbox.Fault,
) {
	t.Helper()
	require.NoError(t, sb.SetFaults(faults...))
}

// record serves a request in memory. The status of a broken connection is 0.
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

// affected sends n requests, and returns an x for each one that a fault affected,
// and a dot for each other.
func affected(t *testing.T, sb *sandbox.Sandbox, n int, send func() *http.Request) string {
	t.Helper()
	var out strings.Builder
	for range n {
		if response := record(sb, send()); response.Code == http.StatusTeapot {
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
		{sandbox.Fault{Match: sandbox.On(listAgents)}, "xx......"},
		{sandbox.Fault{Match: sandbox.RequestMatch{Operation: listAgents, Method: http.MethodHead}}, ".x......"},
		{sandbox.Fault{Match: sandbox.RequestMatch{Operation: createAgent, Method: http.MethodPost}}, "..x....."},
		{sandbox.Fault{Match: sandbox.On(retrieveAgent)}, "...x...."},
		{sandbox.Fault{Match: sandbox.RequestMatch{Method: http.MethodGet}}, "x..x..xx"},
		{sandbox.Fault{Match: sandbox.RequestMatch{Method: http.MethodOptions}}, ".....x.."},
		{sandbox.Fault{Match: sandbox.RequestMatch{Path: "/api/ai-mentor/orgs/*/users/*/periodic-agents/*/"}}, "...xxx.."},
		{sandbox.Fault{Match: sandbox.RequestMatch{Path: "/*"}}, ".......x"},
		{sandbox.Fault{Match: sandbox.RequestMatch{Path: "/nowhere", Method: http.MethodGet}}, ".......x"},
		{sandbox.Fault{Match: sandbox.RequestMatch{Path: "/nowhere", Operation: retrieveAgent}}, "........"},
	} {
		test.fault.Effect.Status = http.StatusTeapot
		setFaults(t, sb, test.fault)
		i := 0
		assert.Equal(t, test.want, affected(t, sb, len(requests), func() *http.Request {
			i++
			return newRequest(requests[i-1].method, requests[i-1].path, "")
		}), "%+v", test.fault)
	}
}

func TestFaultsFollowEachOther(t *testing.T) {
	t.Parallel()
	teapot := func(after, times int) sandbox.Fault {
		return sandbox.Fault{Selection: sandbox.Selection{Skip: after, Times: times}, Effect: sandbox.RespondWith(http.StatusTeapot)}
	}
	other := teapot(0, 0)
	other.Match.Operation = createAgent
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
		{"x...xx..", []sandbox.Fault{teapot(0, 1), teapot(3, 2)}}, // the second fault doesn't count the requests of the first
		{"xx.x....", []sandbox.Fault{teapot(1, 1), teapot(2, 1), teapot(0, 1), other}},
	} {
		for range 2 { // counting starts again
			setFaults(t, sb, test.faults...)
			assert.Equal(t, test.want, affected(t, sb, len(test.want), listRequest), "%v", test.faults)
			assert.Equal(t, test.faults, sb.Faults())
		}
	}
}

func TestFaultProbability(t *testing.T) {
	t.Parallel()
	const n = 2000
	fault := sandbox.Fault{Selection: sandbox.Selection{Probability: 0.3}, Effect: sandbox.RespondWith(http.StatusTeapot)}
	pattern := func(seed uint64) string {
		sb := newSandbox(t, sandbox.WithRandomSeed(seed), sandbox.WithFaults(fault))
		first := affected(t, sb, n, listRequest)
		setFaults(t, sb, fault)
		assert.Equal(t, first, affected(t, sb, n, listRequest), "random numbers start again")
		return first
	}
	one := pattern(7)
	assert.InDelta(t, 0.3*n, strings.Count(one, "x"), 100)
	assert.Equal(t, one, pattern(7))
	assert.NotEqual(t, one, pattern(8))

	sb := newSandbox(t)
	setFaults(t, sb, sandbox.Fault{Selection: sandbox.Selection{Skip: 10, Times: 20, Probability: 0.5}, Effect: sandbox.RespondWith(http.StatusTeapot)})
	some := affected(t, sb, 200, listRequest)
	assert.Equal(t, strings.Repeat(".", 10), some[:10])
	assert.Equal(t, 20, strings.Count(some, "x"))
	setFaults(t, sb, sandbox.Fault{Selection: sandbox.Selection{Probability: 1}, Effect: sandbox.RespondWith(http.StatusTeapot)})
	assert.Equal(t, strings.Repeat("x", 50), affected(t, sb, 50, listRequest))
}

func TestFaultsAreCopied(t *testing.T) {
	t.Parallel()
	mine := []sandbox.Fault{{Effect: sandbox.RespondWith(http.StatusTeapot)}}
	sb := newSandbox(t, sandbox.WithFaults(mine...))
	mine[0].Effect.Status = http.StatusBadGateway
	sb.Faults()[0].Effect.Status = http.StatusBadGateway
	assert.Equal(t, "x", affected(t, sb, 1, listRequest))
	setFaults(t, sb)
	assert.Empty(t, sb.Faults())
}

func TestInvalidFaults(t *testing.T) {
	t.Parallel()
	const (
		origin  = ", but must be a scheme and a host, as in http://internal:8000"
		replace = "Effect has UnknownFields, UnknownEnums, LinkOrigin or Release, which need the operation's response, but Status, Redirect or Body replaces it"
		before  = "Effect.Reset is before, which sends no response that another field could change"
		after   = "Effect.Reset is after, which sends no response that another field could change"
	)
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Nanosecond}}))
	type tests map[string][]sandbox.Fault
	on := func(match sandbox.RequestMatch) []sandbox.Fault {
		return []sandbox.Fault{{Match: match, Effect: sandbox.RespondWith(500)}}
	}
	some := func(selection sandbox.Selection) []sandbox.Fault {
		return []sandbox.Fault{{Selection: selection, Effect: sandbox.RespondWith(500)}}
	}
	effects := func(effects ...sandbox.RequestEffect) (faults []sandbox.Fault) {
		for _, effect := range effects {
			faults = append(faults, sandbox.Fault{Effect: effect})
		}
		return faults
	}
	for want, faults := range (tests{
		`Effect.Release is "4.89", but must be one of 3.59, 4.90, 4.95, 4.205`: effects(sandbox.RequestEffect{Release: "4.89"}),
		`Match.Operation is "nonsense", which is not an operation of the API`:  on(sandbox.On("nonsense")),
		`Match.Method is "get", but must be in upper case`:                     on(sandbox.RequestMatch{Method: "get"}),
		`Match.Method is PUT, but the method of Operation is POST`:             on(sandbox.RequestMatch{Method: http.MethodPut, Operation: createAgent}),
		`Match.Method is HEAD, but the method of Operation is POST`:            on(sandbox.RequestMatch{Method: http.MethodHead, Operation: createAgent}),
		`Match.Path is "periodic-agents/*", but must begin with a slash`:       on(sandbox.RequestMatch{Path: "periodic-agents/*"}),
		`Match.Path is "/[", which is not a pattern of path.Match`:             on(sandbox.RequestMatch{Path: "/["}),
		`Selection.Skip is -1, but must not be negative`:                       some(sandbox.Selection{Skip: -1}),
		`Selection.Times is -1, but must not be negative`:                      some(sandbox.Times(-1)),
		`Selection.Probability is 1.5, but must be from 0 to 1`:                some(sandbox.Selection{Probability: 1.5}),
		`Selection.Probability is -0.5, but must be from 0 to 1`:               some(sandbox.Selection{Probability: -0.5}),
		`Selection.Probability is NaN, but must be from 0 to 1`:                some(sandbox.Selection{Probability: math.NaN()}),
		`Effect is empty: set Latency, Status or another field`:                {{Match: sandbox.On(createAgent), Selection: sandbox.Times(3)}},
		`Effect.Latency is -1ns, but must not be negative`:                     effects(sandbox.RequestEffect{Latency: -1}),
		`Effect.Status is 199, but must be from 200 to 599`:                    effects(sandbox.RespondWith(199)),
		`Effect.Status is 600, but must be from 200 to 599`:                    effects(sandbox.RespondWith(600)),
		`Effect.Status is -1, but must be from 200 to 599`:                     effects(sandbox.RespondWith(-1)),
		`Effect.RetryAfter is -1s, but must not be negative`:                   effects(sandbox.RequestEffect{Status: 503, RetryAfter: -time.Second}),
		`Effect.ContentType is "a\nb", which is not allowed in a header`:       effects(sandbox.RequestEffect{ContentType: "a\nb"}),
		`Effect.Redirect is "/\x7f", which is not allowed in a header`:         effects(sandbox.RequestEffect{Redirect: "/\x7f"}),
		`Effect.Reset is "later", but must be one of before, during and after`: effects(sandbox.RequestEffect{Reset: "later"}),
		`Effect.BytesPerSecond is -1, but must not be negative`:                effects(sandbox.RequestEffect{BytesPerSecond: -1}),
		`Effect.LinkOrigin is "internal:8000"` + origin:                        effects(sandbox.RequestEffect{LinkOrigin: "internal:8000"}),
		`Effect.LinkOrigin is "ftp://internal"` + origin:                       effects(sandbox.RequestEffect{LinkOrigin: "ftp://internal"}),
		`Effect.LinkOrigin is "http://internal/"` + origin:                     effects(sandbox.RequestEffect{LinkOrigin: "http://internal/"}),
		`Effect.LinkOrigin is "http://"` + origin:                              effects(sandbox.RequestEffect{LinkOrigin: "http://"}),
		`Effect.LinkOrigin is "http://a b"` + origin:                           effects(sandbox.RequestEffect{LinkOrigin: "http://a b"}),
		`Effect.Status is 200, but must be from 300 to 399 with Redirect`:      effects(sandbox.RequestEffect{Redirect: "/", Status: 200}),
		`Effect.Status is 400, but must be from 300 to 399 with Redirect`:      effects(sandbox.RequestEffect{Redirect: "/", Status: 400}),
		`Effect.RetryAfter needs Status`:                                       effects(sandbox.RequestEffect{RetryAfter: time.Second}),
		`Effect.Body needs Status or ContentType`:                              effects(sandbox.RequestEffect{Body: "x"}),
		`Effect.Body is not allowed with Status 204`:                           effects(sandbox.RequestEffect{Body: "x", Status: 204}),
		`Effect.Body is not allowed with Status 304`:                           effects(sandbox.RequestEffect{Body: "x", Status: 304}),
		`Effect.Truncate can't be combined with Reset during`:                  effects(sandbox.RequestEffect{Reset: sandbox.ResetDuring, Truncate: true}),
		replace: effects(
			sandbox.RequestEffect{Status: 500, UnknownFields: true},
			sandbox.RequestEffect{Redirect: "/", UnknownEnums: true},
			sandbox.RequestEffect{Body: "{}", ContentType: "text/html", LinkOrigin: "http://a"},
			sandbox.RequestEffect{Status: 500, Release: sandbox.Release359},
		),
		before: effects(
			sandbox.RequestEffect{Reset: sandbox.ResetBefore, Status: 500},
			sandbox.RequestEffect{Reset: sandbox.ResetBefore, Truncate: true},
			sandbox.RequestEffect{Reset: sandbox.ResetBefore, Release: sandbox.Release359},
		),
		after: effects(
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, Status: 500},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, ContentType: "text/html"},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, Truncate: true},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, BytesPerSecond: 1},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, UnknownFields: true},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, UnknownEnums: true},
			sandbox.RequestEffect{Reset: sandbox.ResetAfter, LinkOrigin: "http://a"},
		),
	}) {
		for _, fault := range faults {
			faults := []sandbox.Fault{{Effect: sandbox.RespondWith(500)}, fault}
			err := sb.SetFaults(faults...)
			require.EqualError(t, err, "ibl.ai: faults[1]."+want)
			require.ErrorAs(t, err, new(*api.ArgumentError))
			assert.Equal(t, []sandbox.Fault{{Effect: sandbox.RequestEffect{Latency: time.Nanosecond}}}, sb.Faults(), "the faults are unchanged")
			_, err = sandbox.New(sandbox.WithFaults(faults...))
			require.EqualError(t, err, "ibl.ai: WithFaults[1]."+want)
		}
	}
}

// These effects can be combined.
func TestFaultCombinations(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	setFaults(t, sb,
		sandbox.Fault{Effect: sandbox.RequestEffect{Latency: 1, Reset: sandbox.ResetBefore}},
		sandbox.Fault{Effect: sandbox.RequestEffect{Latency: 1, Reset: sandbox.ResetAfter, Release: sandbox.Release359}},
		sandbox.Fault{Effect: sandbox.RequestEffect{Status: 429, RetryAfter: time.Second, Body: "{}", ContentType: "text/html", Truncate: true, BytesPerSecond: 5}},
		sandbox.Fault{Effect: sandbox.RequestEffect{Status: 307, Redirect: "/", Reset: sandbox.ResetDuring, BytesPerSecond: 5}},
		sandbox.Fault{Effect: sandbox.RequestEffect{UnknownFields: true, UnknownEnums: true, Release: sandbox.Release359, LinkOrigin: "https://[::1]:80", ContentType: "text/plain", Truncate: true, BytesPerSecond: 5}},
		sandbox.Fault{Effect: sandbox.RequestEffect{Body: "<html>", ContentType: "application/json", Reset: sandbox.ResetDuring}},
		sandbox.Fault{Match: sandbox.RequestMatch{Operation: listAgents, Method: http.MethodHead, Path: "/\\[*/?/[a-z]"}, Selection: sandbox.Selection{Skip: 1, Times: 1, Probability: 1}, Effect: sandbox.RespondWith(599)},
	)
}
