package runs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// monday is before the program's clock in a synctest bubble.
var monday = time.Date(1999, 3, 1, 7, 0, 0, 0, time.UTC)

// watched is a sandbox with a watchdog.
type watched struct {
	*sandbox.Sandbox
	t        *testing.T
	client   *client.Client
	watchdog *runs.Watchdog
	alarms   sequence[runs.Alarm]
	outcomes outcomes
	options  []runs.WatchdogOption
	stop     func() error
	// hasNumericMentors means that the release expects the numbers of mentors.
	hasNumericMentors bool
	// notifyErr is returned by the function of the watchdog.
	mu        sync.Mutex
	notifyErr error
}

// newWatched starts a sandbox with a frozen clock. It must be called inside a
// synctest bubble.
func newWatched(t *testing.T, opts ...sandbox.Option) *watched {
	t.Helper()
	sb, err := sandbox.New(append([]sandbox.Option{sandbox.WithFrozenClock(monday)}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	return &watched{Sandbox: sb, t: t, client: c}
}

func (w *watched) setNotifyError(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notifyErr = err
}

func (w *watched) notify(_ context.Context, alarms []runs.Alarm) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.notifyErr != nil {
		return w.notifyErr
	}
	for _, alarm := range alarms {
		w.alarms.add(alarm)
	}
	return nil
}

// start starts the watchdog and waits for its first poll.
func (w *watched) start(opts ...runs.WatchOption) {
	w.t.Helper()
	watchdog, err := runs.NewWatchdog(w.client, w.notify, w.options...)
	require.NoError(w.t, err)
	w.watchdog = watchdog
	ctx, cancel := context.WithCancel(w.t.Context())
	returned := make(chan error, 1)
	opts = append(opts, runs.WithObserver(w.outcomes.observe))
	go func() { returned <- watchdog.Run(ctx, opts...) }()
	w.stop = sync.OnceValue(func() error { cancel(); return <-returned })
	w.t.Cleanup(func() { _ = w.stop() })
	synctest.Wait()
}

// advance moves the clock of the service forward and lets the watchdog poll.
func (w *watched) advance(d time.Duration) {
	w.t.Helper()
	_, err := w.Advance(w.t.Context(), d)
	require.NoError(w.t, err)
	w.poll()
}

// advanceBy moves the clock forward in steps, with a poll after each of them.
func (w *watched) advanceBy(d, step time.Duration) {
	w.t.Helper()
	for ; d > 0; d -= step {
		w.advance(min(d, step))
	}
}

func (w *watched) poll() {
	time.Sleep(11 * time.Second)
	synctest.Wait()
}

// create creates an agent with a schedule.
func (w *watched) create(schedule string, change ...func(*client.PeriodicAgentCreateRequest)) *client.PeriodicAgent {
	w.t.Helper()
	mentor := w.Mentors("acme")[0]
	request := agentRequest(mentor.UniqueID, schedule)
	if w.hasNumericMentors {
		request.Mentor = fmt.Sprint(mentor.ID)
	}
	for _, f := range change {
		f(request)
	}
	agent, err := w.client.PeriodicAgents.Create(w.t.Context(), request)
	require.NoError(w.t, err)
	return agent
}

func agentRequest(mentor, schedule string) *client.PeriodicAgentCreateRequest {
	fields := strings.Fields(schedule)
	return &client.PeriodicAgentCreateRequest{
		Mentor: mentor, Title: "Digest", Prompt: new("Go."),
		Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{
			Minute: fields[0], Hour: fields[1], DayOfMonth: fields[2], MonthOfYear: fields[3], DayOfWeek: fields[4],
		}},
	}
}

func (w *watched) update(id int64, task client.PeriodicTaskUpdateRequest) {
	w.t.Helper()
	_, err := w.client.PeriodicAgents.Update(w.t.Context(), id, &client.PeriodicAgentUpdateRequest{Task: &task})
	require.NoError(w.t, err)
}

// texts returns the alarms in short form.
func (w *watched) texts() []string {
	var texts []string
	for _, alarm := range w.alarms.values() {
		text := fmt.Sprintf("%s %d %s", alarm.Kind, alarm.AgentID, alarm.Since.Format("02 15:04"))
		if alarm.IsResolved() {
			text += " " + string(alarm.Resolution)
		}
		texts = append(texts, text)
	}
	return texts
}

