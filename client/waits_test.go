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

func discardLogger() *log.Logger { return log.New(io.Discard, "", 0) }

func intervals(at []time.Duration) []time.Duration {
	var intervals []time.Duration
	for i := 1; i < len(at); i++ {
		intervals = append(intervals, at[i]-at[i-1])
	}
	return intervals
}

// Each wait is a random part of a maximum that doubles up to MaxDelay.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const runs = 200
		longest := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}
		sums := make([]time.Duration, len(longest))
		different := map[time.Duration]bool{}
		for range runs {
			s, c := newScriptedClient(t, nil)
			policy := client.RetryPolicy{MaxAttempts: 6, BaseDelay: 100 * time.Millisecond, MaxDelay: 500 * time.Millisecond}
			_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(policy))
			require.Error(t, err)
			for i, wait := range intervals(s.sentAt) {
				assert.LessOrEqual(t, wait, longest[i], "wait %d", i)
				assert.Positive(t, wait)
				sums[i] += wait
				different[wait] = true
			}
		}
		for i, sum := range sums {
			assert.InEpsilon(t, longest[i]/2, sum/runs, 0.25, "on average, wait %d is half of the maximum", i)
		}
		assert.Greater(t, len(different), runs, "waits are jittered")
	})
}

func TestBackoffByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var most time.Duration
		for range 100 {
			s, c := newScriptedClient(t, nil)
			_, err := c.PeriodicAgents.Get(t.Context(), 1)
			require.Error(t, err)
			for i, wait := range intervals(s.sentAt) {
				assert.LessOrEqual(t, wait, 500*time.Millisecond<<i)
				most = max(most, wait)
			}
		}
		assert.Greater(t, most, time.Second, "the third wait is up to 2 s")
	})
}

// Large values in a policy don't overflow.
func TestBackoffDoesNotOverflow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newScriptedClient(t, nil)
		policy := client.RetryPolicy{MaxAttempts: 100, BaseDelay: 1 << 62, MaxDelay: time.Second}
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(policy))
		require.Error(t, err)
		require.Len(t, s.sentAt, 100)
		for _, wait := range intervals(s.sentAt) {
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
					s, cl := newScriptedClient(t, statusWithRetryAfter(code, header), ok)
					_, err := cl.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(c.policy))
					require.NoError(t, err)
					require.Len(t, s.sentAt, 2)
					assert.GreaterOrEqual(t, s.sentAt[1], c.least, "%d", code)
					assert.LessOrEqual(t, s.sentAt[1], c.most+time.Millisecond, "%d", code)
				})
			}
		})
	}
}

// A 429 of one call holds back all calls of the client, and no call of another
// client.
func TestRateLimitHoldsBackConcurrentCalls(t *testing.T) {
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
			return respond(r, http.StatusOK, anySuccess), nil
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
				assert.GreaterOrEqual(t, time.Since(begin), 30*time.Second, op.name)
				assert.Less(t, time.Since(begin), time.Minute, op.name)
			})
		}
		running.Wait()
	})
}

func TestRateLimitLastsForRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newScriptedClient(t, statusWithRetryAfter(http.StatusTooManyRequests, "30"), ok)
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.ErrorIs(t, err, client.ErrRateLimited)
		for range 3 {
			_, err = c.PeriodicAgents.Get(t.Context(), 1)
			require.NoError(t, err)
		}
		assert.Equal(t, []time.Duration{0, 30 * time.Second, 30 * time.Second, 30 * time.Second}, s.sentAt)
	})
}

// A call that is held back ends with its context, and sends nothing.
func TestContextEndsHeldBackCall(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := newScriptedClient(t, statusWithRetryAfter(http.StatusTooManyRequests, "30"), ok)
				_, err := c.Mentors.List(t.Context(), nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
				require.ErrorIs(t, err, client.ErrRateLimited)
				begin := time.Now()

				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				err = op.call(ctx, c)
				require.ErrorIs(t, err, client.ErrHeldBack)
				require.NotErrorIs(t, err, client.ErrRateLimited, "the service has not responded to this call")
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the deadline has not passed")
				held, ok := errors.AsType[*client.HeldBackError](err)
				require.True(t, ok)
				assert.Equal(t, 30*time.Second, held.RetryIn)
				assert.ErrorContains(t, err, "held back for another 30s")
				assert.Zero(t, time.Since(begin), "the wait would pass the deadline")
				assertTransportError(t, op, err, 0)

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
				assertTransportError(t, op, err, 0)
				assert.Len(t, s.sentAt, 1)
			})
		})
	}
}

// A call's policy replaces the client's.
func TestPolicyOfCallReplacesPolicyOfClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &scriptedTransport{responses: []func(*http.Request) *http.Response{nil}}
		c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(2))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.Error(t, err)
		assert.Len(t, s.sentAt, 2)
		_, err = c.PeriodicAgents.Get(t.Context(), 1, retries(5))
		require.Error(t, err)
		assert.Len(t, s.sentAt, 2+5)
		assert.ErrorContains(t, err, "[5 attempts]")
	})
}

// The error of a call that is held back between two attempts has both causes:
// the wait and the first failure.
func TestCallHeldBackBetweenAttempts(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			if !op.idempotent() {
				return
			}
			s, c := newScriptedClient(t, statusWithRetryAfter(http.StatusServiceUnavailable, "5"), statusWithRetryAfter(http.StatusTooManyRequests, "30"))
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
			assertTransportError(t, op, err, 1)
			assert.Len(t, s.sentAt, 2)
		})
	}
}

// The error of a call whose context ends between two attempts has both causes,
// too.
func TestContextEndsBetweenAttempts(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		synctest.Test(t, func(t *testing.T) {
			if !op.idempotent() {
				return
			}
			s, c := newScriptedClient(t, statusWithRetryAfter(http.StatusServiceUnavailable, "5"), ok)
			ctx, cancel := context.WithCancelCause(t.Context())
			reason := errors.New("the program ends")
			time.AfterFunc(time.Second, func() { cancel(reason) })
			err := op.call(ctx, c)
			require.ErrorIs(t, err, context.Canceled, op.name)
			require.ErrorIs(t, err, reason)
			require.ErrorIs(t, err, client.ErrServer)
			require.NotErrorIs(t, err, client.ErrHeldBack)
			assertTransportError(t, op, err, 1)
			assert.Len(t, s.sentAt, 1)
		})
	}
}
