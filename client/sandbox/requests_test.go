package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// recorder is a Sandbox or a Server.
type recorder interface {
	Requests() iter.Seq[sandbox.Request]
	Deliveries() iter.Seq[sandbox.Delivery]
}

func requestsOf(sb recorder) []sandbox.Request { return slices.Collect(sb.Requests()) }

func deliveriesOf(sb recorder) []sandbox.Delivery { return slices.Collect(sb.Deliveries()) }

// latest returns the request that ended last.
func latest(t testing.TB, sb recorder) sandbox.Request {
	t.Helper()
	all := requestsOf(sb)
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

func TestRequests(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "eve", APIKey: api.NewSecret("eve-key"), Member: true}))
	assert.Empty(t, requestsOf(server))
	got := send(t, server, http.MethodPost, "periodic-agents/?x=y", newAgentBody, "X-Mine", "value")
	request := latest(t, server)
	assert.EqualValues(t, 1, request.ID)
	assert.Equal(t, start, request.ReceivedAt)
	assert.Positive(t, request.Duration)
	assert.Equal(t, http.MethodPost, request.Method)
	assert.Equal(t, userPath+"periodic-agents/?x=y", request.URL)
	assert.Equal(t, createAgent, request.Operation)
	assert.Equal(t, "ada", request.Username)
	assert.Equal(t, []string{"Api-Token ***"}, request.Header["Authorization"])
	assert.Equal(t, "value", request.Header.Get("X-Mine"))
	assert.Equal(t, newAgentBody, string(request.Body))
	assert.Equal(t, http.StatusCreated, request.StatusCode)
	assert.Equal(t, "application/json", request.ResponseHeader.Get("Content-Type"))
	assert.Equal(t, "GET, POST, HEAD, OPTIONS", request.ResponseHeader.Get("Allow"))
	assert.Equal(t, got.body, string(request.ResponseBody))
	assert.False(t, request.Truncated)
	assert.False(t, request.Faulted)

	for _, test := range []struct {
		method, target, key string
		operation           sandbox.OperationID
		username            string
		status              int
		body                string
	}{
		{http.MethodHead, "periodic-agents/", key, listAgents, "ada", http.StatusOK, ""},
		{http.MethodDelete, "periodic-agents/1/", key, sandbox.OperationPeriodicAgentsDelete, "ada", http.StatusNoContent, ""},
		{http.MethodGet, "periodic-agents/", "eve-key", listAgents, "eve", http.StatusForbidden, `{"detail":"You do not have permission to perform this action."}`},
		{http.MethodGet, "periodic-agents/", "nonsense", listAgents, "", http.StatusUnauthorized, `{"detail":"Invalid token."}`},
		{http.MethodPatch, "periodic-agents/", key, "", "ada", http.StatusMethodNotAllowed, `{"detail":"Method \"PATCH\" not allowed."}`},
		{http.MethodGet, "periodic-agents", key, "", "ada", http.StatusMovedPermanently, ""},
		{http.MethodGet, "/nowhere", key, "", "ada", http.StatusNotFound, get(t, server, "/nowhere").body},
	} {
		send(t, server, test.method, test.target, "", "Authorization", "Api-Token "+test.key)
		request := latest(t, server)
		assert.Equal(t, test.method, request.Method)
		assert.Equal(t, test.operation, request.Operation, test)
		assert.Equal(t, test.username, request.Username, test)
		assert.Equal(t, test.status, request.StatusCode, test)
		assert.Equal(t, test.body, string(request.ResponseBody), test)
		assert.Empty(t, request.Body)
		assert.NotEmpty(t, request.ResponseHeader)
	}
	all := requestsOf(server)
	for i, request := range all {
		assert.EqualValues(t, i+1, request.ID)
		found, ok := server.Request(request.ID)
		assert.True(t, ok)
		assert.Equal(t, request, found)
	}
	for _, id := range []int64{-1, 0, int64(len(all)) + 1} {
		_, ok := server.Request(id)
		assert.False(t, ok, id)
	}
}

func TestRequestsWithFaults(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	whole := get(t, server, "periodic-agents/1/").body
	for _, test := range []struct {
		fault  sandbox.Fault
		status int
		body   string
	}{
		{sandbox.Fault{Effect: sandbox.RespondWith(429)}, 429, `{"detail":"Request was throttled."}`},
		{sandbox.Fault{Effect: sandbox.RespondWith(204)}, 204, ""},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Latency: 1}}, 200, whole},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Truncate: true}}, 200, whole[:len(whole)/2]},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}, 0, ""},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetDuring}}, 200, whole[:len(whole)/2]},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter}}, 0, ""},
	} {
		setFaults(t, server, test.fault)
		got, _ := try(t, plainClient(), server.URL, http.MethodGet, userPath+"periodic-agents/1/", "")
		request := latest(t, server)
		assert.True(t, request.Faulted, test.fault)
		assert.Equal(t, retrieveAgent, request.Operation)
		assert.Equal(t, "ada", request.Username, test.fault)
		assert.Equal(t, test.status, request.StatusCode, test.fault)
		assert.Equal(t, test.status == 0, request.ResponseHeader == nil, test.fault)
		assert.Equal(t, test.body, string(request.ResponseBody), test.fault)
		assert.Equal(t, got.body, string(request.ResponseBody), "the recorded body is the received one")
	}
}

