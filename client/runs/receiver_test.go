package runs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// following is a receiver that follows the logs.
type following struct {
	*runs.Receiver
	outcomes
	cancel context.CancelFunc
	ended  chan error
}

// follow starts a receiver in a bubble of testing/synctest.
func follow(t *testing.T, handler http.Handler, handle func(context.Context, *runs.Run) error, opts ...runs.Option) *following {
	t.Helper()
	f := &following{ended: make(chan error, 1)}
	var err error
	f.Receiver, err = runs.NewReceiver(newClient(t, handler), newVerifier(t), handle, append(opts, runs.WithObserver(f.observe))...)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	f.cancel = cancel
	go func() { f.ended <- f.Follow(ctx) }()
	synctest.Wait()
	return f
}

// advance advances the clock by d and waits until all goroutines are idle.
func advance(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// stop ends Follow.
func (f *following) stop(t *testing.T) {
	t.Helper()
	f.cancel()
	require.ErrorIs(t, <-f.ended, context.Canceled)
}

func TestCallbacksAndLogsAreMerged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		var mu sync.Mutex
		handled := map[int64]string{}
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			mu.Lock()
			defer mu.Unlock()
			require.NotContains(t, handled, run.LogID, "handled twice")
			require.Equal(t, fmt.Sprint("run ", run.LogID), run.Content)
			require.Equal(t, api.StatusSuccess, run.Status)
			require.True(t, (run.Event == nil) != (run.Log == nil))
			handled[run.LogID] = "callback"
			if run.Log != nil {
				handled[run.LogID] = "log"
			}
			return nil
		})
		for id := range int64(20) {
			s.add(id + 1)
			if id%2 == 0 {
				require.Equal(t, http.StatusNoContent, send(t, f, id+1, secret))
				require.Equal(t, http.StatusNoContent, send(t, f, id+1, secret), "a duplicate")
			}
		}
		advance(time.Minute)
		f.stop(t)
		require.Len(t, handled, 20)
		assert.Equal(t, "callback", handled[1])
		assert.Equal(t, "log", handled[2], "its callback was lost")

		callbacks := f.ofKind(runs.KindCallback)
		require.Len(t, callbacks, 20)
		require.NoError(t, callbacks[0].Err)
		assert.Equal(t, runs.Outcome{Kind: runs.KindCallback, LogID: 1, Status: api.StatusSuccess, StatusCode: 204, Err: callback.ErrDuplicate}, callbacks[1])
		require.Len(t, f.ofKind(runs.KindRun), 10, "the callbacks had handled the other runs")
		found := 0
		for _, poll := range f.ofKind(runs.KindPoll) {
			found += poll.Found
		}
		assert.Equal(t, 10, found)
	})
}

// A callback that arrives before Follow has loaded the position is compared with
// the position, too. If it can't be loaded, the sender may retry.
func TestCallbackBeforeFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, position := range map[string]runs.Option{
			"file":  runs.WithPositionFile(filepath.Join(t.TempDir(), "position")),
			"store": runs.WithPositionStore(&savedPosition{}),
		} {
			s := newLogServer()
			var handled sequence[int64]
			f := follow(t, s, handler(&handled), position)
			s.add(1)
			advance(time.Minute)
			f.stop(t)

			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), handler(&handled), position, runs.WithObserver(f.observe))
			require.NoError(t, err)
			assert.Equal(t, http.StatusNoContent, send(t, receiver, 1, secret))
			s.add(2)
			assert.Equal(t, http.StatusNoContent, send(t, receiver, 2, secret))
			require.NoError(t, receiver.CatchUp(t.Context()))
			assert.Equal(t, []int64{1, 2}, handled.values(), name)
		}

		folder := t.TempDir()
		receiver, err := runs.NewReceiver(newClient(t, newLogServer()), newVerifier(t), noopHandler, runs.WithPositionFile(folder), runs.WithObserver(new(outcomes).observe))
		require.NoError(t, err)
		assert.Equal(t, http.StatusServiceUnavailable, send(t, receiver, 1, secret))
	})
}

