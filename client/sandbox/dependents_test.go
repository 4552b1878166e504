package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// after returns a request for an agent that waits for another one.
func after(t *testing.T, line string, previous int64, status api.Status) client.PeriodicAgentCreateRequest {
	t.Helper()
	request := scheduled(t, line)
	request.Prompt = new("Go on.")
	request.PreviousAgent, request.PreviousAgentStatus = client.Value(previous), &status
	return request
}

// withNumberedOutputs gives each run an output with the id of its log, and
// collects the prompts.
func withNumberedOutputs(prompts *[]string) sandbox.Option {
	return sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
		*prompts = append(*prompts, fmt.Sprintf("%d: %s", run.AgentID, run.Prompt))
		return sandbox.Outcome{Output: fmt.Sprintf("Answer %d.", run.LogID), Duration: 10 * time.Minute}
	})
}

func TestDependentAgentsWait(t *testing.T) {
	t.Parallel()
	var prompts []string
	server := newTestServer(t, withNumberedOutputs(&prompts),
		withSchedule(t, "0 11 * * *"),
		sandbox.WithPeriodicAgent("acme", after(t, "0 10 * * *", 1, "success"), after(t, "*/15 9-11 * * *", 2, "success"), after(t, "30 10 * * *", 1, "running")),
	)
	advance(t, server, 90*time.Minute)
	assert.Empty(t, runs(t, server), "all agents wait")
	advance(t, server, 55*time.Minute)
	assert.Equal(t, []string{
		"1 05 11:00 success 10m0s",
		"4 05 11:00 success 10m0s", // while 1 was running
		"2 05 11:10 success 10m0s",
		"3 05 11:20 running", // once, although it was due four times an hour
	}, runs(t, server))
	assert.Equal(t, []string{"1: ", "4: Go on.", "2: Go on.\n\nAnswer 1.", "3: Go on.\n\nAnswer 3."}, prompts)
	assert.Equal(t, "Answer 3.", get(t, server, "periodic-agents/3/").fields(t)["previous_agent_output"])
}

func TestDependentAgentsAfterError(t *testing.T) {
	t.Parallel()
	server := newTestServer(t,
		withSchedule(t, "0 * * * *"),
		sandbox.WithPeriodicAgent("acme", after(t, "30 * * * *", 1, "success"), after(t, "30 * * * *", 1, "error")),
		sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
			if run.AgentID == 1 && run.StartTime.Hour() == 10 {
				return sandbox.Outcome{Status: "error"}
			}
			return sandbox.Outcome{}
		}),
	)
	advance(t, server, 3*time.Hour)
	assert.Equal(t, []string{
		"1 05 10:00 error", "3 05 10:00 success", "3 05 10:30 success",
		"1 05 11:00 success", "2 05 11:00 success", "2 05 11:30 success", "1 05 12:00 success",
	}, runs(t, server))
}

