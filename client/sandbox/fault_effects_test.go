package sandbox_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// newAgentBody is the body of a request that creates an agent.
const newAgentBody = `{"mentor":"` + coach + `","title":"New","task":{"crontab":{}}}`

// plainClient opens a connection for each request: net/http retries requests that
// failed on a reused connection.
func plainClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// try sends a request as ada, which may fail. It returns the response as far as it
// was received.
func try(t testing.TB, c *http.Client, base, method, target, body string) (httpResponse, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Api-Token "+key)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.Do(request)
	if err != nil {
		return httpResponse{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return httpResponse{response.StatusCode, response.Header, string(text)}, err
}

// agents returns the number of agents.
func agents(t testing.TB, server *sandbox.Server) float64 {
	t.Helper()
	require.NoError(t, server.SetFaults())
	count, ok := get(t, server, "periodic-agents/").fields(t)["count"].(float64)
	require.True(t, ok)
	return count
}

func TestFaultStatus(t *testing.T) {
	t.Parallel()
	const nginx = "<html>\r\n<head><title>%</title></head>\r\n<body>\r\n<center><h1>%</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	const django = "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n</head>\n<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n"
	type header map[string]string
	detail := func(text string) string { return `{"detail":"` + text + `"}` }
	server := newTestServer(t)
	for _, test := range []struct {
		fault  sandbox.Fault
		body   string
		header header
	}{
		{sandbox.Fault{Effect: sandbox.RespondWith(200)}, "", header{"Content-Length": "0", "Content-Type": ""}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, ContentType: "text/html"}}, "", header{"Content-Type": "text/html"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, Body: "<p>Sign in"}}, "<p>Sign in", header{"Content-Type": "text/html"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, Body: `{"id": 1}`}}, `{"id": 1}`, header{"Content-Type": "application/json", "Content-Length": "9"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, Body: `{"id": 1}`, ContentType: "text/plain"}}, `{"id": 1}`, header{"Content-Type": "text/plain"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 204, ContentType: "text/html"}}, "", header{"Content-Type": "", "Content-Length": ""}},
		{sandbox.Fault{Effect: sandbox.RespondWith(304)}, "", header{"Content-Type": ""}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 307, Redirect: "/elsewhere/"}}, "", header{"Location": "/elsewhere/"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(400)}, detail("Malformed request."), header{"Content-Type": "application/json", "Allow": "GET, POST, HEAD, OPTIONS"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(401)}, detail("Authentication credentials were not provided."), header{"WWW-Authenticate": "Api-Token"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(403)}, detail("You do not have permission to perform this action."), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(404)}, detail("Not found."), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(405)}, detail(`Method \"POST\" not allowed.`), header{"Allow": "GET, POST, HEAD, OPTIONS"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(406)}, detail("Could not satisfy the request Accept header."), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(409)}, detail("Conflict."), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(413)}, strings.ReplaceAll(nginx, "%", "413 Request Entity Too Large"), header{"Content-Type": "text/html"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(415)}, detail(`Unsupported media type \"application/json\" in request.`), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(429)}, detail("Request was throttled."), header{"Retry-After": ""}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 429, RetryAfter: time.Millisecond}}, detail("Request was throttled. Expected available in 1 second."), header{"Retry-After": "1"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 429, RetryAfter: 59001 * time.Millisecond}}, detail("Request was throttled. Expected available in 60 seconds."), header{"Retry-After": "60"}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 429, RetryAfter: 1<<63 - 1}}, detail("Request was throttled. Expected available in 9223372037 seconds."), header{"Retry-After": "9223372037"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(499)}, detail("Refused."), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(500)}, django, header{"Content-Type": "text/html; charset=utf-8", "Allow": ""}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 500, ContentType: "application/json"}}, django, header{"Content-Type": "application/json"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(501)}, strings.ReplaceAll(nginx, "%", "501 Not Implemented"), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(502)}, strings.ReplaceAll(nginx, "%", "502 Bad Gateway"), header{"Content-Type": "text/html", "Allow": ""}},
		{sandbox.Fault{Effect: sandbox.RequestEffect{Status: 503, RetryAfter: time.Minute}}, strings.ReplaceAll(nginx, "%", "503 Service Temporarily Unavailable"), header{"Retry-After": "60"}},
		{sandbox.Fault{Effect: sandbox.RespondWith(504)}, strings.ReplaceAll(nginx, "%", "504 Gateway Time-out"), nil},
		{sandbox.Fault{Effect: sandbox.RespondWith(599)}, strings.ReplaceAll(nginx, "%", "599 "), nil},
	} {
		setFaults(t, server, test.fault)
		got, err := try(t, plainClient(), server.URL, http.MethodPost, userPath+"periodic-agents/", newAgentBody)
		require.NoError(t, err, test.fault)
		assert.Equal(t, test.fault.Effect.Status, got.status)
		assert.Equal(t, test.body, got.body, test.fault)
		for name, value := range test.header {
			assert.Equal(t, value, got.header.Get(name), "%s of %v", name, test.fault)
		}
	}
	assert.Zero(t, agents(t, server), "nothing was written")
}