// A run that is being handled for a callback is not handled for its log, unless
// handling the callback fails.
func TestRunsInProgressAreNotHandledTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		var mu sync.Mutex
		var calls []string
		called := func(by ...string) []string {
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, by...)
			return slices.Clone(calls)
		}
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			if run.Log != nil {
				called("log")
				return nil
			}
			called("callback")
			time.Sleep(time.Minute)
			return errors.New("the disk is full")
		})
		s.add(1)
		request := newCallback(t, 1, secret)
		go f.ServeHTTP(httptest.NewRecorder(), request)
		advance(55 * time.Second)
		assert.Equal(t, []string{"callback"}, called())
		require.Empty(t, f.ofKind(runs.KindRun))
		assert.Equal(t, 1, f.Status().InProgress)
		advance(time.Hour)
		f.stop(t)
		assert.Equal(t, []string{"callback", "log"}, called())
	})
}

// Each failed attempt is reported and retried. Other runs are handled in the
// meantime.
func TestFailuresAreReportedAndRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		var order []int64
		failure := errors.New("the disk is full")
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			if order = append(order, run.LogID); run.LogID == 1 && len(order) < 4 {
				return failure
			}
			return nil
		}, runs.WithConcurrency(1))
		advance(time.Minute)
		f.stop(t)
		assert.Equal(t, []int64{1, 2, 1, 1}, order)
		var failures []runs.Outcome
		for _, run := range f.ofKind(runs.KindRun) {
			if run.Err != nil {
				failures = append(failures, run)
			}
		}
		require.Len(t, failures, 2)
		require.ErrorIs(t, failures[0].Err, failure)
		require.EqualError(t, failures[0].Err, "runs: log 1: the disk is full")
		assert.EqualValues(t, 1, failures[0].LogID)
		assert.Equal(t, api.StatusSuccess, failures[0].Status)
	})
}

// Runs that the store already has are logged at debug level.
func TestDuplicatesAreLoggedAtDebugLevel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		store := newStore(t)
		require.NoError(t, store.Done(t.Context(), "acme:1"))
		require.NoError(t, store.Claim(t.Context(), "acme:2", "ANOTHER"))
		var logged bytes.Buffer
		f := follow(t, s, noopHandler, runs.WithStore(store),
			runs.WithLogger(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		f.stop(t)
		assert.Equal(t, 2, strings.Count(logged.String(), `level=DEBUG msg="run is a duplicate" kind=run`), &logged)
		assert.NotContains(t, logged.String(), "level=ERROR")
	})
}

func TestReceiverIsReadyWhileHandling(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		var f *following
		var ready atomic.Int32
		f = follow(t, s, func(context.Context, *runs.Run) error {
			if f.Status().Ready {
				ready.Add(1)
			}
			return nil
		})
		s.add(1, 2)
		advance(time.Minute)
		f.stop(t)
		assert.EqualValues(t, 2, ready.Load())
	})
}

// If the function returns the errors of a store, they are ordinary failures.
func TestStoreErrorsFromFunctionAreFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, returned := range []error{callback.ErrDuplicate, callback.ErrInProgress} {
			s := newLogServer()
			s.add(1)
			calls := 0
			var logged bytes.Buffer
			f := follow(t, s, func(_ context.Context, run *runs.Run) error {
				if calls++; calls == 1 || run.Event != nil {
					return returned
				}
				return nil
			}, runs.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
			advance(time.Minute)
			assert.Equal(t, http.StatusInternalServerError, send(t, f, 2, secret))
			f.stop(t)
			assert.Equal(t, 3, calls)
			assert.Equal(t, 1, strings.Count(logged.String(), `level=ERROR msg="run failed"`), &logged)
			assert.Equal(t, 1, strings.Count(logged.String(), `level=ERROR msg="callback failed"`), &logged)
		}
	})
}

func TestRunsAreHandledOnceAfterContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		positions := &savedPosition{}
		var handled []int64
		live := func() *following {
			return follow(t, s, func(ctx context.Context, run *runs.Run) error {
				handled = append(handled, run.LogID)
				time.Sleep(9 * time.Second)
				assert.NoError(t, ctx.Err())
				return nil
			}, runs.WithPositionStore(positions), runs.WithConcurrency(1))
		}
		live().stop(t)
		live().stop(t)
		assert.Equal(t, []int64{1, 2}, handled)
	})
}

// A failed save is reported, makes the receiver not ready, and is retried.
// Handling continues.
func TestSaveIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		positions := &savedPosition{}
		var handled []int64
		var during []bool // whether the receiver was ready
		var f *following
		f = follow(t, s, func(_ context.Context, run *runs.Run) error {
			handled = append(handled, run.LogID)
			during = append(during, f.Status().Ready)
			return nil
		}, runs.WithPositionStore(positions), runs.WithConcurrency(1))
		require.True(t, f.Status().Ready)
		require.Equal(t, 1, positions.saves)

		full := errors.New("no space left on device")
		positions.fail(full)
		s.add(1, 2)
		advance(time.Minute)
		assert.Equal(t, []int64{1, 2}, handled)
		assert.Equal(t, []bool{true, false}, during, "Status reports the failure immediately, not at the end of the poll")
		status := f.Status()
		assert.False(t, status.Ready)
		require.ErrorIs(t, status.Err, full)
		assert.Less(t, time.Since(status.LastPoll), 11*time.Second, "polling continues")
		saves := f.ofKind(runs.KindSave)
		assert.Greater(t, len(saves), 4)
		require.EqualError(t, saves[0].Err, "runs: the position can't be saved: no space left on device")
		for _, poll := range f.ofKind(runs.KindPoll) {
			require.NoError(t, poll.Err)
		}

		positions.fail(nil)
		advance(15 * time.Second)
		assert.True(t, f.Status().Ready, "the save is retried without another run")
		require.NoError(t, f.Status().Err)
		tries := positions.saves
		advance(time.Hour)
		assert.Equal(t, tries, positions.saves, "saved changes are not saved again")
		f.stop(t)
		position, err := positions.Load(t.Context())
		require.NoError(t, err)
		s.add(3)
		assert.Equal(t, []int64{3}, followN(t, newClient(t, s), position, 1))
	})
}

// brokenStore is a store that fails.
type brokenStore struct {
	callback.Store
	claim, done, release error
	hangs                bool // all calls but Claim block until the context ends
	released             int
}

func (s *brokenStore) hang(ctx context.Context) error {
	if s.hangs {
		<-ctx.Done()
	}
	return ctx.Err()
}

func newStore(t *testing.T) callback.Store {
	t.Helper()
	store, err := callback.NewMemoryStore(100, time.Hour)
	require.NoError(t, err)
	return store
}

func (s *brokenStore) Claim(ctx context.Context, key, owner string) error {
	return errors.Join(s.Store.Claim(ctx, key, owner), s.claim)
}

func (s *brokenStore) Done(ctx context.Context, key string) error {
	if err := errors.Join(s.hang(ctx), s.done); err != nil {
		return err
	}
	return s.Store.Done(ctx, key)
}

func (s *brokenStore) Release(ctx context.Context, key, owner string) error {
	s.released++
	if err := errors.Join(s.hang(ctx), s.release); err != nil {
		return err
	}
	return s.Store.Release(ctx, key, owner)
}

