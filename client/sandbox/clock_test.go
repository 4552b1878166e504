package sandbox_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newSandbox returns a sandbox without a listener, for use inside synctest.
func newSandbox(t *testing.T, opts ...sandbox.Option) *sandbox.Sandbox {
	t.Helper()
	sb, err := sandbox.New(append([]sandbox.Option{withTestAccount()}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	return sb
}

// starts returns the start times of acme's runs.
func starts(sb *sandbox.Sandbox) []string {
	all := []string{}
	for log := range sb.Logs("acme", time.Time{}, sb.Now().Add(time.Hour)) {
		all = append(all, log.StartTime.Format("15:04:05"))
	}
	return all
}

func TestRealTimeClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withSchedule(t, "*/5 * * * *"), sandbox.WithOutcomes(sandbox.Outcome{Duration: 90 * time.Second}))
		assert.Equal(t, time.Now(), sb.Now())
		assert.InDelta(t, 1, sb.ClockSpeed(), 0)
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		assert.Equal(t, []string{"00:05:00", "00:10:00"}, starts(sb))
		assert.Equal(t, []api.Status{"success", "running"}, statuses(sb))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, []api.Status{"success", "success"}, statuses(sb))
		sb.Close()
		time.Sleep(time.Hour)
		assert.Len(t, starts(sb), 2, "a closed sandbox runs nothing")
	})
}

// A running clock stops at the end of the year 9999, and nothing is due after it.
func TestRunningClockEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withSchedule(t, "0 * * * *"), sandbox.WithOutcomes(sandbox.Outcome{Duration: 90 * time.Minute}),
			sandbox.WithClock(time.Date(9999, time.December, 31, 20, 30, 0, 0, time.UTC), 86400))
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, time.Date(10000, time.January, 1, 0, 0, 0, -1, time.UTC), sb.Now())
		assert.Equal(t, []string{"21:00:00", "22:00:00", "23:00:00"}, starts(sb))
		assert.Equal(t, []api.Status{"success", "success", "running"}, statuses(sb))
		began, err := sb.Advance(t.Context(), 0)
		require.NoError(t, err)
		assert.Zero(t, began)
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)
		agent := scheduled(t, "0 * * * *")
		agent.Mentor = coach
		created, err := c.PeriodicAgents.Create(t.Context(), &agent)
		require.NoError(t, err)
		assert.Equal(t, 9999, created.CreatedAt.Year())
		sb.Close()
	})
}

func statuses(sb *sandbox.Sandbox) (all []api.Status) {
	for log := range sb.Logs("acme", time.Time{}, sb.Now().Add(time.Hour)) {
		all = append(all, log.Status)
	}
	return all
}

func TestFastClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withSchedule(t, "0 * * * *"), sandbox.WithClock(start, 3600))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		assert.Equal(t, start.Add(5*time.Hour), sb.Now())
		assert.Len(t, starts(sb), 5)

		require.NoError(t, sb.SetClockSpeed(0))
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, start.Add(5*time.Hour), sb.Now())

		require.NoError(t, sb.SetClockSpeed(60))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		assert.Equal(t, start.Add(7*time.Hour), sb.Now())
		assert.Len(t, starts(sb), 7)
		require.EqualError(t, sb.SetClockSpeed(-1), "ibl.ai: speed is -1, but must be from 0 to 86400")
	})
}

// A running clock can be advanced too, and continues from there.
func TestAdvanceRunningClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withSchedule(t, "0 * * * *"), sandbox.WithClock(start, 1))
		began, err := sb.Advance(t.Context(), 24*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, 24, began)
		assert.Equal(t, start.Add(24*time.Hour), sb.Now())
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		assert.Equal(t, start.Add(25*time.Hour+30*time.Minute), sb.Now())
		assert.Len(t, starts(sb), 25)
	})
}

// While the clock runs, neither the clock nor other runs wait for a receiver.
func TestRunningClockDoesNotWaitForReceivers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		request := withCallback("http://127.0.0.1/", "a-long-random-secret")
		request.Task.Crontab = scheduled(t, "* * * * *").Task.Crontab
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithClock(start, 60), withReceiver(unresponsive))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		assert.Len(t, starts(sb), 9)
		assert.Empty(t, deliveriesOf(sb))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		assert.Len(t, starts(sb), 19)
		assert.Len(t, deliveriesOf(sb), 9)
		for delivery := range sb.Deliveries() {
			require.ErrorIs(t, delivery.Err, context.DeadlineExceeded)
		}

		require.NoError(t, sb.SetClockSpeed(86400))
		time.Sleep(time.Second)
		synctest.Wait()
		assert.LessOrEqual(t, len(starts(sb)), 19+64+1, "at most 64 deliveries are in flight")
		begun := len(starts(sb))
		sb.Close()
		assert.Len(t, deliveriesOf(sb), begun, "deliveries in flight and waiting ones have ended")
	})
}

// A run that was released while the clock is frozen starts at the next advance.
func TestFrozenClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, withTestClock(), sandbox.WithPeriodicAgent("acme", scheduled(t, "0 8 * * *"), after(t, "0 10 * * *", 1, "success")))
		_, err := sb.Advance(t.Context(), time.Hour)
		require.NoError(t, err)
		request := newRequest(http.MethodDelete, userPath+"periodic-agents/1/", "")
		sb.ServeHTTP(discard{}, request.WithContext(t.Context()))
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		assert.Empty(t, starts(sb))
		began, err := sb.Advance(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, 1, began)
	})
}

// discard is a response that is not read.
type discard struct{}

func (discard) Header() http.Header            { return http.Header{} }
func (discard) Write(text []byte) (int, error) { return len(text), nil }
func (discard) WriteHeader(int)                {}
