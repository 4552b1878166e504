package client_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func waits(at []time.Duration) []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(at); i++ {
		waits = append(waits, at[i]-at[i-1])
	}
	return waits
}

// Each wait is a random part of a longest one that doubles up to a limit.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const runs = 200
		longest := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}
		sums := make([]time.Duration, len(longest))
		different := map[time.Duration]bool{}
		for range runs {
			s, c := newScript(t, nil)
			policy := client.RetryPolicy{MaxAttempts: 6, BaseDelay: 100 * time.Millisecond, MaxDelay: 500 * time.Millisecond}
			_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(policy))
			require.Error(t, err)
			for i, wait := range waits(s.at) {
				assert.LessOrEqual(t, wait, longest[i], "wait %d", i)
				assert.Positive(t, wait)
				sums[i] += wait
				different[wait] = true
			}
		}
		for i, sum := range sums {
			assert.InEpsilon(t, longest[i]/2, sum/runs, 0.25, "on average, wait %d is half of the longest", i)
		}
		assert.Greater(t, len(different), runs, "waits are jittered")
	})
}

func TestBackoffByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var most time.Duration
		for range 100 {
			s, c := newScript(t, nil)
			_, err := c.PeriodicAgents.Get(t.Context(), 1)
			require.Error(t, err)
			for i, wait := range waits(s.at) {
				assert.LessOrEqual(t, wait, 500*time.Millisecond<<i)
				most = max(most, wait)
			}
		}
		assert.Greater(t, most, time.Second, "the third wait is up to 2 s")
	})
}

// A policy's numbers may be as large as they like.
func TestBackoffDoesNotOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newScript(t, nil)
		policy := client.RetryPolicy{MaxAttempts: 100, BaseDelay: 1 << 62, MaxDelay: time.Second}
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(policy))
		require.Error(t, err)
		require.Len(t, s.at, 100)
		for _, wait := range waits(s.at) {
			assert.LessOrEqual(t, wait, time.Second)
			assert.Positive(t, wait)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	inHalfAMinute := func() string { return time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat) }
	for _, c := range []struct {
		name, header string
		date         func() string
		policy       client.RetryPolicy
		least, most  time.Duration
	}{
		{name: "seconds", header: "7", least: 7 * time.Second, most: 7 * time.Second},
		{name: "seconds with spaces", header: " 7 ", least: 7 * time.Second, most: 7 * time.Second},
		{name: "a date", date: inHalfAMinute, least: 29 * time.Second, most: 30 * time.Second},
		{name: "too long", header: "3600", least: time.Minute, most: time.Minute},
		{name: "too long for the policy", header: "3600", policy: client.RetryPolicy{MaxRetryAfter: 3 * time.Second}, least: 3 * time.Second, most: 3 * time.Second},
		{name: "longer than numbers are", header: "99999999999999999999", least: time.Minute, most: time.Minute},
		{name: "none", header: "0", most: 500 * time.Millisecond},
		{name: "negative", header: "-5", most: 500 * time.Millisecond},
		{name: "past", header: "Wed, 21 Oct 1998 07:28:00 GMT", most: 500 * time.Millisecond},
		{name: "nonsense", header: "soon", most: 500 * time.Millisecond},
		{name: "empty", header: "", most: 500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
				synctest.Test(t, func(t *testing.T) {
					header := c.header
					if c.date != nil {
						header = c.date()
					}
					s, cl := newScript(t, statusAfter(code, header), ok)
					_, err := cl.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(c.policy))
					require.NoError(t, err)
					require.Len(t, s.at, 2)
					assert.GreaterOrEqual(t, s.at[1], c.least, "%d", code)
					assert.LessOrEqual(t, s.at[1], c.most+time.Millisecond, "%d", code)
				})
			}
		})
	}
}

// An answer that says when to come back was not handled, whenever that is.
func TestUnavailableWithAnyWaitWasNotHandled(t *testing.T) {
	t.Parallel()
	for _, wait := range []string{"1", "0", "Wed, 21 Oct 1998 07:28:00 GMT", "99999999999999999999"} {
		t.Run(wait, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newScript(t, statusAfter(http.StatusServiceUnavailable, wait), ok)
				_, err := c.PinnedMessages.Create(t.Context(), "session")
				require.NoError(t, err)
				assert.Len(t, s.at, 2)
			})
		})
	}
}

