package sandbox_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	exchanges "github.com/iblai/iblai-go/internal/recording"
)

const (
	key      = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	userPath = "/api/ai-mentor/orgs/acme/users/ada/"
	coach    = sandbox.DefaultMentorID
	session  = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
)

var start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// newServer returns a server that is closed at the end of the test.
func newServer(t testing.TB, opts ...sandbox.Option) *sandbox.Server {
	t.Helper()
	server, err := sandbox.Start(opts...)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

// newTestServer returns a server with ada's account, whose key is key, and a frozen
// clock.
func newTestServer(t testing.TB, opts ...sandbox.Option) *sandbox.Server {
	t.Helper()
	return newServer(t, append([]sandbox.Option{withTestAccount(), withTestClock()}, opts...)...)
}

func withTestAccount() sandbox.Option {
	return sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret(key)})
}

func withTestClock() sandbox.Option { return sandbox.WithFrozenClock(start) }

// advance advances the clock, and returns the number of runs that started.
func advance(t testing.TB, server *sandbox.Server, d time.Duration) int {
	t.Helper()
	runs, err := server.Advance(t.Context(), d)
	require.NoError(t, err)
	return runs
}

func newClient(t testing.TB, server *sandbox.Server, opts ...client.Option) *client.Client {
	t.Helper()
	recorded := client.WithHTTPClient(&http.Client{Transport: transport()})
	c, err := client.New(slices.Concat(server.ClientOptions(), []client.Option{recorded}, opts)...)
	require.NoError(t, err)
	return c
}

// digest returns a request for an agent of the default mentor.
func digest() client.PeriodicAgentCreateRequest {
	return client.PeriodicAgentCreateRequest{
		Mentor: coach,
		Title:  "Morning digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	}
}

// titled returns a digest with another title.
func titled(title string) client.PeriodicAgentCreateRequest {
	request := digest()
	request.Title = title
	return request
}

// An httpResponse is a response whose body was read.
type httpResponse struct {
	status int
	header http.Header
	body   string
}

// fields returns the body as a JSON object.
func (a httpResponse) fields(t testing.TB) map[string]any {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &fields), a.body)
	return fields
}

// send sends a request as ada, below her path unless target starts with a slash. A
// body is JSON. Headers alternate names and values; an empty value removes the
// header.
func send(t testing.TB, server *sandbox.Server, method, target, body string, headers ...string) httpResponse {
	t.Helper()
	if !strings.HasPrefix(target, "/") {
		target = userPath + target
	}
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Api-Token "+key)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		}
	}
	return roundTrip(t, request)
}

// transport returns a transport that records exchanges for the contract tests.
func transport() http.RoundTripper { return exchanges.Transport(http.DefaultTransport) }

func roundTrip(t testing.TB, request *http.Request) httpResponse {
	t.Helper()
	response, err := transport().RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return httpResponse{response.StatusCode, response.Header, string(text)}
}

func get(t testing.TB, server *sandbox.Server, target string) httpResponse {
	t.Helper()
	return send(t, server, http.MethodGet, target, "")
}

// runNow runs an agent, and fails the test if it can't.
func runNow(t testing.TB, server *sandbox.Server, id int64, outcome sandbox.Outcome) *sandbox.RunResult {
	t.Helper()
	run, err := server.RunNow(t.Context(), id, outcome)
	require.NoError(t, err)
	return run
}

// newReceiver listens for callbacks, and returns its URL.
func newReceiver(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return "http://" + listener.Addr().String() + "/callbacks"
}
