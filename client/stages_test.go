package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// stallingServer is a service that stalls at one stage until the request's
// context ends.
type stallingServer struct {
	name  string
	serve func(r *http.Request) (*http.Response, error)
	// status is the status of the response, if its header was received.
	status int
	// retriesIdempotent is set if only idempotent operations reach the stage.
	retriesIdempotent bool
}

func stallingServers() []stallingServer {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return []stallingServer{
		{name: "waiting for the header", serve: hang},
		{name: "in the body", serve: drippingResponse(http.StatusOK)},
		{name: "in an error's body", serve: drippingResponse(http.StatusForbidden), status: http.StatusForbidden},
		{name: "backing off", retriesIdempotent: true, serve: func(r *http.Request) (*http.Response, error) {
			return respondWith(r, http.StatusServiceUnavailable, "", "Retry-After", "50"), nil
		}},
		{name: "waiting for the rate limit", serve: func(r *http.Request) (*http.Response, error) {
			return respondWith(r, http.StatusTooManyRequests, `{"detail": "Request was throttled."}`, "Retry-After", "50"), nil
		}},
	}
}

// drippingResponse sends one byte of its body per second, without end.
func drippingResponse(status int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		response := respond(r, status, "")
		response.Body, response.ContentLength = drippingBody{r.Context()}, -1
		return response, nil
	}
}

type drippingBody struct{ ctx context.Context }

func (d drippingBody) Close() error { return nil }

func (d drippingBody) Read(p []byte) (int, error) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		p[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (s stallingServer) client(t *testing.T, sent *int) *client.Client {
	t.Helper()
	return newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		*sent++
		return s.serve(r)
	}))
}

// An operation ends as soon as its context is canceled, at whatever stage it is.
func TestCancellationEndsEveryOperationAtEveryStage(t *testing.T) {
	t.Parallel()
	because := errors.New("the user has left")
	for _, stage := range stallingServers() {
		for _, op := range operations(t) {
			t.Run(stage.name+"/"+op.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := stage.client(t, &sent)
					ctx, cancel := context.WithCancelCause(t.Context())
					begin := time.Now()
					time.AfterFunc(20*time.Second, func() { cancel(because) })
					err := op.call(ctx, c)
					assert.Equal(t, 1, sent, "it sends nothing more")
					if stage.status != 0 {
						assert.Equal(t, 5*time.Second, time.Since(begin), "an error's body is not waited for longer")
						assert.Equal(t, stage.status, requireError(t, err).StatusCode, "the status is reported without the whole body")
						return
					}
					if stage.retriesIdempotent && !op.idempotent() {
						assert.Zero(t, time.Since(begin), "it does not wait")
						return
					}
					assert.Equal(t, 20*time.Second, time.Since(begin), "it ends at once")
					require.ErrorIs(t, err, context.Canceled)
					require.ErrorIs(t, err, because)
					assertTransportError(t, op, err, 1)
				})
			})
		}
	}
}

// An operation ends at its deadline, or at once if a wait would pass the
// deadline.
func TestDeadlineEndsEveryOperationAtEveryStage(t *testing.T) {
	t.Parallel()
	for _, stage := range stallingServers() {
		for _, op := range operations(t) {
			t.Run(stage.name+"/"+op.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := stage.client(t, &sent)
					begin := time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
					defer cancel()
					err := op.call(ctx, c)
					assert.Equal(t, 1, sent)
					if failure, ok := errors.AsType[*client.Error](err); ok {
						if stage.status == 0 {
							assert.Zero(t, time.Since(begin), "the wait would pass the deadline")
							assert.Equal(t, 50*time.Second, failure.RetryAfter)
						}
						return
					}
					assert.Equal(t, 20*time.Second, time.Since(begin))
					require.ErrorIs(t, err, context.DeadlineExceeded)
					assertTransportError(t, op, err, 1)
				})
			})
		}
	}
}

// An attempt ends at its timeout and is retried.
func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for _, stage := range stallingServers()[:2] {
		for _, op := range operations(t) {
			t.Run(stage.name+"/"+op.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := stage.client(t, &sent)
					begin := time.Now()
					err := op.call(t.Context(), c, client.WithAttemptTimeout(7*time.Second), retries(attempts))
					n := op.attemptsOf(attempts)
					assert.Equal(t, n, sent)
					assert.InDelta(t, time.Duration(n)*7*time.Second, time.Since(begin), float64(time.Microsecond))
					assertTransportError(t, op, err, n)
					var timeout net.Error
					require.ErrorAs(t, err, &timeout)
					assert.True(t, timeout.Timeout())
					require.ErrorIs(t, err, os.ErrDeadlineExceeded)
					require.NotErrorIs(t, err, context.DeadlineExceeded, "the context has not ended")
					assert.ErrorContains(t, err, "7s (WithAttemptTimeout)")
				})
			})
		}
	}
}

func TestAttemptTimeoutByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := stallingServers()[0].client(t, &sent)
		begin := time.Now()
		_, err := c.PeriodicAgents.Get(t.Context(), 1, retries(1))
		require.Error(t, err)
		assert.Equal(t, time.Minute, time.Since(begin))
	})
}

func TestEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	sent := 0
	c := stallingServers()[0].client(t, &sent)
	for _, op := range operations(t) {
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, op.call(canceled, c), context.Canceled, op.name)
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		err := op.call(late, c)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, op.name)
		assertTransportError(t, op, err, 0)
	}
	assert.Zero(t, sent)
}

// A call ends if its context is canceled while it dials.
func TestCancellationWhileDialing(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			dials := 0
			c := newClient(t, client.WithHTTPClient(&http.Client{Transport: &http.Transport{
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					dials++
					cancel()
					<-ctx.Done()
					return nil, ctx.Err()
				},
			}}))
			err := op.call(ctx, c)
			require.ErrorIs(t, err, context.Canceled)
			assertTransportError(t, op, err, 1)
			assert.LessOrEqual(t, dials, 1)
		})
	}
}

func assertTransportError(t *testing.T, op operation, err error, attempts int) {
	t.Helper()
	failure, ok := errors.AsType[*client.TransportError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, attempts, failure.Attempts)
	assert.Equal(t, op.method, failure.Operation.Method)
	assertHoldsNoSecret(t, err)
}

// If the context ends while an error response is read, the error has both.
func TestContextEndsWithinErrorBody(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, roundTrip(drippingResponse(http.StatusServiceUnavailable)))
			ctx, cancel := context.WithCancelCause(t.Context())
			because := errors.New("the user has left")
			time.AfterFunc(2*time.Second, func() { cancel(because) })
			begin := time.Now()
			err := op.call(ctx, c)
			assert.Equal(t, 2*time.Second, time.Since(begin), op.name)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, because)
			require.ErrorIs(t, err, client.ErrServer)
			assertTransportError(t, op, err, 1)
			assert.Equal(t, http.StatusServiceUnavailable, requireError(t, err).StatusCode)
		})
	}
}
