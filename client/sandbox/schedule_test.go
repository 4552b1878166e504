package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

// scheduled returns a request for an agent with the schedule of a crontab line.
func scheduled(t testing.TB, line string) client.PeriodicAgentCreateRequest {
	t.Helper()
	schedule, err := crontab.Parse(line)
	require.NoError(t, err)
	request := titled(line)
	request.Task.Crontab = client.NewCrontabSchedule(schedule.Fields())
	return request
}

func withSchedule(t testing.TB, line string) sandbox.Option {
	t.Helper()
	return sandbox.WithPeriodicAgent("acme", scheduled(t, line))
}

// runs describes all logs: agent, start, status, and duration.
func runs(t testing.TB, server *sandbox.Server) []string {
	t.Helper()
	all := []string{}
	for log, err := range newClient(t, server).PeriodicAgentLogs.All(t.Context(), &client.PeriodicAgentLogListParams{Ordering: "id"}) {
		require.NoError(t, err)
		run := fmt.Sprintf("%d %s %s", log.PeriodicAgent, log.StartTime.Format("02 15:04"), log.Status)
		if log.EndTime != nil && log.EndTime.Time != log.StartTime.Time {
			run += " " + log.EndTime.Sub(log.StartTime.Time).String()
		}
		all = append(all, run)
	}
	return all
}

func TestAdvanceRunsDueAgentsInOrder(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "30 */6 * * *"), withSchedule(t, "0 12 * * *"), withSchedule(t, "*/30 12 * * mon"))
	assert.Equal(t, 7, advance(t, server, 24*time.Hour))
	assert.Equal(t, []string{
		"2 05 12:00 success", "3 05 12:00 success", "1 05 12:30 success", "3 05 12:30 success", "1 05 18:30 success",
		"1 06 00:30 success", "1 06 06:30 success",
	}, runs(t, server))
	assert.Equal(t, start.Add(24*time.Hour), server.Now())
	assert.Equal(t, 0, advance(t, server, 0))
	assert.Equal(t, 1, advance(t, server, 3*time.Hour), "a run at the end of the interval")
	assert.Equal(t, 0, advance(t, server, 0), "it does not run twice")
}

// TestRunsMatchCrontab advances two months in uneven steps.
func TestRunsMatchCrontab(t *testing.T) {
	t.Parallel()
	lines := []string{"*/7 3-5 * * *", "0 0 1,15 * *", "59 23 * * sun", "15 10 13 * fri", "0 8 * 2 mon-fri"}
	var options []sandbox.Option
	for _, line := range lines {
		options = append(options, withSchedule(t, line))
	}
	server := newTestServer(t, options...)
	end := start.AddDate(0, 2, 0)
	for step := time.Minute; server.Now().Before(end); step = min(2*step, end.Sub(server.Now())) {
		advance(t, server, step)
	}
	for i, line := range lines {
		schedule, err := crontab.Parse(line)
		require.NoError(t, err)
		var want, got []time.Time
		for run := range schedule.Runs(start) {
			if run.After(end) {
				break
			}
			want = append(want, run)
		}
		for log, err := range newClient(t, server).PeriodicAgentLogs.All(t.Context(), &client.PeriodicAgentLogListParams{PeriodicAgent: int64(i + 1), Ordering: "id"}) {
			require.NoError(t, err)
			got = append(got, log.StartTime.UTC())
		}
		assert.Equal(t, want, got, line)
	}
}