// With 10,000 agents, of which 100 run each hour, the list of agents is read once an
// hour, and an hour without a scheduler costs few requests more.
func TestWatchdogWithManyAgents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		agents := make([]client.PeriodicAgentCreateRequest, 10_000)
		for i := range agents {
			agents[i] = *agentRequest("", "0 0 1 1 *")
			if i%100 == 0 {
				agents[i].Task.Crontab = client.CrontabSchedule{Minute: "0", Hour: "*"}
			}
		}
		w := newWatched(t, sandbox.WithPeriodicAgent("acme", agents...))
		w.start(runs.WithPollInterval(10 * time.Second))
		requests := func() (lists, others int) {
			for request := range w.Requests() {
				if request.Operation == sandbox.OperationPeriodicAgentsList {
					lists++
				} else {
					others++
				}
			}
			return lists, others
		}
		pages, others := requests()
		w.advanceBy(4*time.Hour, time.Minute)
		assert.Empty(t, w.texts())
		lists, all := requests()
		assert.LessOrEqual(t, lists-pages, 4*pages, "lists of agents in 4 hours, at %d pages", pages)
		assert.LessOrEqual(t, all-others, 4*60*2, "other requests in 4 hours")
		w.StopScheduler()
		w.advanceBy(75*time.Minute, time.Minute)
		assert.Len(t, w.watchdog.OpenAlarms(), 100)
		lastLists, last := requests()
		assert.LessOrEqual(t, lastLists-lists, 3*pages, "lists while 100 agents miss their runs")
		assert.LessOrEqual(t, last-all, 75*2, "other requests while 100 agents miss their runs")
		t.Log(pages, "pages;", lists-pages, "lists and", all-others, "other requests in 4 hours;", lastLists-lists, "and", last-all, "then")
	})
}

// The clock that dates the logs may differ from the scheduler's by less than half
// the grace period.
func TestWatchdogClocksDiffer(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-4 * time.Minute, -time.Minute, time.Minute, 4 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			w := newWatched(t)
			agent := w.create("0 * * * *")
			w.start()
			w.StopScheduler() // the runs are added with the times of another clock
			for hour := w.Now().Add(time.Hour); hour.Day() == 1; hour = hour.Add(time.Hour) {
				w.advanceBy(hour.Add(5*time.Minute).Sub(w.Now()), 5*time.Minute)
				dated := client.Time{Time: hour.Add(skew)}
				_, err := w.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{
					PeriodicAgent: agent.ID, Status: api.StatusSuccess, StartTime: dated, EndTime: &dated, CreatedAt: dated,
				})
				require.NoError(t, err)
				w.advanceBy(30*time.Minute, 5*time.Minute)
			}
			assert.Empty(t, w.texts(), skew)
		})
	}
}

// A scheduler that stops makes every agent miss its run, and then all of them
// are silent. Both are told once, and told again when the scheduler catches up.
func TestWatchdogMissedAndSilent(t *testing.T) {
	t.Parallel()
	for _, version := range []sandbox.Beat{sandbox.Beat24, sandbox.Beat29} {
		synctest.Test(t, func(t *testing.T) {
			w := newWatched(t, sandbox.WithBeat(version))
			w.create("*/30 * * * *")
			w.create("15 * * * *")
			w.start()
			w.advanceBy(2*time.Hour+time.Minute, time.Minute) // 09:01
			require.Empty(t, w.texts())
			w.StopScheduler()
			w.advanceBy(38*time.Minute, time.Minute) // 09:39
			assert.Equal(t, []string{"missed 2 01 09:15"}, w.texts())
			w.advanceBy(2*time.Hour, time.Minute) // 11:39
			assert.Equal(t, []string{"missed 2 01 09:15", "missed 1 01 09:30", "silent 0 01 09:15"}, w.texts())
			assert.Len(t, w.watchdog.OpenAlarms(), 3)
			w.StartScheduler()
			w.advanceBy(time.Hour, time.Minute)
			assert.ElementsMatch(t, []string{"missed 1 01 09:30 run", "missed 2 01 09:15 run", "silent 0 01 09:15 run"}, w.texts()[3:])
			assert.Empty(t, w.watchdog.OpenAlarms())
			for _, alarm := range w.alarms.values()[3:] {
				assert.NotZero(t, alarm.LogID)
				assert.Equal(t, 11, alarm.ResolvedAt.Hour())
			}
			assert.Empty(t, w.outcomes.ofKind(runs.KindLog))
		})
	}
}