// A client that has received a complete response finds its request recorded,
// however long the body is.
func TestRequestIsRecordedBeforeResponse(t *testing.T) {
	t.Parallel()
	for _, fault := range [][]sandbox.Fault{nil, {{Effect: sandbox.RequestEffect{Status: http.StatusOK, Body: strings.Repeat("x", 1<<20)}}}, {{Effect: sandbox.RequestEffect{BytesPerSecond: 1 << 20}}}} {
		server := newTestServer(t, sandbox.WithFaults(fault...))
		c := &http.Client{Transport: &http.Transport{}}
		for i := range 50 {
			_, err := try(t, c, server.URL, http.MethodGet, userPath, "")
			require.NoError(t, err)
			require.Len(t, requestsOf(server), i+1)
		}
	}
}

func TestIncompleteRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	raw(t, server, "POST "+userPath+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n")
	request := latest(t, server)
	assert.Equal(t, http.StatusBadRequest, request.StatusCode)
	assert.Equal(t, "ab", string(request.Body))
	assert.True(t, request.Truncated)

	const kept = 64 << 10
	send(t, server, http.MethodPost, "periodic-agents/", strings.Repeat("x", 3_000_000))
	request = latest(t, server)
	assert.Equal(t, http.StatusRequestEntityTooLarge, request.StatusCode)
	assert.Equal(t, strings.Repeat("x", kept), string(request.Body))
	assert.True(t, request.Truncated)

	for _, test := range []struct {
		sent, responded int
		truncated       bool
	}{{kept, kept, false}, {kept + 1, 1, true}, {1, kept + 1, true}} {
		setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Status: http.StatusOK, Body: strings.Repeat("y", test.responded)}})
		send(t, server, http.MethodPost, "periodic-agents/", strings.Repeat("x", test.sent))
		request := latest(t, server)
		assert.Len(t, request.Body, min(test.sent, kept))
		assert.Len(t, request.ResponseBody, min(test.responded, kept))
		assert.Equal(t, test.truncated, request.Truncated)
	}
}

func TestRecordedCredentialsAreMasked(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	for _, test := range []struct{ header, value, want string }{
		{"Authorization", "Api-Token " + key, "Api-Token ***"},
		{"Authorization", "api-token  " + key, "api-token ***"},
		{"Authorization", "Bearer " + key, "Bearer ***"},
		{"Authorization", "Api-Token", "***"},
		{"Authorization", key, "***"},
		{"Authorization", key + " Api-Token", "***"},
		{"Authorization", "Api-Token\t" + key, "***"},
		{"Authorization", strings.Repeat("a", 17) + " b", "***"},
		{"Authorization", " " + key, " ***"},
		{"Authorization", "", ""},
		{"Proxy-Authorization", "Basic dXNlcg==", "Basic ***"},
		{"Cookie", "session=" + key, "***"},
		{"X-Other", "as it is", "as it is"},
	} {
		request := listRequest()
		request.Header = http.Header{test.header: {test.value, test.value}}
		record(sb, request)
		assert.Equal(t, http.Header{test.header: {test.want, test.want}}, latest(t, sb).Header)
		assert.Equal(t, userPath+"periodic-agents/", latest(t, sb).URL)
		assert.Equal(t, test.value, request.Header.Get(test.header), "the request itself is not changed")
	}
}

func TestRequestFormatHidesSecrets(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	const secret = "a-long-random-secret"
	send(t, server, http.MethodPost, "periodic-agents/?a=b", `{"mentor":"`+coach+`","title":"t","task":{"crontab":{}},"callback_secret":"`+secret+`"}`, "X-Mine", secret)
	request := latest(t, server)
	require.Contains(t, string(request.ResponseBody), secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, "POST "+userPath+"periodic-agents/?a=b: 201", fmt.Sprintf(verb, request), verb)
		for _, value := range []any{&request, requestsOf(server), server} {
			text := fmt.Sprintf(verb, value)
			assert.NotContains(t, text, secret, verb)
			assert.NotContains(t, text, fmt.Sprintf("%x", secret), verb)
		}
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("", "request", request)
	assert.Contains(t, logged.String(), `"request":{"method":"POST","url":"`+userPath+`periodic-agents/?a=b","status":201}`)
	assert.NotContains(t, logged.String(), secret)
}

