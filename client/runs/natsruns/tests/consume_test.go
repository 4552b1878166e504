package tests

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// of returns the outcomes of a kind.
func (o *outcomes) of(kind natsruns.Kind) (all []natsruns.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, outcome := range o.all {
		if outcome.Kind == kind {
			all = append(all, outcome)
		}
	}
	return all
}

// A run whose function fails, or takes too long, is delivered again after a delay
// that grows, and is a dead letter after its last attempt.
func TestFailuresAreRetriedWithBackoff(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithObserver(reported.observe))
	var mu sync.Mutex
	var calls []time.Time
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, _ *natsruns.Run) error {
			mu.Lock()
			calls = append(calls, time.Now())
			mu.Unlock()
			<-ctx.Done()
			return ctx.Err()
		}, natsruns.WithMaxAttempts(3), natsruns.WithHandleTimeout(50*time.Millisecond))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	letter := waitForDeadLetter(t, bridge)
	assert.Equal(t, 3, letter.Attempts)
	assert.Equal(t, context.DeadlineExceeded.Error(), letter.Reason)
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, calls, 3)
	failed := reported.of(natsruns.KindRun)
	require.Len(t, failed, 2)
	for i, delay := range []time.Duration{time.Second, 2 * time.Second} {
		assert.Equal(t, i+1, failed[i].Attempt)
		assert.Equal(t, delay, failed[i].RetryIn)
		assert.GreaterOrEqual(t, calls[i+1].Sub(calls[i]), delay)
	}
}

// When the shutdown timeout is over, the contexts of the functions end, and their
// runs are delivered to another worker at once.
func TestShutdownGivesRunsBack(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(time.Second))
	started := make(chan struct{})
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, _ *natsruns.Run) error {
			close(started)
			<-ctx.Done()
			return ctx.Err()
		}, natsruns.WithMaxAttempts(1), natsruns.WithShutdownTimeout(10*time.Millisecond))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	<-started
	err := stop()
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, natsruns.ErrUnfinished)
	attempts := make(chan int, 1)
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error { attempts <- run.Attempt; return nil })
	})
	assert.GreaterOrEqual(t, <-attempts, 2)
}

func TestFunctionsThatDoNotEndAreReported(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	started, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error {
			close(started)
			<-release
			return nil
		}, natsruns.WithShutdownTimeout(10*time.Millisecond))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	<-started
	err := stop()
	require.ErrorIs(t, err, natsruns.ErrUnfinished)
	require.ErrorIs(t, err, context.Canceled)
}

// An org that can't be polled is reported, and doesn't stop the others.
func TestOrgWithAWrongKeyDoesNotStopOthers(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, good, agent := sandboxOrg(t)
	bad := testOrg(t, "bad", append(sb.ClientOptions(), client.WithOrg("bad"), client.WithAPIKey("wrong"))...)
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{bad, good}, natsruns.WithObserver(reported.observe), natsruns.WithLease(300*time.Millisecond),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})))
	stop := background(t, bridge.Follow)
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	for n := range 3 {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
		waitFor(t, "a run", func() bool { return got.runs() == n+1 })
	}
	waitFor(t, "the error of the org", func() bool {
		status, err := bridge.Status(t.Context())
		require.NoError(t, err)
		for _, o := range status.Orgs {
			if o.Org == "bad" && errors.Is(o.Err, client.ErrUnauthorized) {
				return true
			}
		}
		return false
	})
	for _, outcome := range append(reported.of(natsruns.KindFollow), reported.of(natsruns.KindLease)...) {
		if outcome.Err != nil {
			assert.Equal(t, "bad", outcome.Org)
		}
	}
	require.ErrorIs(t, stop(), context.Canceled)
}

