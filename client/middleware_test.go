package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

type exchange = func(*http.Request) (*http.Response, error)

// Middleware wraps every attempt, the first added outermost. It can change the
// request and inspect the response.
func TestMiddlewareWrapsEveryAttempt(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		var order []string
		wrap := func(name string) client.Option {
			return client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
				order = append(order, name+" before")
				r.Header.Add("X-Through", name)
				response, err := next(r)
				order = append(order, name+" after")
				return response, err
			})
		}
		sent := 0
		c := newClient(t, wrap("outer"), wrap("inner"), retries(2), roundTrip(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, []string{"outer", "inner"}, r.Header.Values("X-Through"), op.name)
			if sent++; sent == 1 {
				return throttled(r), nil
			}
			return respond(r, http.StatusOK, anySuccess), nil
		}))
		require.NoError(t, op.call(t.Context(), c))
		once := []string{"outer before", "inner before", "inner after", "outer after"}
		assert.Equal(t, append(once, once...), order, op.name)
	}
}

// Middleware sees the operation, but the key neither in the request nor in the
// response.
func TestMiddlewareSeesOperationWithoutKey(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		seen := 0
		look := client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			seen++
			operation, ok := client.OperationFromContext(r.Context())
			assert.True(t, ok)
			assert.Equal(t, op.method, operation.Method)
			assert.Equal(t, op.template, operation.PathTemplate)
			assert.Empty(t, r.Header.Get("Authorization"), "before")
			response, err := next(r)
			assert.Empty(t, r.Header.Get("Authorization"), "after")
			if response != nil && response.Request != nil {
				assert.Empty(t, response.Request.Header.Get("Authorization"), "in the response's request")
			}
			return response, err
		})
		c := newClient(t, look, roundTrip(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, "Api-Token "+testKey, r.Header.Get("Authorization"))
			return respond(r, http.StatusOK, anySuccess), nil
		}))
		require.NoError(t, op.call(t.Context(), c))
		assert.Equal(t, 1, seen)
	}
	_, ok := client.OperationFromContext(t.Context())
	assert.False(t, ok)
}

// A change by middleware affects one attempt only.
func TestMiddlewareChangesOneAttempt(t *testing.T) {
	t.Parallel()
	var queries, headers []string
	c := newClient(t, retries(3), client.WithHeader("X-Trace", "a"), client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		query := r.URL.Query()
		query.Add("try", "1")
		r.URL.RawQuery = query.Encode()
		r.Header["X-Trace"][0] += "b"
		return next(r)
	}), roundTrip(func(r *http.Request) (*http.Response, error) {
		queries, headers = append(queries, r.URL.RawQuery), append(headers, r.Header.Get("X-Trace"))
		return respond(r, http.StatusBadGateway, ""), nil
	}))
	_, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.Error(t, err)
	assert.Equal(t, []string{"try=1", "try=1", "try=1"}, queries)
	assert.Equal(t, []string{"ab", "ab", "ab"}, headers)
}

// Middleware may respond itself, even with an incomplete response.
func TestMiddlewareThatResponds(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for name, c := range map[string]struct {
			respond exchange
			check   func(*testing.T, operation, error)
		}{
			"a response": {func(r *http.Request) (*http.Response, error) { return respond(r, http.StatusOK, anySuccess), nil }, succeeds},
			"no body": {func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusNoContent}, nil
			}, func(t *testing.T, op operation, err error) {
				t.Helper()
				if op.isDelete() {
					require.NoError(t, err)
				} else {
					require.Error(t, err)
				}
			}},
			"an error of no body": {func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusForbidden}, nil
			}, isError(http.StatusForbidden, "", client.ErrForbidden)},
			"nothing":  {func(*http.Request) (*http.Response, error) { return nil, nil }, isTransportError}, //nolint:nilnil // this is the case under test
			"an error": {func(*http.Request) (*http.Response, error) { return nil, errBroken }, func(t *testing.T, _ operation, err error) { t.Helper(); require.ErrorIs(t, err, errBroken) }},
		} {
			cl := newClient(t, retries(1), client.WithMiddleware(func(r *http.Request, _ func(*http.Request) (*http.Response, error)) (*http.Response, error) {
				return c.respond(r)
			}), roundTrip(func(*http.Request) (*http.Response, error) {
				return nil, errors.New("must not be sent")
			}))
			assert.NotPanics(t, func() { c.check(t, op, op.call(t.Context(), cl)) }, "%s: %s", op.name, name)
		}
	}
}

