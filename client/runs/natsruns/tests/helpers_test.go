package tests

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	patience = time.Minute
	tick     = 10 * time.Millisecond
)

var secret = api.NewSecret("a secret of enough bytes")

// natsServer is an embedded server that can be restarted.
type natsServer struct {
	t       *testing.T
	options server.Options
	server  *server.Server
}

func startServer(t *testing.T, configure ...func(*server.Options)) *natsServer {
	t.Helper()
	s := &natsServer{t: t, options: server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
	}}
	for _, f := range configure {
		f(&s.options)
	}
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

func (s *natsServer) start() {
	s.t.Helper()
	options := s.options
	started, err := server.NewServer(&options)
	require.NoError(s.t, err)
	started.Start()
	require.True(s.t, started.ReadyForConnections(patience))
	s.server, s.options.Port = started, started.Addr().(*net.TCPAddr).Port
}

func (s *natsServer) stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

func (s *natsServer) url() string { return fmt.Sprintf("nats://127.0.0.1:%d", s.options.Port) }

func connect(t *testing.T, url string, opts ...nats.Option) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect(url, append([]nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(tick)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

// testOrg returns an org whose service is not reached.
func testOrg(t *testing.T, name string, opts ...client.Option) natsruns.Org {
	t.Helper()
	opts = append([]client.Option{
		client.WithAPIKey("key"), client.WithOrg(name), client.WithUsername("ada"), client.WithBaseURL("http://127.0.0.1:1"),
	}, opts...)
	c, err := client.New(opts...)
	require.NoError(t, err)
	verifier, err := callback.NewVerifier(secret)
	require.NoError(t, err)
	return natsruns.Org{Client: c, Verifier: verifier}
}

// sandboxOrg returns a sandbox, the org of its clients, and the id of an agent
// without a callback.
func sandboxOrg(t *testing.T) (*sandbox.Server, natsruns.Org, int64) {
	t.Helper()
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	org := testOrg(t, "unused", sb.ClientOptions()...)
	return sb, org, addAgent(t, sb, org.Client)
}

func addAgent(t *testing.T, sb *sandbox.Server, c *client.Client) int64 {
	t.Helper()
	agent, err := sb.AddPeriodicAgent(c.Org(), client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(c.Org())[0].UniqueID, Title: "Digest",
		Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "0", DayOfMonth: "1", MonthOfYear: "1"}},
	})
	require.NoError(t, err)
	return agent.ID
}

func newBridge(t *testing.T, js jetstream.JetStream, orgs []natsruns.Org, opts ...natsruns.Option) *natsruns.Bridge {
	t.Helper()
	bridge, err := natsruns.New(t.Context(), js, orgs, append([]natsruns.Option{natsruns.WithLogger(slog.New(slog.DiscardHandler))}, opts...)...)
	require.NoError(t, err)
	return bridge
}

// deliver sends a callback and returns the status of the response.
func deliver(t *testing.T, bridge http.Handler, org string, id int64, output string) int {
	t.Helper()
	return deliverBody(t, bridge, org, fmt.Appendf(nil, `{"status": "success", "agent_output": %q, "log_id": %d}`, output, id))
}

func deliverBody(t *testing.T, bridge http.Handler, org string, body []byte) int {
	t.Helper()
	request, err := callback.NewRequest(t.Context(), "https://receiver.example/runs/"+org, body, secret)
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	bridge.ServeHTTP(recorder, request)
	return recorder.Code
}

// background calls f in a goroutine until the test or stop ends it.
func background(t *testing.T, f func(context.Context) error) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background()) //nolint:usetesting // it ends in the cleanup, in which t.Context has ended
	done := make(chan struct{})
	var err error
	go func() { defer close(done); err = f(ctx) }()
	stop = func() error { cancel(); <-done; return err }
	t.Cleanup(func() { _ = stop() })
	return stop
}

// handled counts the calls for each run.
type handled struct {
	mu    sync.Mutex
	calls map[string]int
}

func (h *handled) handle(_ context.Context, run *natsruns.Run) error {
	h.add(fmt.Sprintf("%s/%d", run.Org, run.LogID))
	return nil
}

func (h *handled) add(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.calls == nil {
		h.calls = map[string]int{}
	}
	h.calls[key]++
}

func (h *handled) count(key string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls[key]
}

func (h *handled) runs() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.calls)
}

func (h *handled) total() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, calls := range h.calls {
		n += calls
	}
	return n
}

func waitFor(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patience, tick, what)
}
