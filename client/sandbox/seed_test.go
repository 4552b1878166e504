package sandbox_test

import (
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// at returns a time on the day of start.
func at(hour, minute int) client.Time {
	return client.Time{Time: time.Date(2026, time.January, 5, hour, minute, 0, 0, time.UTC)}
}

func TestAgentsOfOneOption(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme"), sandbox.WithPeriodicAgent("acme", titled("a"), titled("b")), sandbox.WithPeriodicAgent("acme", titled("c")))
	assert.Equal(t, "123", ids(t, get(t, server, "periodic-agents/?ordering=title")))
}

func TestPastRunAsRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		log  client.PeriodicAgentLog
		want string
	}{
		"all is filled in": {
			client.PeriodicAgentLog{},
			`{"id":1,"content":"","status":"success","start_time":"2026-01-05T09:00:00Z","end_time":"2026-01-05T09:00:00Z",` +
				`"created_at":"2026-01-05T09:00:00Z","modified_at":"2026-01-05T09:00:00Z","periodic_agent":1}`,
		},
		"a run that still runs has no end": {
			client.PeriodicAgentLog{Status: api.StatusRunning, StartTime: at(8, 0)},
			`{"id":1,"content":"","status":"running","start_time":"2026-01-05T08:00:00Z","end_time":null,` +
				`"created_at":"2026-01-05T08:00:00Z","modified_at":"2026-01-05T08:00:00Z","periodic_agent":1}`,
		},
		"nothing is left to be filled in": {
			client.PeriodicAgentLog{
				ID: 7, Content: "no\xff", Status: api.StatusError,
				StartTime: at(8, 1), EndTime: new(at(8, 2)), CreatedAt: at(8, 3), ModifiedAt: at(8, 4),
			},
			`{"id":7,"content":"no` + "\ufffd" + `","status":"error","start_time":"2026-01-05T08:01:00Z","end_time":"2026-01-05T08:02:00Z",` +
				`"created_at":"2026-01-05T08:03:00Z","modified_at":"2026-01-05T08:04:00Z","periodic_agent":1}`,
		},
		"start is the end": {
			client.PeriodicAgentLog{EndTime: new(at(8, 0))},
			`{"id":1,"content":"","status":"success","start_time":"2026-01-05T08:00:00Z","end_time":"2026-01-05T08:00:00Z",` +
				`"created_at":"2026-01-05T08:00:00Z","modified_at":"2026-01-05T08:00:00Z","periodic_agent":1}`,
		},
		"modified at the end": {
			client.PeriodicAgentLog{StartTime: at(8, 0), EndTime: new(at(8, 1))},
			`{"id":1,"content":"","status":"success","start_time":"2026-01-05T08:00:00Z","end_time":"2026-01-05T08:01:00Z",` +
				`"created_at":"2026-01-05T08:00:00Z","modified_at":"2026-01-05T08:01:00Z","periodic_agent":1}`,
		},
		"an end that is no time is none": {
			client.PeriodicAgentLog{StartTime: at(8, 0), EndTime: &client.Time{}},
			`{"id":1,"content":"","status":"success","start_time":"2026-01-05T08:00:00Z","end_time":"2026-01-05T08:00:00Z",` +
				`"created_at":"2026-01-05T08:00:00Z","modified_at":"2026-01-05T08:00:00Z","periodic_agent":1}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.log.PeriodicAgent = 1
			id := max(1, test.log.ID)
			server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithPeriodicAgentLog("acme", test.log))
			assert.Equal(t, test.want, get(t, server, fmt.Sprintf("periodic-agent-logs/%d/", id)).body)
		})
	}
}

func TestPastRunsAreOrderedByTimeAndID(t *testing.T) {
	t.Parallel()
	log := func(id int64) client.PeriodicAgentLog { return client.PeriodicAgentLog{ID: id, PeriodicAgent: 1} }
	server := newTestServer(t,
		sandbox.WithPeriodicAgent("acme", digest()),
		sandbox.WithPeriodicAgentLog("acme", log(5), log(2), log(0)),
		sandbox.WithPeriodicAgentLog("acme", log(1), log(0), log(3)),
	)
	assert.Equal(t, "765321", ids(t, get(t, server, "periodic-agent-logs/")))
	assert.EqualValues(t, 8, runNow(t, server, 1, sandbox.Outcome{}).Log.ID)
	assert.Equal(t, http.StatusOK, get(t, server, "periodic-agent-logs/8/").status)
}

func TestLatestPastRun(t *testing.T) {
	t.Parallel()
	log := func(agent int64, hour int, status api.Status) client.PeriodicAgentLog {
		return client.PeriodicAgentLog{PeriodicAgent: agent, StartTime: at(hour, 0), Status: status}
	}
	server := newTestServer(t,
		sandbox.WithPeriodicAgent("acme", digest(), digest(), digest(), digest()),
		sandbox.WithPeriodicAgentLog("acme",
			log(1, 8, api.StatusError), log(1, 7, api.StatusSuccess),
			log(2, 7, api.StatusError), log(2, 8, api.StatusRunning),
			log(3, 8, api.StatusError), log(3, 8, api.StatusSuccess),
		),
	)
	got, err := newClient(t, server).PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 4, SucceededTasks: 1, FailedTasks: 1, RunningTasks: 1, PendingTasks: 1}, got)
	runNow(t, server, 1, sandbox.Outcome{})
	assert.Equal(t, "13", ids(t, get(t, server, "periodic-agents/?status=success")))
}

func TestInvalidPastRuns(t *testing.T) {
	t.Parallel()
	fine := client.PeriodicAgentLog{PeriodicAgent: 1}
	for want, log := range map[string]client.PeriodicAgentLog{
		`ID is -1, but ids start at 1`: {ID: -1, PeriodicAgent: 1},
		`StartTime, EndTime, CreatedAt or ModifiedAt is 10000-01-01 00:00:00 +0000 UTC, but must be in the years 1 to 9999`: {PeriodicAgent: 1, CreatedAt: inYear(10000)},
		`StartTime, EndTime, CreatedAt or ModifiedAt is -0001-01-01 00:00:00 +0000 UTC, but must be in the years 1 to 9999`: {PeriodicAgent: 1, EndTime: new(inYear(-1))},
		`ID is 1, which is another log's id`:                                         {ID: 1, PeriodicAgent: 1},
		`PeriodicAgent is 0, but org "acme" has no such agent`:                       {},
		`PeriodicAgent is 2, but org "acme" has no such agent`:                       {PeriodicAgent: 2},
		`Status is "pending", but must be success, error or running`:                 {PeriodicAgent: 1, Status: "pending"},
		`EndTime is 2026-01-05T08:00:00Z, before the StartTime 2026-01-05T08:01:00Z`: {PeriodicAgent: 1, StartTime: at(8, 1), EndTime: new(at(8, 0))},
		`EndTime is set, but the Status is running`:                                  {PeriodicAgent: 1, Status: "running", EndTime: new(at(8, 0))},
	} {
		_, err := sandbox.New(
			sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada"}),
			sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
			sandbox.WithPeriodicAgent("acme", digest()),
			sandbox.WithPeriodicAgent("library", client.PeriodicAgentCreateRequest{Title: "t", Task: digest().Task}),
			sandbox.WithPeriodicAgentLog("acme", fine, log),
		)
		require.EqualError(t, err, "ibl.ai: WithPeriodicAgentLog[1]."+want)
		require.ErrorAs(t, err, new(*api.ArgumentError))
	}
	_, err := sandbox.New(sandbox.WithPeriodicAgentLog("nowhere"))
	require.EqualError(t, err, `ibl.ai: WithPeriodicAgentLog has org "nowhere", which has no account`)
}

