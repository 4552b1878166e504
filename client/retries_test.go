package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
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

// scriptedTransport returns one response per request, in order, and repeats the
// last one. A nil entry resets the connection.
type scriptedTransport struct {
	responses []func(*http.Request) *http.Response
	mu        sync.Mutex
	sentAt    []time.Duration // of each request, since the first
	begin     time.Time
}

func (s *scriptedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sentAt) == 0 {
		s.begin = time.Now()
	}
	s.sentAt = append(s.sentAt, time.Since(s.begin))
	next := s.responses[min(len(s.sentAt), len(s.responses))-1]
	if next == nil {
		return nil, syscall.ECONNRESET
	}
	return next(r), nil
}

func status(code int) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response { return respond(r, code, "") }
}

func statusWithRetryAfter(code int, retryAfter string) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response { return respondWith(r, code, "", "Retry-After", retryAfter) }
}

// throttled is the application's 429.
func throttled(r *http.Request) *http.Response {
	return respondWith(r, http.StatusTooManyRequests, `{"detail": "Request was throttled. Expected available in 1 second."}`, "Retry-After", "1")
}

// notFound is the application's 404.
func notFound(r *http.Request) *http.Response {
	return respond(r, http.StatusNotFound, `{"detail": "Not found."}`)
}

func ok(r *http.Request) *http.Response { return respond(r, http.StatusOK, anySuccess) }

func newScriptedClient(t *testing.T, responses ...func(*http.Request) *http.Response) (*scriptedTransport, *client.Client) {
	t.Helper()
	s := &scriptedTransport{responses: responses}
	return s, newClient(t, client.WithHTTPClient(&http.Client{Transport: s}))
}

// By default an idempotent request is sent four times, and any other request
// once, unless it was refused before it was handled.
func TestAttemptsByDefault(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for _, c := range []struct {
			name     string
			response func(*http.Request) *http.Response
			sends    int
		}{
			{"reset", nil, op.attemptsOf(4)},
			{"502", status(502), op.attemptsOf(4)},
			{"503", status(503), op.attemptsOf(4)},
			{"504", status(504), op.attemptsOf(4)},
			{"429", throttled, 4},
			{"429 of a proxy", status(429), op.attemptsOf(4)},
			{"503 with Retry-After", statusWithRetryAfter(503, "1"), op.attemptsOf(4)},
			{"503 with Retry-After 0", statusWithRetryAfter(503, "0"), op.attemptsOf(4)},
			{"400", status(400), 1},
			{"401", status(401), 1},
			{"404", notFound, 1},
			{"404 of a proxy", status(404), op.attemptsOf(4)},
			{"408", status(408), 1},
			{"500", status(500), 1},
			{"501", status(501), 1},
		} {
			t.Run(op.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, cl := newScriptedClient(t, c.response)
					require.Error(t, op.call(t.Context(), cl))
					assert.Len(t, s.sentAt, c.sends)
				})
			})
		}
	}
}

// A call succeeds as soon as one attempt does, and reports the number of
// attempts.
func TestCallSucceedsAfterRetries(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newScriptedClient(t, append(slices.Repeat([]func(*http.Request) *http.Response{throttled}, 3), ok)...)
				var response client.Response
				require.NoError(t, op.call(t.Context(), c, client.WithResponse(&response)))
				assert.Len(t, s.sentAt, 4)
				assert.Equal(t, 4, response.Attempts)
			})
		})
	}
}

// If an earlier attempt of a DELETE may have arrived, a 404 is success.
// Otherwise it is an error.
func TestNotFoundAfterDelete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before []func(*http.Request) *http.Response
		gone   bool
	}{
		{"at once", nil, false},
		{"after a 429", []func(*http.Request) *http.Response{throttled}, true},
		{"after a proxy's 429", []func(*http.Request) *http.Response{status(429)}, true},
		{"after a 503 with Retry-After", []func(*http.Request) *http.Response{statusWithRetryAfter(503, "1")}, true},
		{"after a proxy's 404", []func(*http.Request) *http.Response{status(404)}, true},
		{"after a lost response", []func(*http.Request) *http.Response{nil}, true},
		{"after a gateway's timeout", []func(*http.Request) *http.Response{status(504)}, true},
		{"after a lost response and a limit", []func(*http.Request) *http.Response{nil, status(429)}, true},
		{"after a response that was cut off", []func(*http.Request) *http.Response{func(r *http.Request) *http.Response {
			response := respond(r, http.StatusOK, "")
			response.Body = resetBody{}
			return response
		}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, cl := newScriptedClient(t, append(c.before, notFound)...)
				if err := cl.PeriodicAgents.Delete(t.Context(), 1); c.gone {
					assert.NoError(t, err)
				} else {
					assert.ErrorIs(t, err, client.ErrNotFound)
				}
			})
		})
	}
}

type resetBody struct{}

func (resetBody) Read([]byte) (int, error) { return 0, syscall.ECONNRESET }
func (resetBody) Close() error             { return nil }

// A 404 after a lost response is success for DELETE only.
func TestNotFoundAfterLostResponseOfGet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newScriptedClient(t, nil, notFound)
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.ErrorIs(t, err, client.ErrNotFound)
	})
}

// Without a connection no request can have arrived, so every method is retried.
func TestDialFailuresAreRetried(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			server := httptest.NewServer(seen.record(respondWithJSON(http.StatusOK, anySuccess)))
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

// The same holds for a port that no server listens on.
func TestRefusedConnectionsAreRetried(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	c := newClient(t, client.WithBaseURL("http://"+listener.Addr().String()), retries(attempts))
	for _, op := range operations(t) {
		err := op.call(t.Context(), c)
		require.ErrorIs(t, err, syscall.ECONNREFUSED, op.name)
		assertTransportError(t, op, err, attempts)
	}
}

// A 404 after a failed dial is an error, since the earlier attempt deleted
// nothing.
func TestNotFoundAfterDialFailureOfDelete(t *testing.T) {
	t.Parallel()
	seen := &recorder{}
	server := httptest.NewServer(seen.record(respondWithJSON(http.StatusNotFound, `{"detail": "Not found."}`)))
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
		if op.isDelete() {
			require.ErrorIs(t, op.call(t.Context(), c), client.ErrNotFound, op.name)
		}
	}
}

// A TLS handshake that fails leaves no connection, so every method is retried.
func TestHandshakeFailuresAreRetried(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			seen := &recorder{}
			var handshakes atomic.Int32
			server := httptest.NewUnstartedServer(seen.record(respondWithJSON(http.StatusOK, anySuccess)))
			server.Config.ErrorLog = discardLogger()
			server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
				if handshakes.Add(1) < 3 {
					return nil, errors.New("not yet")
				}
				return nil, nil //nolint:nilnil // it selects the server's own configuration
			}}
			server.StartTLS()
			c := newClient(t, append(connect(t, server), retries(attempts))...)
			require.NoError(t, op.call(t.Context(), c))
			assert.EqualValues(t, 3, handshakes.Load())
			assert.Len(t, seen.all(), 1)
		})
	}
}

// An untrusted certificate is not retried.
func TestUntrustedCertificatesAreNotRetried(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(respondWithJSON(http.StatusOK, anySuccess))
	server.Config.ErrorLog = discardLogger()
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

// Over HTTP/2, too, only idempotent requests are retried once they were sent.
func TestRetriesOverHTTP2(t *testing.T) {
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
			assert.Len(t, seen.all(), op.attemptsOf(attempts))
		})
	}
}
