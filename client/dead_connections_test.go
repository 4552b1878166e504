package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// network connects a transport with a server in memory. Its connections can die
// as they do behind a box that forgets them: what is written is swallowed, and
// the connection stays open.
type network struct {
	accepted chan net.Conn
	dials    atomic.Int32
	mu       sync.Mutex
	open     []*mortalConn
}

func (n *network) dial(context.Context, string, string) (net.Conn, error) {
	n.dials.Add(1)
	near, far := net.Pipe()
	connection := &mortalConn{Conn: near}
	n.mu.Lock()
	n.open = append(n.open, connection)
	n.mu.Unlock()
	n.accepted <- far
	return connection, nil
}

// kill has every open connection swallow what is written to it.
func (n *network) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, connection := range n.open {
		connection.dead.Store(true)
	}
}

func (n *network) Accept() (net.Conn, error) {
	if connection, ok := <-n.accepted; ok {
		return connection, nil
	}
	return nil, net.ErrClosed
}
func (n *network) Close() error   { return nil }
func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

type mortalConn struct {
	net.Conn

	dead atomic.Bool
}

func (c *mortalConn) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// overHTTP2 calls test with a client whose connections to an HTTP/2 server are in
// memory. replaceDefault is whether the client has a transport of its own, which
// is made from http.DefaultTransport, rather than the program's.
func overHTTP2(t *testing.T, replaceDefault bool, test func(t *testing.T, n *network, c *client.Client)) {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	synctest.Test(t, func(t *testing.T) {
		n := &network{accepted: make(chan net.Conn)}
		server := &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, 2, r.ProtoMajor)
				respondWithJSON(http.StatusOK, `{"id": 7}`)(w, r)
			}),
			TLSConfig: &tls.Config{Certificates: certified.TLS.Certificates},
			ErrorLog:  discardLogger(),
		}
		go func() { _ = server.ServeTLS(n, "", "") }()
		transport := &http.Transport{DialContext: n.dial, TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
		opts := []client.Option{client.WithBaseURL("https://example.com")}
		if replaceDefault {
			standard := http.DefaultTransport
			http.DefaultTransport = transport
			defer func() { http.DefaultTransport = standard }()
		} else {
			opts = append(opts, client.WithHTTPClient(&http.Client{Transport: transport}))
		}
		c := newClient(t, opts...)
		test(t, n, c)
		c.CloseIdleConnections()
		close(n.accepted)
		_ = server.Close()
		time.Sleep(10 * time.Minute) // the dead connections end by their pings
	})
}

// An HTTP/2 connection that died is noticed before the attempts that use it time
// out.
func TestDeadConnectionIsNoticed(t *testing.T) { //nolint:paralleltest // it replaces http.DefaultTransport
	overHTTP2(t, true, func(t *testing.T, n *network, c *client.Client) {
		t.Helper()
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err)
		n.kill()
		begin := time.Now()
		var running sync.WaitGroup
		for range 4 {
			running.Go(func() {
				var response client.Response
				_, err := c.PeriodicAgents.Get(t.Context(), 7, client.WithResponse(&response))
				assert.NoError(t, err)
				assert.Equal(t, 2, response.Attempts)
			})
		}
		running.Wait()
		assert.Less(t, time.Since(begin), 35*time.Second)
		assert.EqualValues(t, 2, n.dials.Load())
	})
}

// With a shorter timeout, no attempt after one that timed out uses its connection,
// even if other calls still do.
func TestTimeoutReplacesConnection(t *testing.T) { //nolint:paralleltest // it replaces http.DefaultTransport
	overHTTP2(t, true, func(t *testing.T, n *network, c *client.Client) {
		t.Helper()
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err)
		n.kill()
		var running sync.WaitGroup
		for i := range 4 {
			running.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				var response client.Response
				_, err := c.PeriodicAgents.Get(t.Context(), 7, client.WithAttemptTimeout(time.Second), client.WithResponse(&response))
				assert.NoError(t, err)
				assert.Equal(t, 2, response.Attempts)
			})
		}
		running.Wait()
		assert.EqualValues(t, 2, n.dials.Load())
	})
}

// A program's own transport is told to close its idle connections.
func TestTimeoutClosesIdleConnectionsOfTheProgram(t *testing.T) {
	t.Parallel()
	overHTTP2(t, false, func(t *testing.T, n *network, c *client.Client) {
		t.Helper()
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err)
		n.kill()
		var response client.Response
		_, err = c.PeriodicAgents.Get(t.Context(), 7, client.WithAttemptTimeout(time.Second), client.WithResponse(&response))
		require.NoError(t, err)
		assert.Equal(t, 2, response.Attempts)
		assert.EqualValues(t, 2, n.dials.Load())
	})
}

// It is told again before the next call, since net/http may not have cleaned up
// when a call that is not retried ends, and no longer after a response.
func TestCallAfterTimeoutClosesIdleConnectionsOfTheProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &closeCounter{roundTripFunc: func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}
		c := newClient(t, client.WithHTTPClient(&http.Client{Transport: transport}))
		_, err := c.PinnedMessages.Create(t.Context(), "s")
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		transport.roundTripFunc = func(r *http.Request) (*http.Response, error) {
			return respond(r, http.StatusOK, `{"id": 7}`), nil
		}
		for _, want := range []int{1, 0} {
			transport.closed = 0
			_, err = c.PinnedMessages.Create(t.Context(), "s")
			require.NoError(t, err)
			assert.Equal(t, want, transport.closed)
		}
	})
}

type closeCounter struct {
	roundTripFunc

	closed int
}

func (c *closeCounter) CloseIdleConnections() { c.closed++ }

// CloseIdleConnections leaves no goroutine of a client.
func TestCloseIdleConnections(t *testing.T) { //nolint:paralleltest // it counts goroutines
	server := httptest.NewServer(respondWithJSON(http.StatusOK, `{"id": 7}`))
	t.Cleanup(server.Close)
	own := func() int {
		stacks := make([]byte, 4<<20)
		return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "net/http.(*persistConn).readLoop")
	}
	for range 20 {
		c := newClient(t, client.WithBaseURL(server.URL))
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err)
		c.CloseIdleConnections()
		_, err = c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err, "the client stays usable")
		c.CloseIdleConnections()
	}
	assert.Eventually(t, func() bool { return own() == 0 }, time.Minute, 10*time.Millisecond)
	new(client.Client).CloseIdleConnections()
}

// The Timeout of the program's http.Client bounds an attempt, and is not taken for
// the end of the context.
func TestTimeoutOfHTTPClient(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			httpClient := &http.Client{Timeout: 3 * time.Second, Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}
			c := newClient(t, client.WithHTTPClient(httpClient), retries(1))
			begin := time.Now()
			err := op.call(t.Context(), c)
			assert.Equal(t, 3*time.Second, time.Since(begin), op.name)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.ErrorContains(t, err, "3s (Timeout of the http.Client)")

			begin = time.Now()
			err = op.call(t.Context(), c, client.WithAttemptTimeout(time.Second))
			assert.Equal(t, time.Second, time.Since(begin), op.name)
			require.ErrorContains(t, err, "1s (WithAttemptTimeout)")
			assert.Equal(t, 3*time.Second, httpClient.Timeout, "New does not change it")
		})
	}
}