var errBroken = errors.New("the circuit is open")

// Middleware can't send the key to another origin.
func TestMiddlewareThatRedirects(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*http.Request){
		"host":   func(r *http.Request) { r.URL.Host = "evil.example" },
		"scheme": func(r *http.Request) { r.URL.Scheme = "http" },
		"port":   func(r *http.Request) { r.URL.Host += ":8443" },
		"url": func(r *http.Request) {
			u := *r.URL
			u.Host = "evil.example"
			r.URL = &u
		},
	} {
		for _, op := range operations(t) {
			c := newClient(t, client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
				change(r)
				return next(r)
			}), roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("must not be sent") }))
			err := op.call(t.Context(), c)
			refusal, ok := errors.AsType[*client.RedirectError](err)
			require.True(t, ok, "%s: %v", name, err)
			assert.Contains(t, refusal.From, "https://base.manager.iblai.app/", name)
			assert.NotEqual(t, refusal.From, refusal.To, name)
		}
	}
}

// The log has every attempt, and of requests and responses nothing but the
// service's message.
func TestLogger(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			sent := 0
			c := newClient(t, client.WithLogger(logger), client.WithHeader("X-Note", "in-the-header"), roundTrip(func(r *http.Request) (*http.Response, error) {
				time.Sleep(250 * time.Millisecond)
				if sent++; sent == 1 {
					return respondWith(r, http.StatusTooManyRequests, `{"detail": "Slow down."}`, "X-Response", "in-the-response"), nil
				}
				return respond(r, http.StatusOK, `{"x": "in-the-body-2", `+anySuccess[1:]), nil
			}))
			require.NoError(t, op.call(t.Context(), c, client.WithQuery("q", "in-the-query"), client.WithRetryPolicy(client.RetryPolicy{BaseDelay: time.Second, MaxDelay: time.Second})))
			log := out.String()
			for _, want := range []string{
				"level=DEBUG", "level=WARN", "status_code=429", "status_code=200", "attempt=1", "attempt=2", "duration=250ms", "retry_in=",
				"method=" + op.method, "path=" + op.template, "operation=",
			} {
				assert.Contains(t, log, want, op.name)
			}
			for _, never := range []string{"in-the-header", "in-the-query", "in-the-response", "in-the-body-2", "acme", "9b2cbd0a"} {
				assert.NotContains(t, log, never, op.name)
			}
			assertNoSecretIn(t, "the log", log)
			assert.Len(t, bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")), 2, "one line an attempt")
		})
	}
}

// A logger receives the call's context, and with it the trace.
func TestLoggerReceivesContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	seen := 0
	logger := slog.New(handlerFunc{slog.DiscardHandler, func(ctx context.Context) {
		assert.Equal(t, "trace", ctx.Value(key{}))
		seen++
	}})
	_, err := newClient(t, client.WithLogger(logger), roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, anySuccess), nil
	})).PeriodicAgents.Get(context.WithValue(t.Context(), key{}, "trace"), 1)
	require.NoError(t, err)
	assert.Equal(t, 1, seen)
}

type handlerFunc struct {
	slog.Handler

	look func(context.Context)
}

func (h handlerFunc) Handle(ctx context.Context, record slog.Record) error {
	h.look(ctx)
	return h.Handler.Handle(ctx, record)
}

func (h handlerFunc) Enabled(context.Context, slog.Level) bool { return true }

// An observer receives every attempt once, with its outcome and the wait before
// the next.
func TestObserver(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			type key struct{}
			var first, second []client.Attempt
			sent := 0
			c := newClient(
				t,
				client.WithObserver(func(ctx context.Context, a client.Attempt) {
					assert.Equal(t, "value", ctx.Value(key{}), "it has the call's context")
					of, ok := client.OperationFromContext(ctx)
					assert.True(t, ok)
					assert.Equal(t, a.Operation, of)
					first = append(first, a)
				}),
				client.WithObserver(func(_ context.Context, a client.Attempt) { second = append(second, a) }),
				roundTrip(func(r *http.Request) (*http.Response, error) {
					time.Sleep(250 * time.Millisecond)
					switch sent++; sent {
					case 1:
						return respondWith(r, http.StatusTooManyRequests, `{"detail": "Slow down."}`, "Retry-After", "3"), nil
					case 2:
						return respond(r, http.StatusOK, "<html>"), nil
					}
					return respond(r, http.StatusOK, anySuccess), nil
				}))
			ctx := context.WithValue(t.Context(), key{}, "value")
			failure := op.call(ctx, c)
			decode, ok := errors.AsType[*client.DecodeError](failure)
			require.True(t, ok, "%s: %v", op.name, failure)
			require.NoError(t, op.call(ctx, c))

			require.Len(t, first, 3, op.name)
			assert.Equal(t, first, second, "observers add up")
			for i, want := range []client.Attempt{
				{Number: 1, StatusCode: http.StatusTooManyRequests, RetryIn: 3 * time.Second, Err: first[0].Err},
				{Number: 2, StatusCode: http.StatusOK, Err: decode},
				{Number: 1, StatusCode: http.StatusOK},
			} {
				want.Duration = 250 * time.Millisecond
				want.Operation = client.Operation{ID: first[0].Operation.ID, Method: op.method, PathTemplate: op.template}
				assert.Equal(t, want, first[i], op.name)
			}
			assert.ErrorIs(t, first[0].Err, client.ErrRateLimited)
			assert.NotEmpty(t, first[0].Operation.ID)
		})
	}
}