func TestTaskFields(t *testing.T) {
	t.Parallel()
	at := func(change func(task *client.PeriodicTaskRequest)) sandbox.Option {
		request := scheduled(t, "0 * * * *")
		change(&request.Task)
		return sandbox.WithPeriodicAgent("acme", request)
	}
	for name, test := range map[string]struct {
		agent sandbox.Option
		want  []string
	}{
		"disabled": {at(func(task *client.PeriodicTaskRequest) { task.Enabled = new(false) }), []string{}},
		"one off":  {at(func(task *client.PeriodicTaskRequest) { task.OneOff = new(true) }), []string{"1 05 10:00 success"}},
		"starts later": {at(func(task *client.PeriodicTaskRequest) {
			task.StartTime = client.Value(start.Add(90 * time.Minute))
		}), []string{"1 05 10:30 success", "1 05 11:00 success", "1 05 12:00 success"}},
		"starts at run": {at(func(task *client.PeriodicTaskRequest) {
			task.StartTime = client.Value(start.Add(3 * time.Hour))
		}), []string{"1 05 12:00 success"}},
		"has started": {at(func(task *client.PeriodicTaskRequest) {
			task.StartTime = client.Value(start.Add(-time.Hour))
		}), []string{"1 05 09:00 success", "1 05 10:00 success", "1 05 11:00 success", "1 05 12:00 success"}},
		"Sunday is 7": {at(func(task *client.PeriodicTaskRequest) { task.Crontab.DayOfWeek = "0-7" }), []string{}},
		"31 February": {at(func(task *client.PeriodicTaskRequest) { task.Crontab.DayOfMonth, task.Crontab.MonthOfYear = "31", "2" }), []string{}},
	} {
		server := newTestServer(t, test.agent)
		assert.Len(t, test.want, advance(t, server, 3*time.Hour), name)
		assert.Equal(t, test.want, runs(t, server), name)
	}
}

func TestOneOffAgentRunsOnce(t *testing.T) {
	t.Parallel()
	request := scheduled(t, "* * * * *")
	request.Task.OneOff = new(true)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithOutcomes(sandbox.Outcome{Duration: 150 * time.Second}))
	advance(t, server, 3*time.Minute)
	assert.Equal(t, []string{"1 05 09:01 running"}, runs(t, server), "a one-off agent is not due again while it runs")
	advance(t, server, time.Hour)
	assert.Equal(t, []string{"1 05 09:01 success 2m30s"}, runs(t, server))
	assert.Equal(t, false, get(t, server, "periodic-agents/1/").fields(t)["enabled"])

	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":{"enabled":true}}`)
	advance(t, server, time.Hour)
	assert.Len(t, runs(t, server), 2, "if it is enabled again, it runs once more")
}

func TestScheduleChanges(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"))
	patch := func(body string) { send(t, server, http.MethodPatch, "periodic-agents/1/", body) }
	advance(t, server, time.Hour)
	patch(`{"task":{"crontab":{"minute":"15"}}}`)
	advance(t, server, time.Hour)
	patch(`{"title":"Renamed"}`)
	patch(`{"task":{"enabled":false}}`)
	advance(t, server, time.Hour)
	patch(`{"task":{"enabled":true,"crontab":{"minute":"30"}}}`)
	advance(t, server, time.Hour)
	send(t, server, http.MethodDelete, "periodic-agents/1/", "")
	created := `{"mentor":"` + coach + `","title":"New","task":{"crontab":{"minute":"45"}}}`
	send(t, server, http.MethodPost, "periodic-agents/", created)
	assert.Equal(t, 1, advance(t, server, time.Hour))
	assert.Equal(t, []string{"2 05 13:45 success"}, runs(t, server))
	assert.Empty(t, deliveriesOf(server))
}

func TestRunWithDuration(t *testing.T) {
	t.Parallel()
	var invocations []sandbox.Run
	request := scheduled(t, "0 10 * * *")
	request.Prompt = new("What is due?")
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
		invocations = append(invocations, run)
		return sandbox.Outcome{Status: "error", Output: "Nothing.", Log: "Out of tokens.", Duration: 90 * time.Second}
	}))
	advance(t, server, time.Hour+time.Minute)
	assert.Equal(t, []string{"1 05 10:00 running"}, runs(t, server))
	assert.InDelta(t, 1, get(t, server, "periodic-agents/statistics/").fields(t)["running_tasks"], 0)
	assert.Equal(t, []sandbox.Run{{
		Org: "acme", AgentID: 1, Title: request.Title, MentorID: coach, Prompt: "What is due?", LogID: 1, StartTime: start.Add(time.Hour), Cause: sandbox.RunCauseSchedule,
	}}, invocations)

	assert.Equal(t, 0, advance(t, server, time.Minute))
	assert.Equal(t, []string{"1 05 10:00 error 1m30s"}, runs(t, server))
	log := get(t, server, "periodic-agent-logs/1/").fields(t)
	assert.Equal(t, "Out of tokens.\n\nNothing.", log["content"])
	assert.Equal(t, "2026-01-05T10:01:30Z", log["modified_at"])
}