// outcomeOf returns an option for the outcomes of runs, which set changes.
func outcomeOf(outcomes ...sandbox.Outcome) (option sandbox.Option, set func(...sandbox.Outcome)) {
	var mu sync.Mutex
	set = func(next ...sandbox.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		outcomes = next
	}
	return sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome {
		mu.Lock()
		defer mu.Unlock()
		outcome := outcomes[0]
		if len(outcomes) > 1 {
			outcomes = outcomes[1:]
		}
		return outcome
	}), set
}

// An agent is failing if its latest runs have failed, those before the first
// poll included.
func TestWatchdogFailing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		option, set := outcomeOf(sandbox.Outcome{Status: api.StatusError})
		w := newWatched(t, option)
		w.create("0 * * * *")
		w.create("30 8 * * *")
		_, err := w.Advance(t.Context(), 2*time.Hour) // runs at 08:00, 08:30 and 09:00
		require.NoError(t, err)
		w.start()
		w.advanceBy(30*time.Minute, time.Minute)
		assert.Empty(t, w.texts())
		w.advanceBy(time.Hour, time.Minute) // 10:30
		assert.Equal(t, []string{"failing 1 01 08:00"}, w.texts())
		assert.Equal(t, 3, w.alarms.values()[0].Failures)
		w.advanceBy(time.Hour, time.Minute)
		assert.Len(t, w.texts(), 1)
		set(sandbox.Outcome{})
		w.advanceBy(time.Hour, time.Minute)
		assert.Equal(t, []string{"failing 1 01 08:00", "failing 1 01 08:00 run"}, w.texts())
		assert.Equal(t, w.alarms.values()[0].Key(), w.alarms.values()[1].Key())
	})
}

// A run is stuck if it runs past the next due time and the grace period, or for
// longer than WithStuckAfter.
func TestWatchdogStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		option, set := outcomeOf(sandbox.Outcome{Status: api.StatusRunning})
		w := newWatched(t, option)
		w.create("0 8 * * *")
		w.create("*/30 8,9 * * *")
		w.start(runs.WithStuckAfter(3 * time.Hour))
		w.advanceBy(61*time.Minute, time.Minute) // 08:01
		set(sandbox.Outcome{Duration: time.Minute})
		w.advanceBy(38*time.Minute, time.Minute)
		assert.Empty(t, w.texts())
		w.advanceBy(2*time.Minute, time.Minute) // 08:41
		assert.Equal(t, []string{"stuck 2 01 08:00"}, w.texts())
		w.advanceBy(3*time.Hour, time.Minute)
		assert.Equal(t, []string{"stuck 2 01 08:00", "stuck 1 01 08:00"}, w.texts())
		for _, alarm := range w.watchdog.OpenAlarms() {
			require.True(t, w.DeletePeriodicAgentLog(alarm.LogID))
		}
		w.advanceBy(time.Hour, time.Minute)
		assert.ElementsMatch(t, []string{"stuck 2 01 08:00 deleted", "stuck 1 01 08:00 deleted"}, w.texts()[2:])
	})
}

// A stuck run that finishes resolves the alarm.
func TestWatchdogStuckFinishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		option, _ := outcomeOf(sandbox.Outcome{Duration: 2 * time.Hour}, sandbox.Outcome{})
		w := newWatched(t, option)
		w.create("0 * * * *")
		w.start()
		w.advanceBy(4*time.Hour, time.Minute)
		assert.Equal(t, []string{"stuck 1 01 08:00", "stuck 1 01 08:00 run"}, w.texts())
		assert.Equal(t, 9, w.alarms.values()[0].RaisedAt.Hour())
		assert.Equal(t, 10, w.alarms.values()[1].ResolvedAt.Hour())
	})
}

