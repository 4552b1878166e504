package runs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

// Processes make progress even if each of them is killed before it could read
// the overlap. Here each one sends eight requests, and the overlap has 60
// pages.
func TestShortLivedProcessesMakeProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 100
		positions := &savedPosition{}
		handled := map[int64]int{}
		next := int64(0)
		runProcess := func(requests int) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s.lock(func() {
				s.onRequest = func() {
					if requests--; requests < 0 {
						cancel()
					}
				}
			})
			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), func(_ context.Context, run *runs.Run) error {
				handled[run.LogID]++
				return nil
			}, runs.WithPositionStore(positions), runs.WithStart(time.Time{}), runs.WithConcurrency(1), runs.WithObserver(new(outcomes).observe))
			require.NoError(t, err)
			require.ErrorIs(t, receiver.Follow(ctx), context.Canceled)
		}
		for range 6000 {
			next++
			s.add(next)
			time.Sleep(50 * time.Millisecond)
		}
		runProcess(100) // sufficient to read all logs
		require.Len(t, handled, 6000)
		for range 40 {
			for range 100 {
				next++
				s.add(next)
			}
			time.Sleep(time.Second)
			runProcess(8)
		}
		assert.Greater(t, len(handled), 9000)
		runProcess(1000)
		ids := []int64{}
		for id, times := range handled {
			ids = append(ids, id)
			require.Equal(t, 1, times, "run %d", id)
		}
		slices.Sort(ids)
		assert.Equal(t, idRange(1, next), ids)
	})
}

// A callback that arrives after the service's clock has leapt, and before the next
// poll, is not handled again by the next process.
func TestCallbackAfterALeapOfTheClockIsSaved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, saved := newLogServer(), &savedPosition{}
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPositionStore(saved))
		s.lock(func() { s.ahead = time.Hour })
		s.add(1)
		send(t, f, 1, secret)
		f.stop(t)
		s.add(2)
		f = follow(t, s, handler(&handled), runs.WithPositionStore(saved))
		advance(10 * time.Minute)
		f.stop(t)
		require.Equal(t, []int64{1, 2}, handled.values())
	})
}

// A callback that fails after the service's clock has leapt is retried by the next
// process, once.
func TestFailedCallbackAfterALeapOfTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, saved := newLogServer(), &savedPosition{}
		f := follow(t, s, func(context.Context, *runs.Run) error { return errors.New("no") }, runs.WithPositionStore(saved))
		s.lock(func() { s.ahead = time.Hour })
		s.add(1)
		send(t, f, 1, secret)
		f.stop(t)
		var handled sequence[int64]
		f = follow(t, s, handler(&handled), runs.WithPositionStore(saved))
		advance(time.Minute)
		s.add(2)
		advance(10 * time.Minute)
		f.stop(t)
		require.Equal(t, []int64{1, 2}, handled.values())
	})
}