// A function that does not return takes one slot, not one for each attempt: the
// other runs of its org are handled. Its run becomes a dead letter.
func TestFunctionThatHangsDoesNotStopItsOrg(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(200*time.Millisecond), natsruns.WithObserver(reported.observe))
	var counted handled
	release := make(chan struct{})
	defer close(release)
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
			err := counted.handle(ctx, run)
			if run.LogID == 1 {
				<-release
			}
			return err
		}, natsruns.WithConcurrency(2), natsruns.WithMaxAttempts(3), natsruns.WithHandleTimeout(50*time.Millisecond), natsruns.WithShutdownTimeout(tick))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	letter := waitForDeadLetter(t, bridge)
	assert.Contains(t, letter.Reason, runs.ErrHandlerHangs.Error())
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 2, ""))
	waitFor(t, "the other run is handled", func() bool { return counted.count("acme/2") == 1 })
	assert.Equal(t, 1, counted.count("acme/1"))
	waitFor(t, "the call is reported", func() bool {
		return slices.ContainsFunc(reported.of(natsruns.KindRun), func(o natsruns.Outcome) bool {
			return errors.Is(o.Err, runs.ErrHandlerHangs) && o.LogID == 1 && o.Attempt == 1 && o.RetryIn == 0
		})
	})
}

// A run that was delivered again while this process handles it, for example after
// a lost connection, is not handled a second time. If the function fails, the run
// is handled again after a delay.
func TestRunIsNotHandledTwiceAtOnce(t *testing.T) {
	for name, results := range map[string][]error{"success": {nil}, "failure": {errors.New("disk full"), nil}} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t)
			bridge := newBridge(t, connect(t, s.url()), []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(200*time.Millisecond))
			var mu sync.Mutex
			var calls []time.Time
			started, release := make(chan struct{}, 10), make(chan struct{})
			background(t, func(ctx context.Context) error {
				return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error {
					mu.Lock()
					calls = append(calls, time.Now())
					n := len(calls)
					mu.Unlock()
					started <- struct{}{}
					<-release
					return results[min(n, len(results))-1]
				})
			})
			require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
			<-started
			s.stop()
			<-time.After(500 * time.Millisecond) // more than twice the AckWait: the claim expires
			s.start()
			waitFor(t, "the run is delivered again", func() bool {
				status, err := bridge.Status(t.Context())
				return err == nil && status.Orgs[0].Redelivered == 1
			})
			require.Never(t, func() bool { return len(started) > 0 }, 10*tick, tick, "a second call")
			released := time.Now()
			close(release)
			waitFor(t, "the run is done", func() bool {
				status, err := bridge.Status(t.Context())
				return err == nil && status.Orgs[0].InFlight == 0 && status.Orgs[0].Pending == 0
			})
			mu.Lock()
			defer mu.Unlock()
			require.Len(t, calls, len(results))
			if len(calls) == 2 {
				assert.GreaterOrEqual(t, calls[1].Sub(released), time.Second)
			}
		})
	}
}

// A function that ends its goroutine, as FailNow of a test does, has failed: its
// run is delivered again without waiting for the AckWait.
func TestFunctionThatEndsItsGoroutine(t *testing.T) {
	js := connect(t, startServer(t).url())
	var got handled
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(time.Hour), natsruns.WithObserver(reported.observe))
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
			if run.Attempt == 1 {
				runtime.Goexit()
			}
			return got.handle(ctx, run)
		})
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	waitFor(t, "the second attempt", func() bool { return got.total() == 1 })
	assert.True(t, reported.has("runtime.Goexit was called"))
}

// An observer that panics or ends its goroutine stops nothing.
func TestObserversThatFail(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("a bug") }, "runtime.Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			js := connect(t, startServer(t).url())
			sb, org, agent := sandboxOrg(t)
			bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithObserver(func(context.Context, natsruns.Outcome) { fail() }),
				natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})))
			var got handled
			background(t, bridge.Follow)
			background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
			require.Equal(t, http.StatusNoContent, deliver(t, bridge, org.Client.Org(), 1_000_000, ""))
			_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
			waitFor(t, "both runs", func() bool { return got.runs() == 2 })
		})
	}
}