func TestAgentIsDeletedWhileRunning(t *testing.T) {
	t.Parallel()
	request := withCallback("http://127.0.0.1/", "a-long-random-secret")
	request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithOutcomes(sandbox.Outcome{Duration: time.Minute}))
	advance(t, server, time.Hour)
	send(t, server, http.MethodDelete, "periodic-agents/1/", "")
	assert.Equal(t, 0, advance(t, server, 24*time.Hour))
	assert.Empty(t, runs(t, server))
	assert.Empty(t, deliveriesOf(server))
}

func TestInvalidOutcomes(t *testing.T) {
	t.Parallel()
	outcomes := []sandbox.Outcome{{Status: "bogus"}, {Duration: -1}, {Status: "running"}, {}, {}}
	server := newTestServer(t, withSchedule(t, "0 * * * *"), sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
		return outcomes[run.LogID-1]
	}))
	advance(t, server, 5*time.Hour)
	assert.Equal(t, []string{"1 05 10:00 error", "1 05 11:00 error", "1 05 12:00 running", "1 05 13:00 success", "1 05 14:00 success"}, runs(t, server))
	assert.Equal(t, `ibl.ai: outcome.Status is "bogus", but must be success, error or running`, get(t, server, "periodic-agent-logs/1/").fields(t)["content"])
}

func TestOutcomesPerAgent(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"), withSchedule(t, "30 * * * *"), sandbox.WithOutcomes(sandbox.Outcome{Status: "error"}, sandbox.Outcome{}))
	advance(t, server, 2*time.Hour)
	assert.Equal(t, []string{"2 05 09:30 error", "1 05 10:00 error", "2 05 10:30 success", "1 05 11:00 success"}, runs(t, server))
}

func TestRunAsScheduled(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", withCallback("http://127.0.0.1/", "a-long-random-secret")),
		sandbox.WithOutcomes(sandbox.Outcome{Log: "At once."}, sandbox.Outcome{Log: "Later.", Duration: time.Minute}),
		withReceiver(func(*http.Request) (*http.Response, error) { return respond(http.StatusNoContent, ""), nil }))
	log, err := server.RunAsScheduled(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, "At once.", log.Content)
	assert.Len(t, deliveriesOf(server), 1)
	log, err = server.RunAsScheduled(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, api.StatusRunning, log.Status)
	advance(t, server, time.Minute)
	assert.Equal(t, []string{"1 05 09:00 success", "1 05 09:00 success 1m0s"}, runs(t, server))
	assert.Len(t, deliveriesOf(server), 2)

	_, err = server.RunAsScheduled(t.Context(), 9)
	require.ErrorAs(t, err, new(*sandbox.UnknownAgentError))
	server.Close()
	_, err = server.RunAsScheduled(t.Context(), 1)
	require.ErrorIs(t, err, sandbox.ErrClosed)
}

