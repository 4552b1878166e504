package runs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

func TestRunsAreHandledInParallel(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 5} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.pageSize = 10
			s.addEvery(time.Second, 1, 20)
			var mu sync.Mutex
			now, most := 0, 0
			f := follow(t, s, func(context.Context, *runs.Run) error {
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				now--
				mu.Unlock()
				return nil
			}, runs.WithConcurrency(concurrency), runs.WithStart(time.Time{}))
			assert.Equal(t, concurrency+1, f.Status().InProgress, "one more waits for a worker")
			advance(time.Duration(20/concurrency) * time.Second)
			assert.Zero(t, f.Status().InProgress)
			f.stop(t)
			assert.Equal(t, concurrency, most)
		})
	}
}

// Failed runs are retried with exponential backoff, independently of each
// other.
func TestFailuresBackOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2, 3)
		attempts := map[int64][]time.Time{}
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			attempts[run.LogID] = append(attempts[run.LogID], time.Now())
			if run.LogID < 3 {
				return errors.New("no")
			}
			return nil
		}, runs.WithConcurrency(1), runs.WithPollInterval(time.Second))
		advance(6 * time.Hour)
		assert.Equal(t, 2, f.Status().Failing)
		assert.Greater(t, f.Status().Lag, 5*time.Hour)
		f.stop(t)
		assert.Len(t, attempts[3], 1)
		for id := int64(1); id <= 2; id++ {
			assert.Greater(t, len(attempts[id]), 6*12)
			assert.Less(t, len(attempts[id]), 6*60)
			for i := 1; i < len(attempts[id]); i++ {
				require.LessOrEqual(t, attempts[id][i].Sub(attempts[id][i-1]), min(time.Second<<min(i, 20), 5*time.Minute)+2*time.Second)
			}
		}
	})
}

// After a number of failed attempts, a run is passed to the dead-letter
// function until that succeeds. Restarts don't reset the number.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		positions := &savedPosition{}
		failure := errors.New("no")
		calls, dead, buried := 0, 0, 0
		start := func() *following {
			return follow(t, s, func(context.Context, *runs.Run) error {
				calls++
				return failure
			}, runs.WithPositionStore(positions), runs.WithStart(time.Time{}), runs.WithConcurrency(1),
				runs.WithDeadLetter(3, func(_ context.Context, run *runs.Run, err error) error {
					assert.EqualValues(t, 1, run.LogID)
					require.ErrorIs(t, err, failure)
					if dead++; dead == 1 {
						panic("the dead-letter function fails, too")
					}
					buried++
					return nil
				}))
		}
		s.add(1)
		f := start()
		f.stop(t)
		f = start()
		advance(10 * time.Minute)
		assert.Zero(t, f.Status().Failing)
		assert.EqualValues(t, 1, f.Status().DeadLetters)
		f.stop(t)
		assert.Equal(t, []int{4, 2, 1}, []int{calls, dead, buried})
		all := f.ofKind(runs.KindRun)
		letter, ok := errors.AsType[*runs.DeadLetterError](all[len(all)-1].Err)
		require.True(t, ok)
		assert.EqualValues(t, 1, letter.LogID)
		assert.Equal(t, 4, letter.Attempts)
		require.ErrorIs(t, letter, failure)
		require.EqualError(t, letter, "runs: log 1 was given up after 4 attempts: runs: log 1: no")

		f = start()
		advance(time.Hour)
		f.stop(t)
		assert.Equal(t, 4, calls)
	})
}

// A function that doesn't return after its context has ended occupies one
// worker, and is reported. Follow still returns.
func TestHangingFunction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2, 3, 4)
		release := make(chan struct{})
		var handled sequence[int64]
		f := follow(t, s, func(ctx context.Context, run *runs.Run) error {
			if run.LogID == 2 {
				<-release
			}
			handled.add(run.LogID)
			return ctx.Err()
		}, runs.WithConcurrency(2), runs.WithHandleTimeout(time.Minute))
		advance(2 * time.Minute)
		assert.ElementsMatch(t, []int64{1, 3, 4}, handled.values())
		assert.Equal(t, 1, f.Status().InProgress)
		all := f.ofKind(runs.KindRun)
		last := all[len(all)-1]
		require.ErrorIs(t, last.Err, runs.ErrHandlerHangs)
		assert.EqualValues(t, 2, last.LogID)
		start := time.Now()
		f.cancel()
		err := <-f.ended
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, runs.ErrUnfinished)
		require.ErrorContains(t, err, "logs [2]")
		assert.Equal(t, 15*time.Second, time.Since(start))
		close(release)
	})
}