// The size of the recorded requests is limited.
func TestRecordedRequestsSizeLimit(t *testing.T) {
	t.Parallel()
	const kept, bound, n = 64 << 10, 64 << 20, 1500
	sb := newSandbox(t)
	body := bytes.Repeat([]byte("x"), kept)
	for range n {
		request := newRequest(http.MethodPost, "/nowhere", "")
		request.Body = io.NopCloser(bytes.NewReader(body))
		record(sb, request)
	}
	all := requestsOf(sb)
	size := 0
	for i, request := range all {
		size += len(request.Body)
		assert.EqualValues(t, n-len(all)+1+i, request.ID)
	}
	assert.LessOrEqual(t, size, bound)
	assert.Greater(t, len(all), bound/kept/3, "the buffer of a body may be up to three times as long")
	_, ok := sb.Request(all[0].ID - 1)
	assert.False(t, ok)
	first, ok := sb.Request(all[0].ID)
	assert.True(t, ok)
	assert.Equal(t, all[0].ID, first.ID)

	// A request above the limit is recorded alone.
	request := newRequest(http.MethodGet, "/nowhere", "")
	request.Header.Set("X-Large", strings.Repeat("x", bound))
	record(sb, request)
	require.Len(t, requestsOf(sb), 1)
	assert.EqualValues(t, n+1, requestsOf(sb)[0].ID)
	record(sb, newRequest(http.MethodGet, "/nowhere", ""))
	require.Len(t, requestsOf(sb), 1)
	assert.EqualValues(t, n+2, requestsOf(sb)[0].ID)
}

// The number of recorded requests is limited.
func TestRecordedRequestsCountLimit(t *testing.T) {
	t.Parallel()
	const most, n = 100_000, 100_010
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}))
	request := newRequest(http.MethodGet, "/", "")
	request.Header = nil
	for range n {
		record(sb, request)
	}
	all := requestsOf(sb)
	require.Len(t, all, most)
	assert.EqualValues(t, n-most+1, all[0].ID)
	assert.EqualValues(t, n, all[most-1].ID)
	assert.Nil(t, all[0].Header)
	record(sb, request)
	assert.EqualValues(t, n-most+2, requestsOf(sb)[0].ID)
}

func TestRequestDuration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withTestClock(), sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Minute, Status: http.StatusOK, Body: "12345", BytesPerSecond: 1}}))
		record(sb, listRequest())
		assert.Equal(t, time.Minute+5*time.Second, latest(t, sb).Duration)
		assert.Equal(t, start, latest(t, sb).ReceivedAt, "the clock is frozen")
	})
}

func TestRequestsConcurrently(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 50
	sb := newSandbox(t)
	var working sync.WaitGroup
	for i := range workers {
		working.Go(func() {
			for range rounds {
				record(sb, listRequest())
				all := requestsOf(sb)
				found, ok := sb.Request(all[0].ID)
				assert.True(t, ok)
				assert.Equal(t, all[0].ID, found.ID)
				if i == 0 {
					assert.NoError(t, sb.SetFaults(sandbox.Fault{Selection: sandbox.Selection{Probability: 0.5}, Effect: sandbox.RespondWith(http.StatusTeapot)}))
					_ = sb.Faults()
				}
			}
		})
	}
	working.Wait()
	all := requestsOf(sb)
	require.Len(t, all, workers*rounds)
	for i, request := range all {
		assert.EqualValues(t, i+1, request.ID)
		assert.Equal(t, request.Faulted, request.StatusCode == http.StatusTeapot)
	}
}

func TestBypassHandler(t *testing.T) {
	t.Parallel()
	fault := sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RespondWith(http.StatusServiceUnavailable)}
	sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithFaults(fault))
	ask := func(handler http.Handler) int {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, listRequest())
		return recorder.Code
	}
	assert.Equal(t, http.StatusOK, ask(sb.BypassHandler()))
	assert.Empty(t, requestsOf(sb))
	assert.Equal(t, http.StatusServiceUnavailable, ask(sb), "the bypass didn't count for the fault")
	assert.Equal(t, http.StatusOK, ask(sb))
	assert.Len(t, requestsOf(sb), 2)

	// A handler that replaces an operation can pass requests on.
	requests := 0
	require.NoError(t, sb.HandleOperation(sandbox.OperationPeriodicAgentsCreate, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		sb.BypassHandler().ServeHTTP(w, r)
	})))
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	agent := digest()
	_, err = c.PeriodicAgents.Create(t.Context(), &agent)
	require.Error(t, err)
	created, err := c.PeriodicAgents.Create(t.Context(), &agent)
	require.NoError(t, err)
	assert.EqualValues(t, 2, created.ID)
	assert.Equal(t, http.StatusCreated, latest(t, sb).StatusCode)
}