// An agent is not judged until it is certain that it has to run.
func TestWatchdogNotJudged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) { r.Task.Enabled = new(false) })
		w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) {
			r.Task.StartTime = client.Value(monday.Add(2 * time.Hour))
		})
		waits := w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) {
			r.PreviousAgent, r.PreviousAgentStatus = client.Value(int64(1)), new(api.StatusSuccess)
		})
		oneOff := w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) { r.Task.OneOff = new(true) })
		changed := w.create("0 8 * * *")
		enabled := w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) { r.Task.Enabled = new(false) })
		deleted := w.create("0 8 * * *")
		w.create("0 20 1 1 *")
		w.start()
		w.advanceBy(50*time.Minute, time.Minute)
		_, err := w.RunNow(t.Context(), oneOff.ID, sandbox.Outcome{}) // which disables it
		require.NoError(t, err)
		w.update(oneOff.ID, client.PeriodicTaskUpdateRequest{Enabled: new(true)})
		w.update(enabled.ID, client.PeriodicTaskUpdateRequest{Enabled: new(true)})
		w.StopScheduler()
		w.advanceBy(12*time.Minute, time.Minute) // 08:02
		w.update(changed.ID, client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Minute: "5", Hour: "8"}})
		w.advanceBy(3*time.Minute, time.Minute)
		require.NoError(t, w.client.PeriodicAgents.Delete(t.Context(), deleted.ID))
		w.create("10 8 * * *") // in time, but the scheduler may not know it yet
		w.advanceBy(4*time.Hour, time.Minute)
		assert.Empty(t, w.texts())
		assert.NotZero(t, waits.ID)
		// The next day all of them are judged, except those that wait, ran once, or are
		// disabled.
		w.advanceBy(24*time.Hour, 10*time.Minute)
		assert.ElementsMatch(t, []string{
			"missed 2 02 08:00", "missed 5 02 08:05", "missed 6 02 08:00", "missed 9 02 08:10", "silent 0 02 08:00",
		}, w.texts())
		// Alarms end with what they are about.
		w.update(2, client.PeriodicTaskUpdateRequest{Enabled: new(false)})
		w.update(5, client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Minute: "6", Hour: "8"}})
		require.NoError(t, w.client.PeriodicAgents.Delete(t.Context(), 6))
		w.advanceBy(2*time.Hour, 10*time.Minute)
		assert.ElementsMatch(t, []string{"missed 2 02 08:00 disabled", "missed 5 02 08:05 change", "missed 6 02 08:00 deleted"}, w.texts()[5:])
	})
}

// An agent with a previous agent is judged if the previous agent has run with
// the required status since.
func TestWatchdogPreviousAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		option, set := outcomeOf(sandbox.Outcome{})
		w := newWatched(t, option)
		first := w.create("0 8 * * *")
		w.create("0 9 * * *", func(r *client.PeriodicAgentCreateRequest) {
			r.PreviousAgent, r.PreviousAgentStatus = client.Value(first.ID), new(api.StatusSuccess)
		})
		w.start()
		w.advanceBy(90*time.Minute, time.Minute) // 08:30
		w.StopScheduler()
		w.advanceBy(time.Hour, time.Minute)
		assert.Equal(t, []string{"missed 2 01 09:00"}, w.texts())
		w.StartScheduler()
		set(sandbox.Outcome{Status: api.StatusError})
		w.advanceBy(48*time.Hour, 10*time.Minute)
		assert.Len(t, w.texts(), 2, "the previous agent fails, so that the agent waits")
	})
}

// One-off agents that never ran are judged.
func TestWatchdogOneOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.create("0 8 * * *", func(r *client.PeriodicAgentCreateRequest) { r.Task.OneOff = new(true) })
		w.start()
		w.StopScheduler()
		w.advanceBy(2*time.Hour, time.Minute)
		assert.Equal(t, []string{"missed 1 01 08:00"}, w.texts()[:1])
		w.StartScheduler()
		w.advanceBy(48*time.Hour, 10*time.Minute)
		assert.Equal(t, "missed 1 01 08:00 run", w.texts()[2])
		assert.Empty(t, w.watchdog.OpenAlarms())
	})
}

// If the function fails, it receives the same alarms again.
func TestWatchdogNotifyAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.create("0 8 * * *")
		w.setNotifyError(errors.New("the pager is down"))
		w.start(runs.WithPollInterval(5 * time.Second))
		w.StopScheduler()
		w.advanceBy(90*time.Minute, time.Minute)
		assert.Empty(t, w.texts())
		assert.Len(t, w.watchdog.OpenAlarms(), 1)
		require.NotEmpty(t, w.outcomes.ofKind(runs.KindLog))
		assert.ErrorIs(t, w.outcomes.ofKind(runs.KindLog)[0].Err, runs.ErrAlarmsNotSent)
		w.setNotifyError(nil)
		w.poll()
		assert.Equal(t, []string{"missed 1 01 08:00"}, w.texts())
	})
}