func TestAgentState(t *testing.T) {
	t.Parallel()
	waits := scheduled(t, "0 10 * * *")
	waits.PreviousAgent = client.Value(int64(1))
	server := newTestServer(t, withSchedule(t, "0 8 * * *"), sandbox.WithPeriodicAgent("acme", waits))
	state := func(id int64) sandbox.AgentState {
		state, err := server.AgentState(id)
		require.NoError(t, err)
		return state
	}
	const scheduled, explanation = sandbox.RunCauseSchedule, "The crontab has this time."
	assert.Equal(t, sandbox.AgentState{Status: "pending", NextRun: start.Add(23 * time.Hour), NextRunCause: scheduled, Explanation: explanation}, state(1))
	assert.Equal(t, sandbox.AgentState{Status: "pending", NextRun: start.Add(time.Hour), NextRunCause: scheduled, Explanation: explanation}, state(2))
	advance(t, server, time.Hour)
	assert.Equal(t, sandbox.AgentState{
		Status: "pending", Waiting: true, NextRun: start.Add(25 * time.Hour), NextRunCause: scheduled, Explanation: explanation,
		LastRunAt: start.Add(time.Hour), TotalRunCount: 1,
	}, state(2), "the scheduler has started it, and doesn't know that it waits")
	send(t, server, http.MethodPatch, "periodic-agents/2/", `{"task":{"enabled":false}}`)
	runNow(t, server, 2, sandbox.Outcome{Status: "error"})
	assert.Equal(t, sandbox.AgentState{Status: "error", Explanation: "The agent is disabled.", TotalRunCount: 1}, state(2))
	_, err := server.AgentState(3)
	require.EqualError(t, err, "sandbox: there is no periodic agent 3")
}

func TestLogsOfATime(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"), withSchedule(t, "30 * * * *"))
	advance(t, server, 4*time.Hour)
	var got []string
	for log := range server.Logs("acme", start.Add(30*time.Minute), start.Add(2*time.Hour)) {
		got = append(got, log.StartTime.Format("15:04"))
		if len(got) == 3 {
			break
		}
	}
	assert.Equal(t, []string{"09:30", "10:00", "10:30"}, got)
	for range server.Logs("nowhere", start, server.Now()) {
		assert.Fail(t, "an unknown org has no logs")
	}
}

func TestAdvanceRefuses(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	_, err := server.AdvanceTo(t.Context(), start.Add(-time.Second))
	require.EqualError(t, err, "sandbox: the clock would move backwards, from 2026-01-05T09:00:00Z to 2026-01-05T08:59:59Z")
	_, err = server.Advance(t.Context(), -1)
	require.ErrorIs(t, err, sandbox.ErrClockBackwards)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = server.Advance(canceled, time.Hour)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, start, server.Now())
	server.Close()
	_, err = server.Advance(t.Context(), time.Hour)
	require.ErrorIs(t, err, sandbox.ErrClosed)
}

// An advance that was canceled can be continued.
func TestAdvanceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := newTestServer(t, withSchedule(t, "0 * * * *"), sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
		if run.LogID == 2 {
			cancel()
		}
		return sandbox.Outcome{}
	}))
	began, err := server.Advance(ctx, 4*time.Hour)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 2, began)
	assert.Equal(t, start.Add(2*time.Hour), server.Now())
	assert.Equal(t, []string{"1 05 10:00 success", "1 05 11:00 running"}, runs(t, server))
	assert.Equal(t, 2, advance(t, server, 2*time.Hour))
	assert.Equal(t, []string{"1 05 10:00 success", "1 05 11:00 success", "1 05 12:00 success", "1 05 13:00 success"}, runs(t, server))
}

// While the clock is advanced, another advance fails at once, whoever calls it.
func TestAdvanceWhileAdvancing(t *testing.T) {
	t.Parallel()
	var server *sandbox.Server
	var mu sync.Mutex
	errs := map[string]error{}
	advanceAgain := func(who string, ctx context.Context) {
		_, err := server.Advance(ctx, time.Hour)
		mu.Lock()
		defer mu.Unlock()
		errs[who] = err
	}
	receiver := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		advanceAgain("receiver", r.Context())
		w.WriteHeader(http.StatusNoContent)
	})
	request := withCallback(receiver, secret)
	request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
	server = newTestServer(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithOutcomeFunc(func(ctx context.Context, _ sandbox.Run) sandbox.Outcome {
		advanceAgain("outcome function", ctx)
		var other sync.WaitGroup
		other.Go(func() { advanceAgain("other goroutine", context.WithoutCancel(ctx)) })
		other.Wait()
		return sandbox.Outcome{}
	}))
	assert.Equal(t, 1, advance(t, server, time.Hour))
	for _, who := range []string{"receiver", "outcome function", "other goroutine"} {
		require.ErrorIs(t, errs[who], sandbox.ErrAdvancing, who)
	}
	advance(t, server, time.Hour)
	assert.Equal(t, start.Add(2*time.Hour), server.Now())
}

