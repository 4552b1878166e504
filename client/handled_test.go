package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// worker is a server that does the work of every request and then responds with
// respond. It counts what it has done, not what it has responded.
type worker struct {
	mu      sync.Mutex
	done    int
	respond http.HandlerFunc
}

func (s *worker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	s.done++
	s.mu.Unlock()
	s.respond(w, r)
}

func (s *worker) handled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

// No response, except the service's own 429, has the work of a POST or PATCH done
// twice: behind a proxy it may be done already.
func TestWorkIsDoneOnce(t *testing.T) {
	t.Parallel()
	known := operations(t)
	for name, respond := range map[string]http.HandlerFunc{
		"503 with Retry-After":     withHeader("Retry-After", "1", nginxError(503)),
		"503 with Retry-After 0":   withHeader("Retry-After", "0", nginxError(503)),
		"503 of the service":       withHeader("Retry-After", "1", respondWithJSON(503, `{"detail": "Maintenance."}`)),
		"429 of a gateway":         withHeader("Retry-After", "1", nginxError(429)),
		"429 of a gateway in JSON": respondWithJSON(429, `{"message": "API rate limit exceeded"}`),
		"404 of an ingress":        respondWithBody(404, "text/plain", "default backend - 404"),
		"502":                      nginxError(502),
		"504":                      nginxError(504),
		"500":                      nginxError(500),
		"reset":                    rawResponse("", true),
		"closed":                   rawResponse("", false),
		"cut off":                  rawResponse(responseHead(1000)+"{", false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range known {
				server := &worker{respond: respond}
				_, opts := serve(t, server.ServeHTTP)
				err := op.call(t.Context(), newClient(t, append(opts, retries(attempts))...))
				require.Error(t, err)
				if op.idempotent() {
					continue
				}
				assert.Equal(t, 1, server.handled(), op.name)
				assert.Equal(t, client.OutcomeMaybeDone, outcomeOf(t, err), "%s: %v", op.name, err)
				assert.ErrorContains(t, err, "it may have been done: look before you try again")
				assert.NotContains(t, err.Error(), "try again later")
			}
		})
	}
}

// outcomeOf returns the Outcome of a call's error.
func outcomeOf(t *testing.T, err error) client.Outcome {
	t.Helper()
	if failure, ok := errors.AsType[*client.TransportError](err); ok {
		return failure.Outcome
	}
	if failure, ok := errors.AsType[*client.DecodeError](err); ok {
		return failure.Outcome
	}
	return requireError(t, err).Outcome
}

// A connection that an attempt has had may have carried the request, whatever a
// RoundTripper does next.
func TestWorkIsDoneOnceBehindRoundTrippers(t *testing.T) {
	t.Parallel()
	known := operations(t)
	refuse := &http.Transport{DialContext: func(_ context.Context, network, _ string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}}
	for name, wrap := range map[string]func(sender http.RoundTripper) roundTripFunc{
		"failover": func(sender http.RoundTripper) roundTripFunc {
			return func(r *http.Request) (*http.Response, error) {
				if response, err := sender.RoundTrip(clone(r)); err == nil {
					return response, nil
				}
				return refuse.RoundTrip(clone(r))
			}
		},
		"failover that hides the first connection": func(sender http.RoundTripper) roundTripFunc {
			return func(r *http.Request) (*http.Response, error) {
				first := clone(r).WithContext(context.Background()) //nolint:usetesting // it has no trace
				if response, err := sender.RoundTrip(first); err == nil {
					return response, nil
				}
				return refuse.RoundTrip(clone(r))
			}
		},
		"hedging": func(sender http.RoundTripper) roundTripFunc {
			return func(r *http.Request) (*http.Response, error) {
				var running sync.WaitGroup
				running.Go(func() { _, _ = refuse.RoundTrip(clone(r)) })
				_, err := sender.RoundTrip(clone(r))
				running.Wait()
				return nil, err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range known {
				if op.idempotent() {
					continue
				}
				server := &worker{respond: rawResponse("", true)}
				listener := httptest.NewServer(server)
				transport := wrap(&http.Transport{DisableKeepAlives: true})
				c := newClient(t, client.WithBaseURL(listener.URL), client.WithHTTPClient(&http.Client{Transport: transport}), retries(attempts))
				err := op.call(t.Context(), c)
				listener.Close()
				assert.Equal(t, client.OutcomeMaybeDone, outcomeOf(t, err), "%s: %v", op.name, err)
				assert.Equal(t, 1, server.handled(), op.name)
			}
		})
	}
}

// clone returns a copy of r with a body of its own.
func clone(r *http.Request) *http.Request {
	copied := r.Clone(r.Context())
	if r.GetBody != nil {
		copied.Body, _ = r.GetBody()
	}
	return copied
}