// A restarted watchdog does not report an alarm again, reports its end, and
// judges the time in between.
func TestWatchdogRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		w := newWatched(t)
		w.create("0 * * * *")
		w.create("30 * * * *")
		w.options = []runs.WatchdogOption{runs.WithAlarmFile(filepath.Join(folder, "alarms"))}
		follow := func() (stop func()) {
			watchdog, err := runs.NewWatchdog(w.client, w.notify, w.options...)
			require.NoError(t, err)
			receiver, err := runs.NewReceiver(w.client, newVerifier(t), noopHandler, runs.WithWatchdog(watchdog),
				runs.WithPositionFile(filepath.Join(folder, "position")), runs.WithObserver(w.outcomes.observe))
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			returned := make(chan error)
			go func() { returned <- receiver.Follow(ctx) }()
			synctest.Wait()
			return func() { cancel(); require.ErrorIs(t, <-returned, context.Canceled) }
		}
		stop := follow()
		w.advanceBy(75*time.Minute, time.Minute) // 08:15
		w.StopScheduler()
		w.advanceBy(30*time.Minute, time.Minute) // 08:45
		require.Equal(t, []string{"missed 2 01 08:30"}, w.texts())
		stop()
		_, err := w.Advance(t.Context(), 30*time.Minute) // 09:15
		require.NoError(t, err)
		stop = follow()
		w.advance(0)
		assert.Equal(t, []string{"missed 2 01 08:30", "missed 1 01 09:00"}, w.texts())
		stop()
		w.StartScheduler()
		_, err = w.Advance(t.Context(), 30*time.Minute) // 09:45
		require.NoError(t, err)
		stop = follow()
		w.advance(0)
		assert.ElementsMatch(t, []string{"missed 1 01 09:00 run", "missed 2 01 08:30 run"}, w.texts()[2:])
		stop()
		// The scheduler was down for a while, and so was the program.
		w.StopScheduler()
		_, err = w.Advance(t.Context(), time.Hour) // 10:45
		require.NoError(t, err)
		w.StartScheduler()
		_, err = w.Advance(t.Context(), time.Hour) // 11:45
		require.NoError(t, err)
		stop = follow()
		w.advance(0)
		stop()
		assert.ElementsMatch(t, []string{
			"missed 1 01 10:00", "missed 1 01 10:00 run", "missed 2 01 10:30", "missed 2 01 10:30 run",
		}, w.texts()[4:])
		assert.Empty(t, w.outcomes.ofKind(runs.KindLog))
	})
}

// Invalid arguments and options are reported before a request is sent.
func TestWatchdogArguments(t *testing.T) {
	t.Parallel()
	c := newClient(t, http.NotFoundHandler())
	notify := func(context.Context, []runs.Alarm) error { return nil }
	_, err := runs.NewWatchdog(nil, notify)
	requireArgument(t, "c", err)
	_, err = runs.NewWatchdog(c, nil)
	requireArgument(t, "notify", err)
	for name, opts := range map[string][]runs.WatchdogOption{
		"opts[0]":              {nil},
		"WithGrace":            {runs.WithGrace(0)},
		"WithFailures":         {runs.WithFailures(0)},
		"WithFailures#":        {runs.WithFailures(101)},
		"WithSilence":          {runs.WithSilence(-1)},
		"WithSilence#":         {runs.WithSilence(time.Minute)},
		"WithScheduleLocation": {runs.WithScheduleLocation(nil)},
		"WithAlarmFile":        {runs.WithAlarmFile("")},
		"WithAlarmFile#":       {runs.WithAlarmFile("a"), runs.WithAlarmFile("b")},
		"WithAlarmStore":       {runs.WithAlarmStore(nil)},
	} {
		_, err := runs.NewWatchdog(c, notify, opts...)
		requireArgument(t, argumentName(name), err)
	}
	w, err := runs.NewWatchdog(c, notify)
	require.NoError(t, err)
	requireArgument(t, "ctx", w.Run(nil)) //nolint:staticcheck // that is what is tested
	requireArgument(t, "WithWatchdog", w.Run(t.Context(), runs.WithParams(client.PeriodicAgentLogListParams{PeriodicAgent: 7})))
	_, err = runs.NewReceiver(newClient(t, http.NotFoundHandler()), newVerifier(t), noopHandler, runs.WithWatchdog(w))
	requireArgument(t, "WithWatchdog", err)
	_, err = runs.NewReceiver(c, newVerifier(t), noopHandler, runs.WithWatchdog(nil))
	requireArgument(t, "WithWatchdog", err)
}

// Run returns an error that retries can't fix.
func TestWatchdogPermanentError(t *testing.T) {
	t.Parallel()
	c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusUnauthorized, `{"detail": "Invalid token."}`)
	}))
	w, err := runs.NewWatchdog(c, func(context.Context, []runs.Alarm) error { return nil })
	require.NoError(t, err)
	assert.ErrorIs(t, w.Run(t.Context()), client.ErrUnauthorized)
}