// Outcome functions, receivers and watchers may close the sandbox.
func TestCloseFromInside(t *testing.T) {
	t.Parallel()
	var server *sandbox.Server
	receiver := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		server.Close()
		w.WriteHeader(http.StatusNoContent)
	})
	request := withCallback(receiver, secret)
	request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
	for name, outcome := range map[string]func() sandbox.Outcome{
		"outcome function": func() sandbox.Outcome { server.Close(); return sandbox.Outcome{} },
		"receiver":         func() sandbox.Outcome { return sandbox.Outcome{} },
	} {
		server = newTestServer(t, sandbox.WithPeriodicAgent("acme", request),
			sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome { return outcome() }))
		_, err := server.Advance(t.Context(), 24*time.Hour)
		require.ErrorIs(t, err, sandbox.ErrClosed, name)
		assert.Equal(t, start.Add(time.Hour), server.Now(), name)
	}
	server = newTestServer(t)
	require.NoError(t, server.HandleOperation(listAgents, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { server.Close() })))
	c, err := client.New(server.ClientOptions()...) // not recorded: it gets no response
	require.NoError(t, err)
	_, err = c.PeriodicAgents.List(t.Context(), nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.Error(t, err)
}

// The clock stays in the years that Python and JSON have.
func TestClockYears(t *testing.T) {
	t.Parallel()
	server := newServer(t, sandbox.WithFrozenClock(time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)))
	_, err := server.Advance(t.Context(), time.Hour)
	require.EqualError(t, err, "ibl.ai: clock would be at 10000-01-01 00:00:00 +0000 UTC, but must be before the year 10000")
	require.ErrorAs(t, err, new(*api.ArgumentError))
	assert.Equal(t, 0, advance(t, server, time.Hour-1))
}

func TestOutcomeFunctionMayUseTheAPI(t *testing.T) {
	t.Parallel()
	var server *sandbox.Server
	server = newTestServer(t, withSchedule(t, "0 10 * * *"), sandbox.WithOutcomeFunc(func(ctx context.Context, run sandbox.Run) sandbox.Outcome {
		log, err := newClient(t, server).PeriodicAgentLogs.Get(ctx, run.LogID)
		assert.NoError(t, err)
		assert.Equal(t, api.StatusRunning, log.Status)
		assert.Equal(t, run.StartTime, server.Now())
		return sandbox.Outcome{}
	}))
	assert.Equal(t, 1, advance(t, server, 2*time.Hour))
}

func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	receiver := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	request := withCallback(receiver, "a-long-random-secret")
	request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request))
	var working sync.WaitGroup
	advanced := 0
	var mu sync.Mutex // one advance at a time
	for range 8 {
		working.Go(func() {
			mu.Lock()
			_, err := server.Advance(t.Context(), 3*time.Hour)
			if err == nil {
				advanced++
			} else {
				assert.ErrorIs(t, err, sandbox.ErrAdvancing, "RunNow starts due runs")
			}
			mu.Unlock()
			_, err = server.RunNow(t.Context(), 1, sandbox.Outcome{})
			assert.NoError(t, err)
			send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":{"crontab":{"hour":"*"}}}`)
		})
	}
	working.Wait()
	assert.Equal(t, start.Add(time.Duration(advanced)*3*time.Hour), server.Now())
	assert.Len(t, runs(t, server), 3*advanced+8)
	assert.Len(t, deliveriesOf(server), 3*advanced+8)
}

// Nothing is caught up for an agent that ran while it was disabled.
func TestRunAsScheduledOfDisabledAgent(t *testing.T) {
	t.Parallel()
	request := scheduled(t, "0 * * * *")
	request.Task.Enabled = new(false)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request))
	_, err := server.RunAsScheduled(t.Context(), 1)
	require.NoError(t, err)
	advance(t, server, 90*time.Minute)
	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":{"enabled":true}}`)
	assert.Equal(t, 0, advance(t, server, 0))
	assert.Equal(t, 1, advance(t, server, 30*time.Minute))
}