// net/http resends a POST with an Idempotency-Key header on its own. It must not,
// unless the program says that the service honours the header.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	setByMiddleware := client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		r.Header.Set("Idempotency-Key", "k-1")
		return next(r)
	})
	for _, c := range []struct {
		name    string
		opts    []client.Option
		call    []client.CallOption
		handled int
	}{
		{"as a header", []client.Option{client.WithHeader("Idempotency-Key", "k-1")}, nil, 1},
		{"as a header with X", []client.Option{client.WithHeader("x-idempotency-key", "k-1")}, nil, 1},
		{"by middleware", []client.Option{setByMiddleware}, nil, 1},
		{"as an option", nil, []client.CallOption{client.WithIdempotencyKey("k-1")}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range operations(t) {
				if op.idempotent() {
					continue
				}
				var mu sync.Mutex
				handled, keys := 0, []string{}
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodGet {
						respondWithJSON(http.StatusOK, anySuccess)(w, r)
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					mu.Lock()
					handled++
					keys = append(keys, r.Header.Get("Idempotency-Key")+r.Header.Get("X-Idempotency-Key"))
					first := handled == 1
					mu.Unlock()
					if first { // the work is done, and the idle connection is closed
						rawResponse("", false)(w, r)
						return
					}
					respondWithJSON(http.StatusOK, anySuccess)(w, r)
				}))
				cl := newClient(t, append(c.opts, client.WithBaseURL(server.URL), retries(2))...)
				require.NoError(t, cl.Do(t.Context(), client.Request{Method: http.MethodGet, PathTemplate: "/"}, nil)) // leaves an idle connection
				_ = op.call(t.Context(), cl, c.call...)
				server.Close()
				mu.Lock()
				assert.Equal(t, c.handled, handled, op.name)
				for _, key := range keys {
					assert.Equal(t, "k-1", key, op.name)
				}
				mu.Unlock()
			}
		})
	}
}

// The error says what is known about the effect of a write.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for _, c := range []struct {
		name    string
		opts    func(*testing.T) []client.Option
		outcome client.Outcome
	}{
		{"no connection", func(*testing.T) []client.Option {
			return []client.Option{client.WithHTTPClient(&http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, refused },
			}})}
		}, client.OutcomeNotSent},
		{"middleware to another host", func(*testing.T) []client.Option {
			return []client.Option{client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
				r.URL.Host = "elsewhere.example"
				return next(r)
			})}
		}, client.OutcomeNotSent},
		{"validation error", responds(400, `{"title": ["This field is required."]}`), client.OutcomeRefused},
		{"401", responds(401, `{"detail": "Invalid token."}`), client.OutcomeRefused},
		{"404", responds(404, `{"detail": "Not found."}`), client.OutcomeRefused},
		{"429", responds(429, `{"detail": "Request was throttled."}`), client.OutcomeRefused},
		{"403 of a proxy", responds(403, "<html>"), client.OutcomeMaybeDone},
		{"500", responds(500, `{"detail": "Error."}`), client.OutcomeMaybeDone},
		{"503", responds(503, `{"detail": "Error."}`), client.OutcomeMaybeDone},
		{"200 with HTML", responds(200, "<html>"), client.OutcomeMaybeDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl := newClient(t, append(c.opts(t), retries(2))...)
			for _, op := range operations(t) {
				err := op.call(t.Context(), cl)
				require.Error(t, err, op.name)
				if op.method == http.MethodGet {
					assert.Empty(t, outcomeOf(t, err), op.name)
					continue
				}
				assert.Equal(t, c.outcome, outcomeOf(t, err), "%s: %v", op.name, err)
			}
		})
	}
}

func responds(status int, body string) func(*testing.T) []client.Option {
	return func(*testing.T) []client.Option {
		return []client.Option{roundTrip(func(r *http.Request) (*http.Response, error) { return respond(r, status, body), nil })}
	}
}

// The outcome is that of all attempts: a refusal does not undo an earlier attempt.
func TestOutcomeOfSeveralAttempts(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		if op.method == http.MethodGet {
			continue
		}
		sent := 0
		c := newClient(t, retries(2), roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent++; sent == 1 && op.idempotent() {
				return respond(r, http.StatusBadGateway, ""), nil
			}
			return respond(r, http.StatusForbidden, `{"detail": "No."}`), nil
		}))
		want := client.OutcomeRefused
		if op.idempotent() {
			want = client.OutcomeMaybeDone
		}
		assert.Equal(t, want, outcomeOf(t, op.call(t.Context(), c)), op.name)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.Equal(t, client.OutcomeNotSent, outcomeOf(t, op.call(ctx, c)), op.name)
	}
}