func TestFailingStore(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection refused")
	for name, test := range map[string]struct {
		store    brokenStore
		failing  bool // the function
		calls    int
		released int
		run      string // the error of the run
		save     string // the error of recording the result
	}{
		"claim":                 {brokenStore{claim: broken}, false, 0, 3, "runs: store: claim acme:1: connection refused", ""},
		"claim and release":     {brokenStore{claim: broken, release: broken}, false, 0, 1, "runs: store: claim acme:1: connection refused", "runs: store: release acme:1: connection refused"},
		"done":                  {brokenStore{done: broken}, false, 1, 0, "", "runs: store: done acme:1: connection refused"},
		"release":               {brokenStore{release: broken}, true, 1, 1, "runs: log 1: the function failed", "runs: store: release acme:1: connection refused"},
		"the function, and not": {brokenStore{}, true, 3, 3, "runs: log 1: the function failed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.add(1)
				store := &test.store
				store.Store = newStore(t)
				calls := 0
				f := follow(t, s, func(context.Context, *runs.Run) error {
					calls++
					if test.failing {
						return errors.New("the function failed")
					}
					return nil
				}, runs.WithStore(store))
				advance(25 * time.Second)
				f.stop(t)
				assert.Equal(t, test.calls, calls)
				assert.Equal(t, test.released, store.released)
				texts := func(kind runs.Kind) (all []string) {
					for _, outcome := range f.ofKind(kind) {
						if outcome.Err != nil {
							all = append(all, outcome.Err.Error())
						}
					}
					return append(all, "")
				}
				assert.Equal(t, test.run, texts(runs.KindRun)[0])
				assert.Equal(t, test.save, texts(runs.KindSave)[0])
			})
		})
	}
}

// Runs are released in the store even after the context has ended.
func TestStoreIsUpdatedAfterContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, failing := range []bool{false, true} {
			s := newLogServer()
			s.add(1)
			store := &brokenStore{Store: newStore(t)}
			f := follow(t, s, func(ctx context.Context, _ *runs.Run) error {
				<-ctx.Done() // after the shutdown timeout
				if failing {
					return ctx.Err()
				}
				return nil
			}, runs.WithStore(store))
			f.stop(t)
			want := callback.ErrDuplicate
			if failing {
				want = nil
			}
			require.ErrorIs(t, store.Claim(t.Context(), "acme:1", "ANOTHER"), want)
		}
	})
}

// A store that hangs delays a run, but blocks no other run.
func TestHangingStore(t *testing.T) {
	t.Parallel()
	for _, failing := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.add(1)
			f := follow(t, s, func(context.Context, *runs.Run) error {
				if failing {
					return errors.New("the disk is full")
				}
				return nil
			}, runs.WithStore(&brokenStore{Store: newStore(t), hangs: true}))
			advance(time.Minute)
			f.stop(t)
			save := f.ofKind(runs.KindSave)[0]
			require.ErrorIs(t, save.Err, context.DeadlineExceeded)
			assert.EqualValues(t, 1, save.LogID)
			assert.Equal(t, 10*time.Second, f.ofKind(runs.KindRun)[0].Duration)
			assert.Greater(t, len(f.ofKind(runs.KindPoll)), 2)
		})
	}
}

func TestConcurrentFollowIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		f := follow(t, s, noopHandler)
		require.Equal(t, runs.ErrFollowing, f.Follow(t.Context()))
		assert.True(t, f.Status().Ready, "the first call continues")
		f.stop(t)
		assert.False(t, f.Status().Ready)
		require.ErrorIs(t, f.Status().Err, context.Canceled)

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go func() { f.ended <- f.Follow(ctx) }()
		synctest.Wait()
		assert.True(t, f.Status().Ready)
		require.NoError(t, f.Status().Err)
		require.ErrorIs(t, <-f.ended, context.DeadlineExceeded, "consecutive calls are allowed")
	})
}

// If the function panics, the run is retried.
func TestPanicIsAFailure(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(){
		"panic":          func() { panic("function") },
		"runtime.Goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.add(1, 2)
				var handled sequence[int64]
				f := follow(t, s, func(_ context.Context, run *runs.Run) error {
					if handled.add(run.LogID) == 1 {
						fail()
					}
					return nil
				}, runs.WithConcurrency(1), runs.WithStore(newStore(t)))
				assert.Equal(t, 1, f.Status().Failing)
				advance(time.Minute)
				f.stop(t)
				assert.Equal(t, []int64{1, 2, 1}, handled.values())
				failure, ok := errors.AsType[*runs.PanicError](f.ofKind(runs.KindRun)[0].Err)
				require.True(t, ok)
				assert.Contains(t, failure.Error(), name[:5])
			})
		})
	}
}