// On shutdown, running calls of the function finish.
func TestShutdownFinishesRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2, 3)
		positions := &savedPosition{}
		var handled sequence[int64]
		start := func() *following {
			return follow(t, s, func(ctx context.Context, run *runs.Run) error {
				select {
				case <-time.After(20 * time.Second):
					handled.add(run.LogID)
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}, runs.WithPositionStore(positions), runs.WithConcurrency(2), runs.WithShutdownTimeout(time.Minute))
		}
		f := start()
		f.stop(t)
		assert.ElementsMatch(t, []int64{1, 2}, handled.values())
		f = start()
		advance(time.Minute)
		f.stop(t)
		assert.ElementsMatch(t, []int64{1, 2, 3}, handled.values())
	})
}

// Runs of callbacks that don't identify a finished run are handled when they
// are found in the logs.
func TestCallbacksWithoutFinishedRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPollInterval(time.Hour))
		post := func(body string) int {
			request, err := callback.NewRequest(t.Context(), "/", []byte(body), api.NewSecret(secret))
			require.NoError(t, err)
			recorder := httptest.NewRecorder()
			f.ServeHTTP(recorder, request)
			synctest.Wait()
			return recorder.Code
		}
		s.lock(func() { s.put(1, s.now(), time.Time{}) })
		assert.Equal(t, http.StatusNoContent, post(`{"status": "running", "log_id": 1}`))
		assert.Empty(t, handled.values())
		s.add(1)
		assert.Equal(t, http.StatusNoContent, post(`{"status": "SUCCESS", "log_id": 1}`))
		assert.Equal(t, []int64{1}, handled.values())
		assert.Equal(t, http.StatusNoContent, post(`{"status": "success", "log_id": "1"}`))
		s.add(2)
		assert.Equal(t, http.StatusNoContent, post(`{"status": "success"}`))
		assert.Equal(t, []int64{1, 2}, handled.values(), "the callback triggered a poll")
		s.add(3)
		assert.Equal(t, http.StatusNoContent, post(`{"status": "finished", "log_id": 3}`))
		assert.Equal(t, []int64{1, 2, 3}, handled.values())
		f.stop(t)
		var errs []error
		for _, outcome := range f.ofKind(runs.KindCallback) {
			errs = append(errs, outcome.Err)
		}
		assert.Equal(t, []error{runs.ErrNotFinal, nil, callback.ErrDuplicate, runs.ErrNotFinal, runs.ErrNotFinal}, errs)
		assert.Equal(t, http.StatusServiceUnavailable, post(`{"status": "success"}`), "Follow has ended")
	})
}

// The replay of an old callback is reported, and not handled.
func TestReplayOfOldCallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		s.add(1)
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPollInterval(time.Hour))
		body := fmt.Sprintf(`{"timestamp": %q, "status": "success", "log_id": 1}`, time.Now().UTC().Format(time.RFC3339))
		for id := range int64(30) {
			time.Sleep(24 * time.Hour)
			s.add(id + 2)
		}
		advance(time.Hour)
		request, err := callback.NewRequest(t.Context(), "/", []byte(body), api.NewSecret(secret))
		require.NoError(t, err)
		recorder := httptest.NewRecorder()
		f.ServeHTTP(recorder, request)
		assert.Equal(t, http.StatusNoContent, recorder.Code)
		f.stop(t)
		assert.Equal(t, idRange(1, 31), handled.values())
		require.ErrorIs(t, f.ofKind(runs.KindCallback)[0].Err, runs.ErrLate)
	})
}

