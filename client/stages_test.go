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

// stalled is a service that hangs at one stage until the request's context
// ends, and counts what was sent to it.
type stalled struct {
	name  string
	serve func(r *http.Request) (*http.Response, error)
	// status is that of the answer, if its header came.
	status int
}

func stages() []stalled {
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return []stalled{
		{name: "waiting for the header", serve: hang},
		{name: "in the body", serve: drip(http.StatusOK)},
		{name: "in an error's body", serve: drip(http.StatusForbidden), status: http.StatusForbidden},
		{name: "backing off", serve: func(r *http.Request) (*http.Response, error) {
			return respondWith(r, http.StatusServiceUnavailable, "", "Retry-After", "50"), nil
		}},
		{name: "waiting as the service asks", serve: func(r *http.Request) (*http.Response, error) {
			return respondWith(r, http.StatusTooManyRequests, "", "Retry-After", "50"), nil
		}},
	}
}

// drip answers a byte a second, and never comes to an end.
func drip(status int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		response := respond(r, status, "")
		response.Body, response.ContentLength = dripping{r.Context()}, -1
		return response, nil
	}
}

type dripping struct{ ctx context.Context }

func (d dripping) Close() error { return nil }

func (d dripping) Read(p []byte) (int, error) {
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

func (s stalled) client(t *testing.T, sent *int) *client.Client {
	t.Helper()
	return newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		*sent++
		return s.serve(r)
	}))
}

// Whatever an operation waits for, it ends at once when its context is
// canceled, and says so.
func TestCancellationEndsEveryOperationAtEveryStage(t *testing.T) {
	t.Parallel()
	because := errors.New("the user has left")
	for _, stage := range stages() {
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
					assert.Equal(t, 20*time.Second, time.Since(begin), "it ends at once")
					assert.Equal(t, 1, sent, "and sends nothing more")
					if stage.status != 0 {
						assert.Equal(t, stage.status, requireError(t, err).StatusCode, "an answer is not lost with its body")
						return
					}
					require.ErrorIs(t, err, context.Canceled)
					require.ErrorIs(t, err, because)
					assertTransport(t, op, err, 1)
				})
			})
		}
	}
}

// A deadline ends an operation when it comes, or at once where it is plain that
// a wait would pass it.
func TestDeadlineEndsEveryOperationAtEveryStage(t *testing.T) {
	t.Parallel()
	for _, stage := range stages() {
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
					assertTransport(t, op, err, 1)
				})
			})
		}
	}
}

// One attempt may not take longer than its timeout, and is one of several then.
func TestTimeoutOfAnAttempt(t *testing.T) {
	t.Parallel()
	for _, stage := range stages()[:2] {
		for _, op := range operations(t) {
			t.Run(stage.name+"/"+op.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := stage.client(t, &sent)
					begin := time.Now()
					err := op.call(t.Context(), c, client.WithAttemptTimeout(7*time.Second), retries(attempts))
					n := op.sends(attempts)
					assert.Equal(t, n, sent)
					assert.InDelta(t, time.Duration(n)*7*time.Second, time.Since(begin), float64(time.Microsecond))
					assertTransport(t, op, err, n)
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

func TestTimeoutOfAnAttemptIsAMinuteByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := stages()[0].client(t, &sent)
		begin := time.Now()
		_, err := c.PeriodicAgents.Get(t.Context(), 1, retries(1))
		require.Error(t, err)
		assert.Equal(t, time.Minute, time.Since(begin))
	})
}

func TestEndedContextSendsNothing(t *testing.T) {
	t.Parallel()
	sent := 0
	c := stages()[0].client(t, &sent)
	for _, op := range operations(t) {
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, op.call(canceled, c), context.Canceled, op.name)
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		err := op.call(late, c)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, op.name)
		assertTransport(t, op, err, 0)
	}
	assert.Zero(t, sent)
}

// While a call dials, nothing was sent yet, and it ends all the same.
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
			assertTransport(t, op, err, 1)
			assert.LessOrEqual(t, dials, 1)
		})
	}
}

func assertTransport(t *testing.T, op operation, err error, attempts int) {
	t.Helper()
	failure, ok := errors.AsType[*client.TransportError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, attempts, failure.Attempts)
	assert.Equal(t, op.method, failure.Operation.Method)
	assertHoldsNoSecret(t, err)
}