// A fault with a status applies to any path and any credentials.
func TestFaultStatusPrecedesEverything(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RespondWith(429)}))
	for _, target := range []string{"periodic-agents/", "periodic-agents", "/nowhere", "?format=xml"} {
		got := send(t, server, http.MethodPut, target, strings.Repeat("{", 3_000_000), "Authorization", "", "Accept", "text/html")
		assert.Equal(t, http.StatusTooManyRequests, got.status, target)
		assert.Equal(t, strings.Contains(target, "/nowhere") || target == "periodic-agents", got.header.Get("Allow") == "", target)
	}
}

func TestFaultRedirect(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Redirect: "https://login.example.edu/?next=/"}}))
	got, err := try(t, plainClient(), server.URL, http.MethodGet, userPath, "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, got.status)
	assert.Equal(t, "https://login.example.edu/?next=/", got.header.Get("Location"))
	assert.Empty(t, got.body)
}

// With a ContentType and no Status, the operation is executed and its response
// replaced.
func TestFaultContentType(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	create := func(fault sandbox.Fault) httpResponse {
		setFaults(t, server, fault)
		got, err := try(t, plainClient(), server.URL, http.MethodPost, userPath+"periodic-agents/", newAgentBody)
		require.NoError(t, err)
		assert.Equal(t, http.StatusCreated, got.status)
		return got
	}
	got := create(sandbox.Fault{Effect: sandbox.RequestEffect{ContentType: "text/html"}})
	assert.Equal(t, "text/html", got.header.Get("Content-Type"))
	assert.Equal(t, "New", got.fields(t)["title"])
	got = create(sandbox.Fault{Effect: sandbox.RequestEffect{ContentType: "text/html", Body: "<p>Sign in"}})
	assert.Equal(t, "text/html", got.header.Get("Content-Type"))
	assert.Equal(t, "<p>Sign in", got.body)
	assert.InDelta(t, 2, agents(t, server), 0)

	setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{ContentType: "text/html", Body: "gone"}})
	got, err := try(t, plainClient(), server.URL, http.MethodDelete, userPath+"periodic-agents/1/", "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, got.status)
	assert.Empty(t, got.body)
	assert.Empty(t, got.header.Get("Content-Type"))
}

// The test uses the sandbox's own server, one with TLS, and one with HTTP/2.
func TestFaultReset(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T, sb *sandbox.Server) (*http.Client, string){
		"its own": func(_ *testing.T, sb *sandbox.Server) (*http.Client, string) { return plainClient(), sb.URL },
		"TLS": func(t *testing.T, sb *sandbox.Server) (*http.Client, string) {
			t.Helper()
			server := httptest.NewTLSServer(sb.Sandbox)
			t.Cleanup(server.Close)
			return server.Client(), server.URL
		},
		"HTTP/2": func(t *testing.T, sb *sandbox.Server) (*http.Client, string) {
			t.Helper()
			server := httptest.NewUnstartedServer(sb.Sandbox)
			server.EnableHTTP2 = true
			server.StartTLS()
			t.Cleanup(server.Close)
			return server.Client(), server.URL
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newTestServer(t)
			c, base := start(t, server)
			for _, test := range []struct {
				point  sandbox.ResetPoint
				status int
				agents float64
			}{
				{sandbox.ResetBefore, 0, 0},
				{sandbox.ResetDuring, http.StatusCreated, 1},
				{sandbox.ResetAfter, 0, 2},
			} {
				setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Reset: test.point}})
				got, err := try(t, c, base, http.MethodPost, userPath+"periodic-agents/", newAgentBody)
				require.Error(t, err, test.point)
				if name != "HTTP/2" {
					require.ErrorIs(t, err, syscall.ECONNRESET, test.point)
				}
				assert.Equal(t, test.status, got.status, test.point)
				if test.status != 0 {
					length, err := strconv.Atoi(got.header.Get("Content-Length"))
					require.NoError(t, err)
					assert.Len(t, got.body, length/2)
					assert.True(t, strings.HasPrefix(got.body, `{"id":1,`), got.body)
				}
				assert.InDelta(t, test.agents, agents(t, server), 0, test.point)
			}
		})
	}
}

