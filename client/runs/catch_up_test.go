package runs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newReceiver returns a receiver for a log server.
func newReceiver(t *testing.T, s *logServer, handle func(context.Context, *runs.Run) error, opts ...runs.Option) *runs.Receiver {
	t.Helper()
	receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), handle, append(opts, runs.WithObserver(new(outcomes).observe))...)
	require.NoError(t, err)
	return receiver
}

// CatchUp handles what has finished since the previous call, and returns when
// the function has.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"one process": false, "a process for each call": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.add(1, 2, 3)
				time.Sleep(time.Second)
				var handled sequence[int64]
				file := filepath.Join(t.TempDir(), "position")
				var receiver *runs.Receiver
				begin := func() *runs.Receiver {
					if receiver == nil || restarts {
						receiver = newReceiver(t, s, func(_ context.Context, run *runs.Run) error {
							time.Sleep(time.Second)
							handled.add(run.LogID)
							return nil
						}, runs.WithPositionFile(file))
					}
					return receiver
				}
				require.NoError(t, begin().CatchUp(t.Context()))
				assert.Empty(t, handled.values(), "the first call starts from the present")
				for id := int64(4); id < 60; id += 7 {
					s.lock(func() { s.put(id, s.now(), time.Time{}) })
					s.add(idRange(id+1, id+6)...)
					start := time.Now()
					require.NoError(t, begin().CatchUp(t.Context()))
					assert.Equal(t, 2*time.Second, time.Since(start), "6 runs, 4 at a time")
					time.Sleep(24 * time.Hour)
					s.lock(func() { s.put(id, s.logs[id].CreatedAt.Time, s.now()) })
				}
				require.NoError(t, begin().CatchUp(t.Context()))
				ids := handled.values()
				slices.Sort(ids)
				assert.Equal(t, idRange(4, 59), ids)
				assert.Zero(t, receiver.Status().InProgress)
			})
		})
	}
}

// CatchUp returns the errors of the poll, of the stores and of the function. A
// later call retries failed runs immediately.
func TestCatchUpReturnsErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(idRange(1, 300)...)
		positions := &savedPosition{}
		fails := errors.New("no")
		calls := 0
		receiver := newReceiver(t, s, func(context.Context, *runs.Run) error {
			calls++
			return fails
		}, runs.WithPositionStore(positions), runs.WithStart(time.Time{}), runs.WithConcurrency(1))

		s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			reply(w, http.StatusBadGateway, "<h1>502</h1>")
			return true
		}
		require.ErrorIs(t, receiver.CatchUp(t.Context()), client.ErrServer)
		require.Error(t, receiver.Status().Err)
		s.intercept = nil

		err := receiver.CatchUp(t.Context())
		require.ErrorIs(t, err, fails)
		require.EqualError(t, err, "runs: log 1: no (and 299 other runs failed)")
		err = receiver.CatchUp(t.Context())
		require.ErrorIs(t, err, fails)
		require.Equal(t, 600, calls)
		require.Equal(t, 300, receiver.Status().Failing)

		fails = nil
		positions.fail(errors.New("disk full"))
		require.ErrorContains(t, receiver.CatchUp(t.Context()), "disk full")
		require.Equal(t, 600, calls, "nothing is handled if the position can't be saved at the start")
		positions.fail(nil)
		require.NoError(t, receiver.CatchUp(t.Context()))
		require.Equal(t, 900, calls)
		require.Zero(t, receiver.Status().Failing)
	})
}

// CatchUp ends with its context, and never runs beside Follow.
func TestCatchUpEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1)
		receiver := newReceiver(t, s, func(ctx context.Context, _ *runs.Run) error {
			<-ctx.Done()
			return ctx.Err()
		}, runs.WithStart(time.Time{}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ended := make(chan error)
		go func() { ended <- receiver.CatchUp(ctx) }()
		synctest.Wait()
		require.ErrorIs(t, receiver.CatchUp(ctx), runs.ErrFollowing)
		require.ErrorIs(t, receiver.Follow(ctx), runs.ErrFollowing)
		start := time.Now()
		require.ErrorIs(t, <-ended, context.DeadlineExceeded)
		assert.Equal(t, 70*time.Second, time.Since(start), "the function had the time of WithShutdownTimeout")
		//nolint:staticcheck // a nil context is what the test is about
		require.EqualError(t, receiver.CatchUp(nil), "ibl.ai: ctx is nil")
	})
}

// A month of a following service takes no real time. Callbacks are lost, the
// function fails, and each run is handled once.
func TestCatchUpWithTheSandbox(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var receiver *runs.Receiver
		callbacks := 0
		sb, err := sandbox.New(sandbox.WithFrozenClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
			sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if callbacks++; callbacks%3 == 0 {
					w.WriteHeader(http.StatusBadGateway) // the callback is lost
					return
				}
				receiver.ServeHTTP(w, r)
			})),
			sandbox.WithPeriodicAgent(sandbox.DefaultOrg,
				client.PeriodicAgentCreateRequest{
					Title: "hourly", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
					CallbackURL: new("https://hooks.example.com/"), CallbackSecret: new(api.NewSecret(secret)),
				},
				client.PeriodicAgentCreateRequest{
					Title: "daily", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "30", Hour: "8"}},
				}))
		require.NoError(t, err)
		defer sb.Close()
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)
		var mu sync.Mutex
		calls, handled := 0, map[int64]int{}
		receiver, err = runs.NewReceiver(c, newVerifier(t), func(_ context.Context, run *runs.Run) error {
			mu.Lock()
			defer mu.Unlock()
			if calls++; calls%10 == 0 {
				return errors.New("fails")
			}
			handled[run.LogID]++
			return nil
		}, runs.WithPositionStore(&savedPosition{}), runs.WithObserver(new(outcomes).observe))
		require.NoError(t, err)
		require.NoError(t, receiver.CatchUp(t.Context()))
		for range 31 {
			_, err := sb.Advance(t.Context(), 24*time.Hour)
			require.NoError(t, err)
			for receiver.CatchUp(t.Context()) != nil { // until no run fails
				synctest.Wait()
			}
		}
		_, err = sb.Advance(t.Context(), 30*time.Minute) // the last runs end
		require.NoError(t, err)
		for receiver.CatchUp(t.Context()) != nil {
			synctest.Wait()
		}
		require.Len(t, handled, 31*25)
		for id, times := range handled {
			require.Equal(t, 1, times, "run %d", id)
		}
	})
}

// A month of a service passes in milliseconds: the clock of the sandbox is
// advanced day by day, and after each day the program catches up.
func ExampleReceiver_CatchUp() {
	ctx := context.Background()
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title: "Morning digest",
			Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"}},
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		fmt.Println(err)
		return
	}
	digests := 0
	receiver, err := runs.NewReceiver(c, verifier, func(context.Context, *runs.Run) error {
		digests++
		return nil
	}, runs.WithConcurrency(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for day := range 32 { // the first call sets the position to the present
		if day > 0 {
			if _, err := sb.Advance(ctx, 24*time.Hour); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := receiver.CatchUp(ctx); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(digests, "digests in January")
	// Output: 22 digests in January
}
