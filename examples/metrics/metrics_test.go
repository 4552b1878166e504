package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/examples/metrics"
)

// A receiver handles a run, refuses a forged callback, fails for another run,
// and an agent misses a run.
func TestMetrics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		monday := time.Date(1999, 3, 1, 7, 59, 0, 0, time.UTC)
		sb, err := sandbox.New(sandbox.WithFrozenClock(monday), sandbox.WithPeriodicAgent("acme", client.PeriodicAgentCreateRequest{
			Title: "Digest", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
		}))
		require.NoError(t, err)
		defer sb.Close()
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)
		verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
		require.NoError(t, err)

		registry := prometheus.NewPedanticRegistry()
		counted, err := metrics.New(registry)
		require.NoError(t, err)
		watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
			counted.CountAlarms(alarms)
			return nil
		})
		require.NoError(t, err)
		handle := func(_ context.Context, run *runs.Run) error {
			if run.Status == api.StatusError {
				return errors.New("no")
			}
			return nil
		}
		receiver, err := runs.NewReceiver(c, verifier, handle, runs.WithWatchdog(watchdog), runs.WithObserver(counted.Observe))
		require.NoError(t, err)
		require.NoError(t, metrics.RegisterStatus(registry, receiver, watchdog))
		probe := func() int {
			recorder := httptest.NewRecorder()
			metrics.Ready(receiver).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/ready", nil))
			return recorder.Code
		}
		assert.Equal(t, http.StatusServiceUnavailable, probe())

		ctx, cancel := context.WithCancel(t.Context())
		returned := make(chan error, 1)
		go func() { returned <- receiver.Follow(ctx) }()
		advance := func(d time.Duration) {
			_, err := sb.Advance(t.Context(), d)
			require.NoError(t, err)
			time.Sleep(11 * time.Second)
			synctest.Wait()
		}
		synctest.Wait()
		assert.Equal(t, http.StatusNoContent, probe())
		advance(2 * time.Minute)
		_, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{Status: api.StatusError})
		require.NoError(t, err)
		forged, err := callback.NewRequest(t.Context(), "/", []byte(`{}`), api.NewSecret("another secret of enough bytes"))
		require.NoError(t, err)
		receiver.ServeHTTP(httptest.NewRecorder(), forged)
		sb.StopScheduler()
		advance(90 * time.Minute)
		require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP iblai_alarms_total Alarms of the watchdog by kind, when raised and when resolved.
# TYPE iblai_alarms_total counter
iblai_alarms_total{kind="missed",state="raised"} 1
# HELP iblai_callbacks_total Callbacks by the class of the response, such as 2xx.
# TYPE iblai_callbacks_total counter
iblai_callbacks_total{code="4xx"} 1
# HELP iblai_open_alarms Open alarms of the watchdog.
# TYPE iblai_open_alarms gauge
iblai_open_alarms 1
# HELP iblai_ready 1 if the latest poll and the latest save succeeded.
# TYPE iblai_ready gauge
iblai_ready 1
# HELP iblai_runs_failing Runs that will be retried.
# TYPE iblai_runs_failing gauge
iblai_runs_failing 1
# HELP iblai_runs_total Runs found in the logs, by status and result: handled, duplicate, failed or dead.
# TYPE iblai_runs_total counter
iblai_runs_total{result="failed",status="error"} 1
iblai_runs_total{result="handled",status="success"} 1
`), "iblai_alarms_total", "iblai_callbacks_total", "iblai_open_alarms", "iblai_ready", "iblai_runs_failing", "iblai_runs_total"))
		problems, err := testutil.GatherAndLint(registry)
		require.NoError(t, err)
		assert.Empty(t, problems)
		cancel()
		require.ErrorIs(t, <-returned, context.Canceled)
		assert.Equal(t, http.StatusServiceUnavailable, probe())
	})
}