// All orgs share the ids of logs.
func TestPastRunsOfTwoOrgs(t *testing.T) {
	t.Parallel()
	options := []sandbox.Option{
		withTestAccount(),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
		sandbox.WithPeriodicAgent("acme", digest()),
		sandbox.WithPeriodicAgent("library", client.PeriodicAgentCreateRequest{Title: "t", Task: digest().Task}),
		sandbox.WithPeriodicAgentLog("library", client.PeriodicAgentLog{PeriodicAgent: 2}),
		sandbox.WithPeriodicAgentLog("acme", client.PeriodicAgentLog{PeriodicAgent: 1}),
	}
	assert.Equal(t, "2", ids(t, get(t, newServer(t, options...), "periodic-agent-logs/")))
	_, err := sandbox.New(append(options, sandbox.WithPeriodicAgentLog("acme", client.PeriodicAgentLog{ID: 1, PeriodicAgent: 1}))...)
	require.EqualError(t, err, "ibl.ai: WithPeriodicAgentLog[0].ID is 1, which is another log's id")
}

func TestPastRunsGoWithTheirAgent(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest(), digest()),
		sandbox.WithPeriodicAgentLog("acme", client.PeriodicAgentLog{PeriodicAgent: 1}, client.PeriodicAgentLog{PeriodicAgent: 2}, client.PeriodicAgentLog{PeriodicAgent: 1}))
	assert.Equal(t, http.StatusNoContent, send(t, server, http.MethodDelete, "periodic-agents/1/", "").status)
	assert.Equal(t, "2", ids(t, get(t, server, "periodic-agent-logs/?search=digest&username=ada")))
	assert.Equal(t, http.StatusNoContent, send(t, server, http.MethodDelete, "periodic-agents/2/", "").status)
	assert.Empty(t, ids(t, get(t, server, "periodic-agent-logs/?search=digest&ordering=-id")))
}

func inYear(year int) client.Time {
	return client.Time{Time: time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)}
}

// Python has the years 1 to 9999 only, so the service can't store other times.
func TestTimesOfOtherYears(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	for _, year := range []int{-1, 10000} {
		_, err := server.AddMentor("acme", client.Mentor{CreatedAt: new(inYear(year))})
		require.ErrorContains(t, err, "is not in the years 1 to 9999")
		err = server.AddChatSession("acme", sandbox.ChatSession{ID: "497f6eca-6276-4993-bfeb-53cbbbba6f09", Username: "ada", Messages: []client.ChatMessage{{InsertedAt: inYear(year)}}})
		require.ErrorContains(t, err, "is not in the years 1 to 9999")
	}
}

// The ids of later logs don't overflow.
func TestHighestID(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", titled("a")))
	for _, want := range []int64{math.MaxInt64, 0} {
		added, err := server.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{ID: want, PeriodicAgent: 1})
		require.NoError(t, err)
		assert.Positive(t, added.ID)
	}
}