// What one call is told about the service's limit holds all calls of the client
// back, and those of other clients not.
func TestLimitHoldsConcurrentCallsBack(t *testing.T) {
	t.Parallel()
	known := operations(t)
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		sent := 0
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if sent++; sent == 1 {
				return respondWith(r, http.StatusTooManyRequests, "", "Retry-After", "30"), nil
			}
			return respond(r, http.StatusOK, "{}"), nil
		})
		c, begin := newClient(t, transport), time.Now()
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.ErrorIs(t, err, client.ErrRateLimited)

		_, err = newClient(t, transport).PeriodicAgents.Get(t.Context(), 1)
		require.NoError(t, err)
		assert.Zero(t, time.Since(begin), "another client is not held back")

		var running sync.WaitGroup
		for _, op := range known {
			running.Go(func() {
				assert.NoError(t, op.call(t.Context(), c))
				assert.Equal(t, 30*time.Second, time.Since(begin), op.name)
			})
		}
		running.Wait()
	})
}

func TestLimitLastsAsLongAsTheServiceSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newScript(t, statusAfter(http.StatusTooManyRequests, "30"), ok)
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.ErrorIs(t, err, client.ErrRateLimited)
		for range 3 {
			_, err = c.PeriodicAgents.Get(t.Context(), 1)
			require.NoError(t, err)
		}
		assert.Equal(t, []time.Duration{0, 30 * time.Second, 30 * time.Second, 30 * time.Second}, s.at)
	})
}

// A call that is held back ends when its context does, without being sent.
func TestContextEndsACallThatIsHeldBack(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newScript(t, statusAfter(http.StatusTooManyRequests, "30"), ok)
				_, err := c.Mentors.List(t.Context(), nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
				require.ErrorIs(t, err, client.ErrRateLimited)
				begin := time.Now()

				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				err = op.call(ctx, c)
				require.ErrorIs(t, err, client.ErrHeldBack)
				require.NotErrorIs(t, err, client.ErrRateLimited, "the service has not answered this call")
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the deadline has not passed")
				held, ok := errors.AsType[*client.HeldBackError](err)
				require.True(t, ok)
				assert.Equal(t, 30*time.Second, held.RetryIn)
				assert.ErrorContains(t, err, "held back for another 30s")
				assert.Zero(t, time.Since(begin), "the wait is longer than the time that is left")
				assertTransport(t, op, err, 0)

				ctx, stop := context.WithCancel(t.Context())
				time.AfterFunc(20*time.Second, stop)
				err = op.call(ctx, c)
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, client.ErrHeldBack)
				require.NotErrorIs(t, err, client.ErrRateLimited)
				held, ok = errors.AsType[*client.HeldBackError](err)
				require.True(t, ok)
				assert.Equal(t, 10*time.Second, held.RetryIn)
				assert.Equal(t, 20*time.Second, time.Since(begin))
				assertTransport(t, op, err, 0)
				assert.Len(t, s.at, 1)
			})
		})
	}
}

// A policy is the client's, or one call's.
func TestPolicyOfAClientAndOfACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []func(*http.Request) *http.Response{nil}}
		c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(2))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.Error(t, err)
		assert.Len(t, s.at, 2)
		_, err = c.PeriodicAgents.Get(t.Context(), 1, retries(5))
		require.Error(t, err)
		assert.Len(t, s.at, 2+5)
		assert.ErrorContains(t, err, "[5 attempts]")
	})
}

// A call that is held back between two attempts tells of both: the wait, and the
// failure of the first.
func TestCallThatIsHeldBackBetweenItsAttempts(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			s, c := newScript(t, statusAfter(http.StatusServiceUnavailable, "5"), statusAfter(http.StatusTooManyRequests, "30"))
			time.AfterFunc(time.Second, func() {
				_, err := c.Mentors.List(t.Context(), nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
				assert.ErrorIs(t, err, client.ErrRateLimited)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			begin := time.Now()
			err := op.call(ctx, c)
			assert.Equal(t, 5*time.Second, time.Since(begin), op.name)
			require.ErrorIs(t, err, client.ErrHeldBack, op.name)
			require.ErrorIs(t, err, client.ErrServer, "the first attempt's failure")
			require.NotErrorIs(t, err, client.ErrRateLimited)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			held, ok := errors.AsType[*client.HeldBackError](err)
			require.True(t, ok)
			assert.Equal(t, 26*time.Second, held.RetryIn)
			assertTransport(t, op, err, 1)
			assert.Len(t, s.at, 2)
		})
	}
}

// A context that ends between two attempts tells of both, too.
func TestContextThatEndsBetweenTwoAttempts(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			s, c := newScript(t, statusAfter(http.StatusServiceUnavailable, "5"), ok)
			ctx, cancel := context.WithCancelCause(t.Context())
			reason := errors.New("the program ends")
			time.AfterFunc(time.Second, func() { cancel(reason) })
			err := op.call(ctx, c)
			require.ErrorIs(t, err, context.Canceled, op.name)
			require.ErrorIs(t, err, reason)
			require.ErrorIs(t, err, client.ErrServer)
			require.NotErrorIs(t, err, client.ErrHeldBack)
			assertTransport(t, op, err, 1)
			assert.Len(t, s.at, 1)
		})
	}
}
