package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A beatStory is a story of an agent, and when django-celery-beat 2.4 (with celery
// 5.2.6) and 2.9 (with celery 5.6.3) ran it, as measured with a faked clock. Times
// are in March 2026: 2 March is a Monday.
type beatStory struct {
	crontab   string
	startTime string // RFC 3339; empty for none
	created   string // day and time
	changes   []beatChange
	until     string
	disabled  bool // in the end
	runs24    []string
	runs29    []string
}

// A beatChange is a PATCH of the task, or stops or starts the scheduler.
type beatChange struct {
	at   string
	what string
}

const (
	stopScheduler  = "stop"
	startScheduler = "start"
)

var beatStories = map[string]beatStory{
	"start_time yesterday": {
		crontab: "0 15 * * *", created: "03-02 09:01", until: "03-03 16:00",
		startTime: "2026-03-01T00:00:00Z",
		runs24:    []string{"03-02 15:00", "03-03 15:00"},
		runs29:    []string{"03-02 13:01", "03-02 15:00", "03-03 15:00"},
	},
	"start_time today": {
		crontab: "0 15 * * *", created: "03-02 09:01", until: "03-03 16:00",
		startTime: "2026-03-02T10:00:00Z",
		runs24:    []string{"03-02 15:00", "03-03 15:00"},
		runs29:    []string{"03-02 13:01", "03-02 15:00", "03-03 15:00"},
	},
	"disabled and enabled": {
		crontab: "0 15 * * *", created: "03-02 09:00", until: "03-04 16:00",
		changes: []beatChange{{"03-02 16:00", `{"enabled":false}`}, {"03-03 18:00", `{"enabled":true}`}},
		runs24:  []string{"03-02 15:00", "03-04 15:00"},
		runs29:  []string{"03-02 15:00", "03-04 15:00"},
	},
	"disabled and enabled with start_time": {
		crontab: "0 15 * * *", created: "03-02 09:00", until: "03-04 16:00",
		startTime: "2026-01-01T00:00:00Z",
		changes:   []beatChange{{"03-02 16:00", `{"enabled":false}`}, {"03-03 18:00", `{"enabled":true}`}},
		runs24:    []string{"03-02 15:00", "03-04 15:00"},
		runs29:    []string{"03-02 13:00", "03-02 15:00", "03-04 13:00", "03-04 15:00"},
	},
	"crontab changed to a time that has passed": {
		crontab: "0 8 * * *", created: "03-02 07:00", until: "03-03 11:00",
		changes: []beatChange{{"03-02 12:00", `{"crontab":{"minute":"0","hour":"10","day_of_week":"*"}}`}},
		runs24:  []string{"03-02 08:00", "03-02 12:00", "03-03 10:00"},
		runs29:  []string{"03-02 08:00", "03-02 12:00", "03-03 10:00"},
	},
	"weekly crontab changed to daily": {
		crontab: "0 8 * * 1", created: "03-02 07:00", until: "03-05 11:00",
		changes: []beatChange{{"03-04 12:00", `{"crontab":{"minute":"0","hour":"8","day_of_week":"*"}}`}},
		runs24:  []string{"03-02 08:00", "03-04 12:00", "03-05 08:00"},
		runs29:  []string{"03-02 08:00", "03-05 06:00", "03-05 08:00"},
	},
	"changed to one-off after a run": {
		crontab: "0 8 * * *", created: "03-02 07:00", until: "03-04 09:00",
		changes:  []beatChange{{"03-02 12:00", `{"one_off":true}`}},
		disabled: true,
		runs24:   []string{"03-02 08:00"},
		runs29:   []string{"03-02 08:00"},
	},
	"scheduler down over a run": {
		crontab: "0 8 * * *", created: "03-02 07:00", until: "03-04 12:00",
		changes: []beatChange{{"03-02 12:00", stopScheduler}, {"03-03 12:00", startScheduler}},
		runs24:  []string{"03-02 08:00", "03-03 12:00", "03-04 08:00"},
		runs29:  []string{"03-02 08:00", "03-04 06:00", "03-04 08:00"},
	},
	"scheduler down over many runs": {
		crontab: "*/5 * * * *", created: "03-02 07:00", until: "03-02 09:11",
		changes: []beatChange{{"03-02 07:11", stopScheduler}, {"03-02 09:03", startScheduler}},
		runs24:  []string{"03-02 07:05", "03-02 07:10", "03-02 09:03", "03-02 09:05", "03-02 09:10"},
		runs29:  []string{"03-02 07:05", "03-02 07:10", "03-02 09:03", "03-02 09:05", "03-02 09:10"},
	},
}

func TestSchedulerMatchesBeat(t *testing.T) {
	t.Parallel()
	for name, story := range beatStories {
		for version, want := range map[sandbox.Beat][]string{sandbox.Beat24: story.runs24, sandbox.Beat29: story.runs29} {
			t.Run(fmt.Sprintf("%s in %s", name, version), func(t *testing.T) {
				t.Parallel()
				assert.Equal(t, want, story.runs(t, version))
			})
		}
	}
}

// runs returns the times of the runs.
func (s *beatStory) runs(t *testing.T, version sandbox.Beat) (starts []string) {
	t.Helper()
	const layout = "01-02 15:04"
	at := func(text string) time.Time {
		parsed, err := time.Parse(layout, text)
		require.NoError(t, err)
		return parsed.AddDate(2026-parsed.Year(), 0, 0)
	}
	server := newServer(t, withTestAccount(), sandbox.WithFrozenClock(at("03-02 06:00")), sandbox.WithBeat(version))
	advanceTo := func(text string) {
		_, err := server.AdvanceTo(t.Context(), at(text))
		require.NoError(t, err)
	}
	advanceTo(s.created)
	request := scheduled(t, s.crontab)
	if s.startTime != "" {
		startTime, err := time.Parse(time.RFC3339, s.startTime)
		require.NoError(t, err)
		request.Task.StartTime = client.Value(startTime)
	}
	agent, err := newClient(t, server).PeriodicAgents.Create(t.Context(), &request)
	require.NoError(t, err)
	for _, change := range s.changes {
		advanceTo(change.at)
		switch change.what {
		case stopScheduler:
			server.StopScheduler()
		case startScheduler:
			server.StartScheduler()
		default:
			require.Equal(t, http.StatusOK, send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":`+change.what+`}`).status)
		}
	}
	advanceTo(s.until)
	for log := range server.Logs("acme", time.Time{}, server.Now().Add(1)) {
		starts = append(starts, log.StartTime.Format(layout))
	}
	agent, err = server.PeriodicAgent(agent.ID)
	require.NoError(t, err)
	assert.Equal(t, !s.disabled, agent.Enabled)
	return starts
}

func TestSchedulerStopsAndStarts(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"), sandbox.WithPeriodicAgent("acme", after(t, "30 9 * * *", 1, "success")),
		sandbox.WithOutcomes(sandbox.Outcome{Duration: 45 * time.Minute}))
	events := server.Watch(t.Context())
	assert.True(t, server.SchedulerRunning())
	assert.Equal(t, 1, advance(t, server, 70*time.Minute), "agent 2 waits")
	server.StopScheduler()
	server.StopScheduler()
	assert.False(t, server.SchedulerRunning())
	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":{"crontab":{"minute":"0"}}}`)
	assert.Equal(t, 1, advance(t, server, 5*time.Hour), "the run finishes and releases agent 2")
	state, err := server.AgentState(1)
	require.NoError(t, err)
	assert.Zero(t, state.NextRun)
	assert.Equal(t, "The scheduler is stopped.", state.Explanation)
	server.StartScheduler()
	assert.Equal(t, 1, advance(t, server, 0), "it catches up once")
	assert.Equal(t, []string{"1 05 10:00 success 45m0s", "2 05 10:45 success 45m0s", "1 05 15:10 running"}, runs(t, server))
	changes := 0
	for event := range events {
		if event.Type == sandbox.EventSchedulerChanged {
			changes++
		}
		if event.AgentID == 1 && event.Cause == sandbox.RunCauseOverdue {
			break
		}
	}
	assert.Equal(t, 2, changes)
}

// The state of an agent explains its next run.
func TestNextRunIsExplained(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", titled("1")))
	assertState := func(at string, cause sandbox.RunCause, explanation string) {
		t.Helper()
		state, err := server.AgentState(1)
		require.NoError(t, err)
		next := ""
		if !state.NextRun.IsZero() {
			next = state.NextRun.Format("02 15:04")
		}
		assert.Equal(t, at, next)
		assert.Equal(t, cause, state.NextRunCause)
		assert.Equal(t, explanation, state.Explanation)
	}
	patch := func(task string) {
		t.Helper()
		require.Equal(t, http.StatusOK, send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":`+task+`}`).status)
	}
	assertState("06 08:00", sandbox.RunCauseSchedule, "The crontab has this time.")
	patch(`{"start_time":"2026-01-01T00:00:00Z"}`)
	assertState("05 09:00", sandbox.RunCauseStartTime, "Because of its start_time, the scheduler takes the agent for overdue.")
	assert.Equal(t, 1, advance(t, server, 0))
	run, ok := server.RunDetails(1)
	assert.True(t, ok)
	assert.Equal(t, sandbox.RunCauseStartTime, run.Cause)
	assertState("06 08:00", sandbox.RunCauseSchedule, "The crontab has this time.")
	patch(`{"crontab":{"minute":"30"}}`)
	advance(t, server, 24*time.Hour)
	patch(`{"crontab":{"minute":"50"}}`)
	assertState("06 09:00", sandbox.RunCauseOverdue, "The agent is overdue since 2026-01-06 08:50 UTC.")
	advance(t, server, 0)
	server.StopScheduler()
	advance(t, server, 30*time.Hour)
	server.StartScheduler()
	assertState("08 06:00", sandbox.RunCauseOverdue, "The agent is overdue since 2026-01-07 08:50 UTC, but the scheduler loads it only around the hour of its crontab.")
	patch(`{"one_off":true}`)
	assertState("", "", "A one-off agent that has run is disabled, not run.")
	advance(t, server, 24*time.Hour)
	assertState("", "", "The agent is disabled.")
	patch(`{"enabled":true,"crontab":{"day_of_month":"31","month_of_year":"2"}}`)
	assertState("", "", "The crontab never runs.")
}

// A one-off agent whose run doesn't finish is disabled all the same.
func TestOneOffAgentWithEndlessRun(t *testing.T) {
	t.Parallel()
	for version, at := range map[sandbox.Beat]time.Duration{sandbox.Beat24: 2 * time.Hour, sandbox.Beat29: 65 * time.Minute} {
		request := scheduled(t, "0 * * * *")
		request.Task.OneOff = new(true)
		server := newTestServer(t, sandbox.WithBeat(version), sandbox.WithPeriodicAgent("acme", request), sandbox.WithOutcomes(sandbox.Outcome{Status: "running"}))
		assert.Equal(t, 1, advance(t, server, at-time.Minute))
		assert.Equal(t, true, get(t, server, "periodic-agents/1/").fields(t)["enabled"], version)
		assert.Equal(t, 0, advance(t, server, time.Minute))
		assert.Equal(t, false, get(t, server, "periodic-agents/1/").fields(t)["enabled"], version)
	}
}

// An agent that is changed to one-off at the very time of its run is disabled at
// once, since the change makes beat check it.
func TestChangedToOneOffAtTheTimeOfItsRun(t *testing.T) {
	t.Parallel()
	for _, version := range []sandbox.Beat{sandbox.Beat24, sandbox.Beat29} {
		server := newTestServer(t, sandbox.WithBeat(version), withSchedule(t, "0 10 * * *"))
		assert.Equal(t, 1, advance(t, server, time.Hour))
		require.Equal(t, http.StatusOK, send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":{"one_off":true}}`).status)
		assert.Equal(t, 0, advance(t, server, 0))
		assert.Equal(t, false, get(t, server, "periodic-agents/1/").fields(t)["enabled"], version)
	}
}
