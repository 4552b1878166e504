package client_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// throttle is a service that handles a number of requests per window, and asks
// the others to wait for the next.
type throttle struct {
	limit   int
	window  time.Duration
	latency time.Duration
	silent  bool // it doesn't say how long to wait

	mu    sync.Mutex
	begin time.Time
	used  int
	sent  int
}

func (s *throttle) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(s.latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	if time.Since(s.begin) >= s.window {
		s.begin, s.used = time.Now(), 0
	}
	if s.used++; s.used <= s.limit {
		return respond(r, http.StatusOK, `{"id": 7}`), nil
	}
	response := respond(r, http.StatusTooManyRequests, `{"detail": "Request was throttled."}`)
	if !s.silent {
		wait := (s.window - time.Since(s.begin) + time.Second - 1) / time.Second
		response.Header.Set("Retry-After", strconv.Itoa(int(wait)))
	}
	return response, nil
}

// No call of a herd fails because the others are sent at the same time.
func TestHerdIsSpread(t *testing.T) {
	t.Parallel()
	for _, latency := range []time.Duration{time.Millisecond, 50 * time.Millisecond} {
		for _, window := range []time.Duration{time.Second, 10 * time.Second} {
			synctest.Test(t, func(t *testing.T) {
				const calls, limit = 100, 20
				service := &throttle{limit: limit, window: window, latency: latency}
				c := newClient(t, client.WithHTTPClient(&http.Client{Transport: service}))
				begin := time.Now()
				var running sync.WaitGroup
				for range calls {
					running.Go(func() {
						_, err := c.PeriodicAgents.Get(t.Context(), 7)
						assert.NoError(t, err)
					})
				}
				running.Wait()
				assert.Less(t, time.Since(begin), 2*calls/limit*window)
				t.Logf("latency %s, window %s: %d requests in %s", latency, window, service.sent, time.Since(begin))
			})
		}
	}
}

// A call's wait follows its own policy, not that of the call that met the limit.
func TestRateLimitFollowsEachPolicy(t *testing.T) {
	t.Parallel()
	patient := client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1, MaxRetryAfter: 10 * time.Hour, BaseDelay: 10 * time.Hour, MaxDelay: 10 * time.Hour})
	impatient := client.WithRetryPolicy(client.RetryPolicy{MaxRetryAfter: time.Second, BaseDelay: 200 * time.Millisecond})
	at := client.WithRetryPolicy(client.RetryPolicy{SendWhileRateLimited: true})
	for _, c := range []struct {
		name, retryAfter string
		option           client.CallOption
		wait             time.Duration
	}{
		{"its own limit", "36000", impatient, time.Second},
		{"the service's wait", "36000", patient, 10 * time.Hour},
		{"a short wait", "1", patient, time.Second},
		{"its own delay", "", impatient, 200 * time.Millisecond},
		{"no wait", "36000", at, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, first := range []client.CallOption{patient, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1, MaxRetryAfter: 1, BaseDelay: 1})} {
				synctest.Test(t, func(t *testing.T) {
					s, cl := newScriptedClient(t, statusWithRetryAfter(http.StatusTooManyRequests, c.retryAfter), ok)
					_, err := cl.PeriodicAgents.Get(t.Context(), 1, first)
					require.ErrorIs(t, err, client.ErrRateLimited)
					_, err = cl.PeriodicAgents.Get(t.Context(), 1, c.option)
					require.NoError(t, err)
					assert.Equal(t, c.wait, s.sentAt[1])
				})
			}
		})
	}
}

// A deadline before a call's turn ends that call only.
func TestDeadlineBeforeTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newScriptedClient(t, statusWithRetryAfter(http.StatusTooManyRequests, "10"), ok)
		_, err := c.PeriodicAgents.Get(t.Context(), 1, retries(1))
		require.ErrorIs(t, err, client.ErrRateLimited)
		var running sync.WaitGroup
		for range 3 {
			running.Go(func() {
				_, err := c.PeriodicAgents.Get(t.Context(), 1)
				assert.NoError(t, err)
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10200*time.Millisecond) // after the wait, but before its turn
		defer cancel()
		_, err = c.PeriodicAgents.Get(ctx, 1)
		require.ErrorIs(t, err, client.ErrHeldBack)
		running.Wait()
		assert.Equal(t, []time.Duration{0, 10 * time.Second, 10100 * time.Millisecond, 10200 * time.Millisecond}, s.sentAt)
	})
}

// A Retry-After date is compared with the response's Date: the clocks differ.
func TestRetryAfterDateWithSkewedClock(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-time.Hour, 0, time.Hour} {
		for _, op := range operations(t) {
			synctest.Test(t, func(t *testing.T) {
				s, c := newScriptedClient(t, func(r *http.Request) *http.Response {
					now := time.Now().Add(skew).UTC()
					response := respondWith(r, http.StatusTooManyRequests, `{"detail": "Request was throttled."}`, "Date", now.Format(http.TimeFormat))
					response.Header.Set("Retry-After", now.Add(7*time.Second).Format(http.TimeFormat))
					return response
				}, ok)
				require.NoError(t, op.call(t.Context(), c))
				assert.Equal(t, 7*time.Second, s.sentAt[1], op.name)
			})
		}
	}
}