func TestDependencyCyclesEnd(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", scheduled(t, "0 10 * * *"), after(t, "0 11 * * *", 1, "success"), after(t, "0 * * * *", 1, "success")))
	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"previous_agent":2}`)
	send(t, server, http.MethodPatch, "periodic-agents/3/", `{"previous_agent":3}`)
	assert.Equal(t, 0, advance(t, server, 24*time.Hour), "each waits for the other, and the third for itself")
	runNow(t, server, 2, sandbox.Outcome{})
	assert.Equal(t, []string{"2 06 09:00 success", "1 06 09:00 success", "2 06 09:00 success"}, runs(t, server), "each agent runs once")
	assert.Equal(t, 2, advance(t, server, 3*time.Hour), "then their schedules apply")

	send(t, server, http.MethodPatch, "periodic-agents/3/", `{"previous_agent_status":"pending"}`)
	assert.Equal(t, 1, advance(t, server, 24*time.Hour)-2, "an agent is pending until its first run")
}

func TestWaitingAgentIsChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, target, body string
		runs                 int
	}{
		"previous agent is null":     {http.MethodPatch, "2/", `{"previous_agent":null}`, 1},
		"previous agent is another":  {http.MethodPatch, "2/", `{"previous_agent":3}`, 0},
		"previous agent is deleted":  {http.MethodDelete, "1/", "", 1},
		"another status is required": {http.MethodPatch, "2/", `{"previous_agent_status":"pending"}`, 1},
		"schedule is changed":        {http.MethodPatch, "2/", `{"previous_agent":null,"task":{"crontab":{"minute":"59"}}}`, 0},
		"agent is disabled":          {http.MethodPatch, "2/", `{"previous_agent":null,"task":{"enabled":false}}`, 0},
		"agent is deleted":           {http.MethodDelete, "2/", "", 0},
		"another field is changed":   {http.MethodPatch, "2/", `{"title":"x"}`, 0},
	} {
		server := newTestServer(t, sandbox.WithPeriodicAgent("acme", scheduled(t, "0 8 * * *"), after(t, "0 10 * * *", 1, "success"), scheduled(t, "0 8 * * *")))
		advance(t, server, time.Hour)
		send(t, server, test.method, "periodic-agents/"+test.target, test.body)
		assert.Equal(t, test.runs, advance(t, server, 10*time.Minute), name)
	}
}

// Between its release and its run, an agent may change: here by the callback of
// the run that releases it.
func TestReleasedAgentIsChanged(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"task":{"enabled":false}}`:          1,
		`{"previous_agent_status":"error"}`:   1,
		`{"title":"runs all the same"}`:       2,
		`{"previous_agent_status":"success"}`: 2,
	} {
		var server *sandbox.Server
		first := withCallback("http://127.0.0.1/", "a-long-random-secret")
		first.Task.Crontab = scheduled(t, "0 11 * * *").Task.Crontab
		server = newTestServer(t, sandbox.WithPeriodicAgent("acme", first, after(t, "0 10 * * *", 1, "success")), withReceiver(func(*http.Request) (*http.Response, error) {
			send(t, server, http.MethodPatch, "periodic-agents/2/", body)
			return respond(http.StatusNoContent, ""), nil
		}))
		assert.Equal(t, want, advance(t, server, 2*time.Hour), body)
	}
}

// A run that finishes at a time has finished when another run starts at that time.
func TestRunsFinishBeforeOthersStart(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", scheduled(t, "30 10 * * *"), scheduled(t, "0 10 * * *"), scheduled(t, "0 8 * * *")),
		sandbox.WithOutcomes(sandbox.Outcome{Duration: 30 * time.Minute}))
	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"previous_agent":2,"previous_agent_status":"running"}`)
	runNow(t, server, 3, sandbox.Outcome{}) // so that the next log's id is above the agent's
	assert.Equal(t, 1, advance(t, server, 2*time.Hour))
	state, err := server.AgentState(1)
	require.NoError(t, err)
	assert.True(t, state.Waiting)
}

// A one-off agent waits for as long as any other, and is disabled after its run.
func TestOneOffAgentWaits(t *testing.T) {
	t.Parallel()
	for _, version := range []sandbox.Beat{sandbox.Beat24, sandbox.Beat29} {
		once := after(t, "0 * * * *", 1, "success")
		once.Task.OneOff = new(true)
		server := newTestServer(t, sandbox.WithBeat(version), withSchedule(t, "0 10 * * *"),
			sandbox.WithPeriodicAgent("acme", once, titled("other")), sandbox.WithOutcomes(sandbox.Outcome{Duration: 150 * time.Minute}))
		advance(t, server, 2*time.Hour)
		send(t, server, http.MethodPatch, "periodic-agents/3/", `{"task":{"enabled":false}}`)
		advance(t, server, 6*time.Hour)
		assert.Equal(t, []string{"1 05 10:00 success 2h30m0s", "2 05 12:30 success 2h30m0s"}, runs(t, server), version)
		assert.Equal(t, false, get(t, server, "periodic-agents/2/").fields(t)["enabled"], version)
	}
}

// A run by call doesn't change the time at which a waiting agent was due.
func TestWaitingAgentIsRunByCall(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 8 * * *"), sandbox.WithPeriodicAgent("acme", after(t, "0 10 * * *", 1, "success")))
	advance(t, server, 2*time.Hour)
	runNow(t, server, 2, sandbox.Outcome{})
	runNow(t, server, 1, sandbox.Outcome{})
	run, ok := server.RunDetails(3)
	assert.True(t, ok)
	assert.Equal(t, sandbox.RunCauseChain, run.Cause)
	assert.Equal(t, start.Add(time.Hour), run.DueAt)
}