// Every request to the receiver is reported at the right level.
func TestCallbacksAreReported(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	observed := &outcomes{}
	broken := &brokenStore{Store: newStore(t)}
	receiver, err := runs.NewReceiver(newClient(t, newLogServer()), newVerifier(t), func(_ context.Context, run *runs.Run) error {
		switch run.LogID {
		case 2:
			return errors.New("the disk is full")
		case 3:
			panic("function")
		}
		return nil
	}, runs.WithStore(broken), runs.WithObserver(observed.observe),
		runs.WithLogger(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)

	require.NoError(t, broken.Store.Claim(t.Context(), "acme:4", "ANOTHER"))
	assert.Equal(t, http.StatusNoContent, send(t, receiver, 1, secret))
	assert.Equal(t, http.StatusNoContent, send(t, receiver, 1, secret))
	assert.Equal(t, http.StatusUnauthorized, send(t, receiver, 1, "another secret of enough bytes"))
	assert.Equal(t, http.StatusInternalServerError, send(t, receiver, 2, secret))
	assert.Equal(t, http.StatusInternalServerError, send(t, receiver, 3, secret))
	assert.Equal(t, http.StatusServiceUnavailable, send(t, receiver, 4, secret))
	broken.claim = errors.New("connection refused")
	assert.Equal(t, http.StatusServiceUnavailable, send(t, receiver, 5, secret))
	broken.claim, broken.done = nil, errors.New("connection reset")
	assert.Equal(t, http.StatusNoContent, send(t, receiver, 6, secret))
	malformed, err := callback.NewRequest(t.Context(), "/", []byte("[]"), api.NewSecret(secret))
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	receiver.ServeHTTP(recorder, malformed)
	assert.Equal(t, http.StatusBadRequest, recorder.Code)
	recorder = httptest.NewRecorder()
	receiver.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, recorder.Code)

	want := []struct {
		status int
		id     int64
		err    error
		line   string
	}{
		{204, 1, nil, `level=DEBUG msg="callback handled" kind=callback`},
		{204, 1, callback.ErrDuplicate, `level=DEBUG msg="callback is a duplicate" kind=callback`},
		{401, 0, callback.ErrSignatureMismatch, `level=WARN msg="callback refused" kind=callback`},
		{500, 2, nil, `level=ERROR msg="callback failed" kind=callback`},
		{500, 3, nil, `level=ERROR msg="callback failed" kind=callback`},
		{503, 4, callback.ErrInProgress, `level=DEBUG msg="callback is a duplicate" kind=callback`},
		{503, 5, nil, `level=ERROR msg="callback failed" kind=callback`},
		{204, 6, broken.done, `level=ERROR msg="callback failed" kind=callback`},
		{400, 0, callback.ErrMalformedPayload, `level=WARN msg="callback refused" kind=callback`},
		{405, 0, callback.ErrMethodNotAllowed, `level=WARN msg="callback refused" kind=callback`},
	}
	lines := strings.Split(strings.TrimSpace(logged.String()), "\n")
	all := observed.ofKind(runs.KindCallback)
	require.Len(t, all, len(want))
	require.Len(t, lines, len(want), "all loggers and observers are called")
	for i, outcome := range all {
		assert.Equal(t, want[i].status, outcome.StatusCode, "%d", i)
		assert.Equal(t, want[i].id, outcome.LogID, "%d", i)
		if want[i].err != nil {
			assert.ErrorIs(t, outcome.Err, want[i].err, "%d", i)
		}
		assert.Equal(t, i != 0, outcome.Err != nil, "%d", i)
		assert.Positive(t, outcome.Duration)
		assert.Contains(t, lines[i], want[i].line)
		assert.Contains(t, lines[i], fmt.Sprint("status_code=", want[i].status))
		assert.NotContains(t, lines[i], secret)
	}
	assert.Contains(t, lines[3], "the disk is full")
	assert.Contains(t, lines[3], "log_id=2 status=success")
	assert.NotContains(t, lines[2], "log_id")
}