// An attempt without a response has no status. An attempt that is not retried
// has no wait.
func TestObserverOfAttemptsWithoutAResponse(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		var seen []client.Attempt
		c := newClient(t, client.WithObserver(func(_ context.Context, a client.Attempt) { seen = append(seen, a) }),
			roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }))
		require.ErrorIs(t, op.call(t.Context(), c, retries(attempts)), io.ErrUnexpectedEOF)
		require.Len(t, seen, op.attemptsOf(attempts), op.name)
		for i, a := range seen {
			assert.Zero(t, a.StatusCode)
			assert.Equal(t, i+1, a.Number)
			assert.ErrorIs(t, a.Err, io.ErrUnexpectedEOF)
			assert.Equal(t, i+1 < len(seen), a.RetryIn > 0, op.name)
		}
	}
}

// A call that sends nothing is not observed.
func TestObserverIsNotCalledForInvalidArguments(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.WithObserver(func(context.Context, client.Attempt) { assert.Fail(t, "nothing was sent") }))
	_, err := c.PeriodicAgents.Get(t.Context(), 0)
	assertArgumentError(t, err)
}

// A panic of an observer reaches the caller, and the client stays usable.
func TestObserverPanics(t *testing.T) {
	t.Parallel()
	s, _ := newCaptureClient(t)
	panics := true
	c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), client.WithObserver(func(context.Context, client.Attempt) {
		if panics {
			panic("observer")
		}
	}))
	for _, op := range operations(t) {
		panics = true
		assert.PanicsWithValue(t, "observer", func() { _ = op.call(t.Context(), c) }, op.name)
		panics = false
		require.NoError(t, op.call(t.Context(), c), op.name)
	}
}

// An attempt is logged as a group of the fields that are set.
func TestAttemptLogValue(t *testing.T) {
	t.Parallel()
	of := client.Operation{ID: "agents_list", Method: "GET", PathTemplate: "/agents/"}
	for want, attempt := range map[string]client.Attempt{
		`{"operation":"agents_list","method":"GET","path":"/agents/","attempt":1,"duration":2000000000}`:                                                 {Operation: of, Number: 1, Duration: 2 * time.Second},
		`{"operation":"agents_list","method":"GET","path":"/agents/","attempt":2,"duration":1,"status_code":502,"error":"broken","retry_in":1000000000}`: {Operation: of, Number: 2, Duration: 1, StatusCode: 502, Err: errors.New("broken"), RetryIn: time.Second},
	} {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "attempt", attempt)
		assert.Contains(t, out.String(), `"attempt":`+want)
	}
}

// Middleware sees the headers that all requests have, and can replace them.
func TestMiddlewareReplacesHeaders(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		replace := client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			assert.Equal(t, "application/json", r.Header.Get("Accept"))
			assert.Equal(t, "iblai-go/"+client.Version, r.Header.Get("User-Agent"))
			r.Header.Set("Accept", "application/vnd.api+json")
			r.Header["User-Agent"][0] += " replaced"
			return next(r)
		})
		c := newClient(t, replace, roundTrip(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, []string{"application/vnd.api+json"}, r.Header["Accept"])
			assert.Equal(t, []string{"iblai-go/" + client.Version + " replaced"}, r.Header["User-Agent"])
			return respond(r, http.StatusOK, anySuccess), nil
		}))
		require.NoError(t, op.call(t.Context(), c), op.name)
		require.NoError(t, op.call(t.Context(), c), op.name)
	}
}
