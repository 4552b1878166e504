package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// script answers request by request as told. What is nil breaks the connection.
type script struct {
	answers []func(*http.Request) *http.Response
	mu      sync.Mutex
	at      []time.Duration // of each request, since the first
	begin   time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.at) == 0 {
		s.begin = time.Now()
	}
	s.at = append(s.at, time.Since(s.begin))
	next := s.answers[min(len(s.at), len(s.answers))-1]
	if next == nil {
		return nil, syscall.ECONNRESET
	}
	return next(r), nil
}

func status(code int) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response { return respond(r, code, "") }
}

func statusAfter(code int, retryAfter string) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response { return respondWith(r, code, "", "Retry-After", retryAfter) }
}

func ok(r *http.Request) *http.Response { return respond(r, http.StatusOK, "{}") }

func newScript(t *testing.T, answers ...func(*http.Request) *http.Response) (*script, *client.Client) {
	t.Helper()
	s := &script{answers: answers}
	return s, newClient(t, client.WithHTTPClient(&http.Client{Transport: s}))
}

// What may be done twice is tried four times by default, all else once, unless
// it was refused before it was handled.
func TestSendsByDefault(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for _, c := range []struct {
			name   string
			answer func(*http.Request) *http.Response
			sends  int
		}{
			{"reset", nil, op.sends(4)},
			{"502", status(502), op.sends(4)},
			{"503", status(503), op.sends(4)},
			{"504", status(504), op.sends(4)},
			{"429", status(429), 4},
			{"503 with a wait", statusAfter(503, "1"), 4},
			{"400", status(400), 1},
			{"401", status(401), 1},
			{"404", status(404), 1},
			{"408", status(408), 1},
			{"500", status(500), 1},
			{"501", status(501), 1},
		} {
			t.Run(op.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, cl := newScript(t, c.answer)
					require.Error(t, op.call(t.Context(), cl))
					assert.Len(t, s.at, c.sends)
				})
			})
		}
	}
}

// Once it goes well the call has gone well, and tells how often it was sent.
func TestRecovers(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newScript(t, statusAfter(503, "1"), status(429), statusAfter(429, "2"), ok)
				var response client.Response
				require.NoError(t, op.call(t.Context(), c, client.WithResponse(&response)))
				assert.Len(t, s.at, 4)
				assert.Equal(t, 4, response.Attempts)
			})
		})
	}
}

// A DELETE whose answer was lost may have been done: that it is gone then is
// what was asked for. What has not been handled before is not there.
func TestDeleteThatFindsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before []func(*http.Request) *http.Response
		gone   bool
	}{
		{"at once", nil, false},
		{"after a limit", []func(*http.Request) *http.Response{status(429)}, false},
		{"after two limits", []func(*http.Request) *http.Response{status(429), statusAfter(429, "1")}, false},
		{"after a refusal with a wait", []func(*http.Request) *http.Response{statusAfter(503, "1")}, false},
		{"after a lost answer", []func(*http.Request) *http.Response{nil}, true},
		{"after a gateway's timeout", []func(*http.Request) *http.Response{status(504)}, true},
		{"after a lost answer and a limit", []func(*http.Request) *http.Response{nil, status(429)}, true},
		{"after an answer that broke off", []func(*http.Request) *http.Response{func(r *http.Request) *http.Response {
			response := respond(r, http.StatusOK, "")
			response.Body = broken{}
			return response
		}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, cl := newScript(t, append(c.before, status(404))...)
				if err := cl.PeriodicAgents.Delete(t.Context(), 1); c.gone {
					assert.NoError(t, err)
				} else {
					assert.ErrorIs(t, err, client.ErrNotFound)
				}
			})
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, syscall.ECONNRESET }
func (broken) Close() error             { return nil }

// That something is gone is what was asked for of a DELETE only.
func TestGetThatFindsNothingAfterALostAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newScript(t, nil, status(404))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.ErrorIs(t, err, client.ErrNotFound)
	})
}

// Without a connection nothing can have arrived, so anything may be sent again.
func TestDialFailuresAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			server := httptest.NewServer(seen.record(replyJSON(http.StatusOK, "{}")))
			t.Cleanup(server.Close)
			var dials atomic.Int32
			transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if dials.Add(1) < 3 {
					return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}}
			t.Cleanup(transport.CloseIdleConnections)
			c := newClient(t, client.WithBaseURL(server.URL), client.WithHTTPClient(&http.Client{Transport: transport}), retries(attempts))
			require.NoError(t, op.call(t.Context(), c))
			assert.EqualValues(t, 3, dials.Load())
			assert.Len(t, seen.all(), 1)
		})
	}
}

// The same of a listener that is really closed.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	c := newClient(t, client.WithBaseURL("http://"+listener.Addr().String()), retries(attempts))
	for _, op := range operations(t) {
		err := op.call(t.Context(), c)
		require.ErrorIs(t, err, syscall.ECONNREFUSED, op.name)
		assertTransport(t, op, err, attempts)
	}
}

// A DELETE that never left the machine has deleted nothing.
func TestDeleteThatFindsNothingAfterDialFailure(t *testing.T) {
	t.Parallel()
	seen := &recorder{}
	server := httptest.NewServer(seen.record(replyJSON(http.StatusNotFound, `{"detail": "Not found."}`)))
	t.Cleanup(server.Close)
	var dials atomic.Int32
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1)%2 == 1 {
			return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	c := newClient(t, client.WithBaseURL(server.URL), client.WithHTTPClient(&http.Client{Transport: transport}), retries(attempts))
	for _, op := range operations(t) {
		if op.deletes() {
			require.ErrorIs(t, op.call(t.Context(), c), client.ErrNotFound, op.name)
		}
	}
}

// TLS that fails before it stands is a connection that never was.
func TestHandshakeFailuresAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			var handshakes atomic.Int32
			server := httptest.NewUnstartedServer(seen.record(replyJSON(http.StatusOK, "{}")))
			server.Config.ErrorLog = discard()
			server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
				if handshakes.Add(1) < 3 {
					return nil, errors.New("not yet")
				}
				return nil, nil //nolint:nilnil // that is how the server's own configuration is asked for
			}}
			server.StartTLS()
			c := newClient(t, append(connect(t, server), retries(attempts))...)
			require.NoError(t, op.call(t.Context(), c))
			assert.EqualValues(t, 3, handshakes.Load())
			assert.Len(t, seen.all(), 1)
		})
	}
}

// A certificate that isn't trusted will not be at the next try either.
func TestUntrustedCertificatesAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(replyJSON(http.StatusOK, "{}"))
	server.Config.ErrorLog = discard()
	var handshakes atomic.Int32
	server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		handshakes.Add(1)
		return nil, nil //nolint:nilnil // as above
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	c := newClient(t, client.WithBaseURL(server.URL), retries(attempts))
	_, err := c.PeriodicAgents.Get(t.Context(), 1)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	require.True(t, untrusted, "%v", err)
	assert.EqualValues(t, 1, handshakes.Load())
}

// Over HTTP/2, too, a request that was sent is not sent again.
func TestSendsOverHTTP2(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			server := httptest.NewUnstartedServer(seen.record(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
			server.EnableHTTP2 = true
			server.StartTLS()
			t.Cleanup(server.Close)
			c := newClient(t, client.WithBaseURL(server.URL), client.WithHTTPClient(server.Client()), retries(attempts))
			isTransportError(t, op, op.call(t.Context(), c))
			assert.Len(t, seen.all(), op.sends(attempts))
		})
	}
}
