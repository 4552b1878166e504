package runs_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

// alarmStore is an AlarmStore that can fail.
type alarmStore struct {
	text  []byte
	err   error
	saves int
}

func (s *alarmStore) Load(context.Context) ([]byte, error) { return s.text, nil }

func (s *alarmStore) Save(_ context.Context, text []byte) error {
	if s.err == nil {
		s.text = text
		s.saves++
	}
	return s.err
}

// newReceiver returns the receiver of a new process.
func (w *watched) newReceiver(position string, store *alarmStore) *runs.Receiver {
	w.t.Helper()
	watchdog, err := runs.NewWatchdog(w.client, w.notify, runs.WithAlarmStore(store))
	require.NoError(w.t, err)
	w.watchdog = watchdog
	receiver, err := runs.NewReceiver(w.client, newVerifier(w.t), noopHandler, runs.WithWatchdog(watchdog),
		runs.WithPositionFile(position), runs.WithObserver(w.outcomes.observe))
	require.NoError(w.t, err)
	return receiver
}

// CatchUp returns after the watchdog has judged, notified and saved, also if
// each call is made by a new process.
func TestWatchdogCatchUp(t *testing.T) {
	t.Parallel()
	for name, restarts := range map[string]bool{"one process": false, "a process for each call": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWatched(t)
				w.create("0 * * * *")
				w.create("30 * * * *")
				position, store := filepath.Join(t.TempDir(), "position"), &alarmStore{}
				receiver := w.newReceiver(position, store)
				catchUp := func(after time.Duration) error {
					_, err := w.Advance(t.Context(), after)
					require.NoError(t, err)
					if restarts {
						receiver = w.newReceiver(position, store)
					}
					saves := store.saves
					err = receiver.CatchUp(t.Context())
					if store.err == nil {
						assert.Equal(t, 1, store.saves-saves, "saved once")
					}
					return err
				}
				require.NoError(t, catchUp(time.Minute))
				require.NoError(t, catchUp(time.Hour)) // 08:01
				w.StopScheduler()
				require.NoError(t, catchUp(28*time.Minute)) // 08:29
				assert.Empty(t, w.texts())
				require.NoError(t, catchUp(15*time.Minute)) // 08:44
				assert.Equal(t, []string{"missed 2 01 08:30"}, w.texts())
				require.NoError(t, catchUp(time.Minute))
				assert.Len(t, w.texts(), 1)
				// An error of the function or of the store is returned, and no alarm is lost.
				w.setNotifyError(errors.New("the pager is down"))
				require.ErrorIs(t, catchUp(30*time.Minute), runs.ErrAlarmsNotSent) // 09:15
				store.err = errors.New("the disk is full")
				require.ErrorIs(t, catchUp(time.Minute), store.err)
				w.setNotifyError(nil)
				store.err = nil
				require.NoError(t, catchUp(time.Minute))
				assert.Equal(t, []string{"missed 2 01 08:30", "missed 1 01 09:00"}, w.texts())
				w.StartScheduler()
				require.NoError(t, catchUp(30*time.Minute)) // 09:47
				assert.ElementsMatch(t, []string{"missed 1 01 09:00 run", "missed 2 01 08:30 run"}, w.texts()[2:])
				assert.Empty(t, w.watchdog.OpenAlarms())
			})
		})
	}
}

// A new process judges the due times that the one before could not judge yet, even
// if other agents run all the time.
func TestWatchdogCatchUpInABusyOrg(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{time.Minute, 3 * time.Minute, 5 * time.Minute, 7*time.Minute + 30*time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := newWatched(t)
			w.create("* * * * *")
			missing := w.create("30 * * * *")
			position, store := filepath.Join(t.TempDir(), "position"), &alarmStore{}
			for range time.Hour / step {
				_, err := w.Advance(t.Context(), step)
				require.NoError(t, err)
				for log := range w.Logs("acme", time.Time{}, w.Now().Add(1)) {
					if log.PeriodicAgent == missing.ID {
						w.DeletePeriodicAgentLog(log.ID) // as if it had not run
					}
				}
				require.NoError(t, w.newReceiver(position, store).CatchUp(t.Context()))
			}
			assert.Equal(t, []string{"missed 2 01 07:30"}, w.texts(), "every %s", step)
		})
	}
}

// CatchUp returns when its context ends, even if the function of the watchdog
// ignores it.
func TestWatchdogCatchUpEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.create("0 * * * *")
		hangs := make(chan struct{})
		watchdog, err := runs.NewWatchdog(w.client, func(context.Context, []runs.Alarm) error { <-hangs; return nil })
		require.NoError(t, err)
		receiver, err := runs.NewReceiver(w.client, newVerifier(t), noopHandler, runs.WithWatchdog(watchdog), runs.WithObserver(w.outcomes.observe))
		require.NoError(t, err)
		require.NoError(t, receiver.CatchUp(t.Context()))
		w.StopScheduler()
		_, err = w.Advance(t.Context(), 75*time.Minute)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err = receiver.CatchUp(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, runs.ErrHandlerHangs)
		require.ErrorIs(t, receiver.CatchUp(t.Context()), runs.ErrWatching)
		close(hangs)
	})
}