// Without a logger and an observer, failures are logged to the default logger.
// The test is not parallel, since the default logger is global.
func TestDefaultLogger(t *testing.T) {
	var logged bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1)
		receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), func(context.Context, *runs.Run) error { return errors.New("the disk is full") })
		require.NoError(t, err)
		send(t, receiver, 1, "another secret of enough bytes")
		send(t, receiver, 2, secret)
		assert.Contains(t, logged.String(), `level=WARN msg="callback refused"`)
		assert.Contains(t, logged.String(), `level=ERROR msg="callback failed"`)
		logged.Reset()

		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		require.ErrorIs(t, receiver.Follow(ctx), context.DeadlineExceeded)
	})
	assert.Contains(t, logged.String(), `level=ERROR msg="run failed"`)
	logged.Reset()

	once := newOnceServer()
	once.deletion = http.StatusForbidden
	synctest.Test(t, func(t *testing.T) {
		result, err := runs.Once(t.Context(), newClient(t, once), request)
		require.NoError(t, err)
		assert.NotNil(t, result.Cleanup)
	})
	assert.Contains(t, logged.String(), `level=ERROR msg="agent not deleted"`)
	logged.Reset()

	observed := &outcomes{}
	receiver, err := runs.NewReceiver(newClient(t, newLogServer()), newVerifier(t), noopHandler, runs.WithObserver(observed.observe))
	require.NoError(t, err)
	send(t, receiver, 1, "another secret of enough bytes")
	assert.Empty(t, logged.String(), "the observer receives the outcome instead")
	assert.Len(t, observed.all, 1)
}

func TestReceiverFollowsWithItsOptions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		s.put(1, start.Add(-time.Minute), start)
		opts := []client.CallOption{client.WithQuery("start_date", "b")}
		callOptions := runs.WithCallOptions(opts...)
		opts[0] = nil // the receiver must have copied the slice
		f := follow(t, s, noopHandler,
			runs.WithPollInterval(time.Hour), runs.WithOverlap(time.Hour),
			runs.WithParams(client.PeriodicAgentLogListParams{PageSize: 50}), callOptions)
		advance(time.Hour + time.Second)
		f.stop(t)
		assert.Equal(t, []string{"ordering=-created_at&page_size=25&start_date=b", "ordering=-created_at&page_size=50&start_date=b&status=running", "ordering=-created_at&page_size=25&start_date=b"}, s.lists)
	})
}

func TestLogValuesOmitTexts(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	logger.Info("values",
		"run", &runs.Run{LogID: 7, Status: api.StatusError, Content: "confidential"},
		"status", runs.Status{Ready: false, Err: errors.New("refused")},
		"outcome", runs.Outcome{Kind: runs.KindPoll, Found: 3, Duration: time.Second, RetryIn: time.Minute, Err: errors.New("refused")})
	assert.Contains(t, out.String(), `"run":{"log_id":7,"status":"error"}`)
	assert.Contains(t, out.String(), `"status":{"ready":false,"last_poll":"0001-01-01T00:00:00Z","error":"refused"}`)
	assert.Contains(t, out.String(), `"outcome":{"kind":"poll","duration":1000000000,"found":3,"requests":0,"retry_in":60000000000,"error":"refused"}`)
	out.Reset()
	logger.Info("values", "status", runs.Status{Ready: true, LastPoll: time.Unix(1, 0).UTC()})
	assert.Contains(t, out.String(), `"status":{"ready":true,"last_poll":"1970-01-01T00:00:01Z"}}`)
	out.Reset()
	logger.Info("values", "outcome", runs.Outcome{Kind: runs.KindRun, LogID: 7, Status: api.StatusError})
	assert.Contains(t, out.String(), `"outcome":{"kind":"run","duration":0,"log_id":7,"status":"error"}}`)
}