// With WithLogLookup, a run from a callback has its log.
func TestLogLookup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		var got []*runs.Run
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			got = append(got, run)
			return nil
		}, runs.WithLogLookup(), runs.WithConcurrency(1))
		s.add(1, 2, 3)
		assert.Equal(t, http.StatusNoContent, send(t, f, 1, secret))
		assert.Equal(t, http.StatusNoContent, send(t, f, 1000, secret), "its log was deleted")
		s.lock(func() {
			s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
				reply(w, http.StatusBadGateway, "<h1>502</h1>")
				return true
			}
		})
		assert.Equal(t, http.StatusServiceUnavailable, send(t, f, 2, secret))
		s.lock(func() { s.intercept = nil })
		advance(time.Minute)
		f.stop(t)
		ids := []int64{}
		for _, run := range got {
			ids = append(ids, run.LogID)
		}
		require.Equal(t, []int64{1, 1000, 2, 3}, ids)
		assert.EqualValues(t, 7, got[0].AgentID)
		assert.NotNil(t, got[0].Event)
		assert.NotNil(t, got[0].Log)
		assert.Equal(t, "run 1", got[0].Output())
		assert.Nil(t, got[1].Log)
		assert.EqualValues(t, 7, got[2].AgentID)
		assert.Equal(t, "text", (&runs.Run{Content: "log", Event: &callback.Event{AgentOutput: "text"}}).Output())
	})
}

// The verifier can be replaced while the receiver is running.
func TestVerifierIsReplaced(t *testing.T) {
	t.Parallel()
	var handled sequence[int64]
	receiver, err := runs.NewReceiver(newClient(t, newLogServer()), newVerifier(t), handler(&handled), runs.WithObserver(new(outcomes).observe))
	require.NoError(t, err)
	const second = "another secret of enough bytes"
	assert.Equal(t, http.StatusUnauthorized, send(t, receiver, 1, second))
	verifier, err := callback.NewVerifier(api.NewSecret(second))
	require.NoError(t, err)
	require.NoError(t, receiver.SetVerifier(verifier))
	assert.Equal(t, http.StatusNoContent, send(t, receiver, 1, second))
	assert.Equal(t, http.StatusUnauthorized, send(t, receiver, 2, secret))
	require.Error(t, receiver.SetVerifier(nil))
	assert.Equal(t, http.StatusNoContent, send(t, receiver, 3, second))
	assert.Equal(t, []int64{1, 3}, handled.values())
}

// Callback options are passed to the handler, and observers that panic have no
// effect.
func TestCallbackOptions(t *testing.T) {
	t.Parallel()
	var seen []string
	receiver, err := runs.NewReceiver(newClient(t, newLogServer()), newVerifier(t), noopHandler,
		runs.WithObserver(func(_ context.Context, outcome runs.Outcome) {
			seen = append(seen, string(outcome.Kind))
			panic("observer")
		}),
		runs.WithCallbackOptions(callback.WithMaxBody(10), callback.WithObserver(func(context.Context, callback.Outcome) { seen = append(seen, "callback option") })))
	require.NoError(t, err)
	assert.Equal(t, http.StatusRequestEntityTooLarge, send(t, receiver, 1, secret))
	slices.Sort(seen)
	assert.Equal(t, []string{"callback", "callback option"}, seen)
}

// A position store that hangs blocks neither polls nor the handling of runs.
func TestHangingPositionStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		positions := &hangingPositions{release: make(chan struct{})}
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPositionStore(positions), runs.WithConcurrency(1))
		positions.hang(true)
		s.add(1, 2, 3)
		advance(3 * time.Minute)
		assert.Equal(t, []int64{1, 2, 3}, handled.values())
		assert.False(t, f.Status().Ready)
		require.ErrorIs(t, f.Status().Err, runs.ErrStoreHangs)
		positions.hang(false)
		close(positions.release)
		advance(time.Minute)
		assert.True(t, f.Status().Ready)
		f.stop(t)
		assert.Len(t, positions.logs, 3)
	})
}

// hangingPositions is a position store that ignores the end of contexts.
type hangingPositions struct {
	savedPosition
	release chan struct{}
	hangs   bool
}

func (p *hangingPositions) hang(hangs bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hangs = hangs
}

func (p *hangingPositions) Save(ctx context.Context, changes runs.Changes) error {
	p.mu.Lock()
	hangs := p.hangs
	p.mu.Unlock()
	if hangs {
		<-p.release
		ctx = context.WithoutCancel(ctx)
	}
	return p.savedPosition.Save(ctx, changes)
}