// A reset in the middle of a response without a body is a reset before it.
func TestFaultResetWithoutBody(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	for _, method := range []string{http.MethodHead, http.MethodDelete} {
		setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetDuring}})
		_, err := try(t, plainClient(), server.URL, method, userPath+"periodic-agents/1/", "")
		require.ErrorIs(t, err, syscall.ECONNRESET, method)
	}
	assert.Zero(t, agents(t, server), "the agent was deleted")
}

func TestFaultTruncate(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	whole := get(t, server, "periodic-agents/1/")
	for _, fault := range []sandbox.Fault{{Effect: sandbox.RequestEffect{Truncate: true}}, {Effect: sandbox.RequestEffect{Truncate: true, BytesPerSecond: 1 << 30}}} {
		setFaults(t, server, fault)
		// The connection ends even with keep-alive.
		c := &http.Client{Transport: &http.Transport{}}
		got, err := try(t, c, server.URL, http.MethodGet, userPath+"periodic-agents/1/", "")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, whole.header.Get("Content-Length"), got.header.Get("Content-Length"))
		assert.Equal(t, whole.body[:len(whole.body)/2], got.body)
	}

	setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, Body: "1", Truncate: true}})
	got, err := try(t, plainClient(), server.URL, http.MethodGet, userPath, "")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, got.body)
}

// Responses without a body are not truncated, slowed down or reshaped.
func TestFaultsWithoutBody(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithPeriodicAgent("acme", titled("Evening digest")))
	want := send(t, server, http.MethodHead, "periodic-agents/", "")
	setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Truncate: true, BytesPerSecond: 1}})
	got := send(t, server, http.MethodHead, "periodic-agents/", "")
	want.header.Del("Date")
	got.header.Del("Date")
	assert.Equal(t, want, got)

	setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{UnknownFields: true}})
	long := get(t, server, "periodic-agents/")
	got = send(t, server, http.MethodHead, "periodic-agents/", "")
	assert.Equal(t, long.header.Get("Content-Length"), got.header.Get("Content-Length"))
	assert.Equal(t, strconv.Itoa(len(long.body)), got.header.Get("Content-Length"))

	for id, fault := range []sandbox.Fault{
		{Effect: sandbox.RequestEffect{Truncate: true, BytesPerSecond: 1}},
		{Effect: sandbox.RequestEffect{UnknownFields: true, UnknownEnums: true, Release: sandbox.Release359, LinkOrigin: "http://internal"}},
	} {
		setFaults(t, server, fault)
		target := userPath + "periodic-agents/" + strconv.Itoa(id+1) + "/"
		got, err := try(t, plainClient(), server.URL, http.MethodDelete, target, "")
		require.NoError(t, err)
		assert.Equal(t, http.StatusNoContent, got.status)
		got, err = try(t, plainClient(), server.URL, http.MethodGet, strings.TrimSuffix(target, "/"), "")
		require.NoError(t, err)
		assert.Equal(t, http.StatusMovedPermanently, got.status)
		assert.Equal(t, target, got.header.Get("Location"))
	}
}

// Close does not wait for connections that were reset, and leaves none open.
func TestCloseAfterResets(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithFaults(sandbox.Fault{Selection: sandbox.Selection{Probability: 0.5}, Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}))
	c := &http.Client{Transport: &http.Transport{}}
	failed := 0
	for range 20 {
		if _, err := try(t, c, server.URL, http.MethodPost, userPath+"periodic-agents/", newAgentBody); err != nil {
			assert.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE), err)
			failed++
		}
	}
	assert.Positive(t, failed)
	server.Close()
}

// noHijacker fails to hijack its connection, and calls a function before.
type noHijacker struct {
	*httptest.ResponseRecorder

	asked func()
}

func (u *noHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	u.asked()
	return nil, nil, http.ErrNotSupported
}

func TestFaultResetWithoutHijacker(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	for i, point := range []sandbox.ResetPoint{sandbox.ResetBefore, sandbox.ResetDuring, sandbox.ResetAfter} {
		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{Reset: point}})
		kept := 0
		w := &noHijacker{httptest.NewRecorder(), func() { kept = len(requestsOf(sb)) }}
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() { sb.ServeHTTP(w, listRequest()) }, point)
		assert.Equal(t, i+1, kept, "the request is recorded before the client can notice")
	}
}
