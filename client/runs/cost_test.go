package runs_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

// requestsIn returns the number of requests within a duration.
func (s *logServer) requestsIn(d time.Duration) int {
	s.lock(func() { s.requests, s.gets, s.lists = 0, nil, nil })
	advance(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Without changes, a poll sends one request, and a second one while runs are in
// progress.
func TestIdlePollsAreCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		s.addEvery(60*time.Millisecond, 1, 5000) // 1,000 a minute
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithStart(s.now().Add(-5*time.Minute)))
		require.Len(t, handled.values(), 5000)
		assert.LessOrEqual(t, s.requestsIn(4*time.Minute+59*time.Second), 30, "polls are 10 s apart")

		s.lock(func() {
			for id := range int64(30) {
				s.put(10_000+id, s.now(), time.Time{})
			}
			for id := range int64(30) {
				s.put(20_000+id, s.now().Add(1), s.now())
			}
		})
		advance(21 * time.Second)
		assert.Equal(t, 30, f.Status().Running)
		assert.LessOrEqual(t, s.requestsIn(time.Minute), 6*(1+3), "the running logs take three pages of 10")
		s.lock(func() { s.put(10_007, s.now(), s.now()) })
		advance(11 * time.Second)
		require.Len(t, handled.values(), 5031)
		f.stop(t)
	})
}

// The cost of a poll depends on the number of changes, not on the size of the
// list.
func TestBusyPollsAreCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		var handled sequence[int64]
		f := follow(t, s, handler(&handled))
		go func() {
			for id := range int64(60 * 60 * 10) { // 60 a second, each takes 7 s
				time.Sleep(time.Second / 60)
				s.lock(func() {
					s.put(id+1, s.now(), time.Time{})
					if id > 420 {
						s.put(id-420, s.logs[id-420].CreatedAt.Time, s.now())
					}
				})
			}
		}()
		advance(6 * time.Minute)
		requests := s.requestsIn(4 * time.Minute)
		advance(time.Minute)
		f.stop(t)
		assert.Len(t, handled.values(), 60*60*10-421)
		assert.LessOrEqual(t, requests/24, 35, "600 new and 420 running logs have about 10 pages each; the overlap has 180 pages, which are read every 5 minutes")
	})
}

// A run that has not finished within WithStuckAfter is reported, and causes few
// requests from then on. If it finishes later, it is handled.
func TestStuckRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		s.lock(func() {
			for id := range int64(500) {
				s.put(id+1, s.now(), time.Time{})
			}
			for id := range int64(30) {
				s.put(id+501, s.now(), s.now())
			}
		})
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithStuckAfter(time.Hour))
		assert.LessOrEqual(t, s.requestsIn(time.Minute), 6*(1+6))
		assert.Equal(t, 500, f.Status().Running)
		advance(time.Hour)
		assert.Equal(t, 500, f.Status().Stuck)
		reported := f.ofKind(runs.KindLog)
		require.Len(t, reported, 500)
		require.ErrorIs(t, reported[0].Err, runs.ErrStuck)
		require.ErrorContains(t, reported[0].Err, ": log 1, since 2000-01-01T00:00:00Z")

		requests := s.requestsIn(time.Hour)
		assert.LessOrEqual(t, requests, 360+12*(6+8), "stuck runs are checked every 5 minutes")
		require.Len(t, f.ofKind(runs.KindLog), 500)
		s.lock(func() { s.put(77, s.logs[77].CreatedAt.Time, s.now()) })
		advance(6 * time.Minute)
		f.stop(t)
		assert.Contains(t, handled.values(), int64(77))
		assert.Equal(t, 499, f.Status().Stuck)
	})
}

// A backlog is delivered immediately, oldest first, in one pass.
func TestBacklogIsDeliveredInOnePass(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	s.pageSize = 100
	s.addEvery(time.Second, 1, 20_000)
	next := int64(1)
	for log, err := range runs.Follow(t.Context(), newClient(t, s), new(runs.Position)) {
		require.NoError(t, err)
		require.Equal(t, next, log.ID)
		if next == 1 {
			assert.LessOrEqual(t, s.requests, 3)
		}
		if next++; next > 20_000 {
			break
		}
	}
	assert.Empty(t, s.gets)
	assert.LessOrEqual(t, s.requests, 219)
}

// A program that is restarted while it handles a backlog continues there.
func TestBacklogContinuesAfterRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		s.addEvery(time.Second, 1, 20_000)
		positions := &savedPosition{}
		handled := map[int64]int{}
		for len(handled) < 20_000 {
			ctx, cancel := context.WithCancel(t.Context())
			left := 3000
			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), func(_ context.Context, run *runs.Run) error {
				handled[run.LogID]++
				if left--; left == 0 || len(handled) == 20_000 {
					cancel()
				}
				return nil
			}, runs.WithPositionStore(positions), runs.WithStart(time.Time{}), runs.WithConcurrency(1), runs.WithObserver(new(outcomes).observe))
			require.NoError(t, err)
			require.ErrorIs(t, receiver.Follow(ctx), context.Canceled)
			cancel()
		}
		for id, times := range handled {
			require.Equal(t, 1, times, "run %d", id)
		}
		assert.LessOrEqual(t, s.requests, 219+7*60)
	})
}

// Logs whose runs were reported by callbacks are recognized in the list, so
// that the overlap isn't read again.
func TestPollsWithCallbacksAreCheap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithReread(time.Hour))
		next := int64(0)
		begin := time.Now()
		for time.Since(begin) < 10*time.Minute {
			time.Sleep(50 * time.Millisecond)
			next++
			s.add(next)
			if next%4 != 0 {
				send(t, f, next, secret)
			}
		}
		advance(11 * time.Second)
		f.stop(t)
		ids := handled.values()
		slices.Sort(ids)
		assert.Equal(t, idRange(1, next), ids)
		assert.LessOrEqual(t, s.requests, 60*5, "a poll has 200 new logs")
	})
}
