package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newServerWithLogs returns a server with logs an hour apart: 1 and 3 of agent 1,
// and 2 and 4 of agent 2.
func newServerWithLogs(t *testing.T) *sandbox.Server {
	t.Helper()
	other := titled("Evening digest")
	other.Mentor, other.ParentMentorID, other.ParentSessionID = session, client.Value(int64(7)), new("s1")
	server := newTestServer(t,
		sandbox.WithMentor("acme", client.Mentor{UniqueID: coach}),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: session}),
		sandbox.WithPeriodicAgent("acme", digest()),
		sandbox.WithPeriodicAgent("acme", other),
	)
	for i, outcome := range []sandbox.Outcome{
		{Log: "Read the Überblick."},
		{Status: api.StatusError, Log: "Failed to read.", Duration: 2 * time.Second},
		{Status: api.StatusRunning},
		{Log: "Read again."},
	} {
		runNow(t, server, int64(i%2+1), outcome)
		advance(t, server, time.Hour)
	}
	return server
}

// ids returns the ids of a list's results, joined.
func ids(t *testing.T, a httpResponse) string {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.body)
	results, ok := a.fields(t)["results"].([]any)
	require.True(t, ok)
	text := ""
	for _, result := range results {
		fields, ok := result.(map[string]any)
		require.True(t, ok)
		text += fmt.Sprint(fields["id"])
	}
	return text
}

func TestRetrieveLogResponse(t *testing.T) {
	t.Parallel()
	server := newServerWithLogs(t)
	assert.Equal(t, `{"id":2,"content":"Failed to read.","status":"error","start_time":"2026-01-05T10:00:00Z","end_time":"2026-01-05T10:00:02Z",`+
		`"created_at":"2026-01-05T10:00:00Z","modified_at":"2026-01-05T10:00:02Z","periodic_agent":2}`,
		get(t, server, "periodic-agent-logs/2/").body)
	assert.Equal(t, `{"id":3,"content":"","status":"running","start_time":"2026-01-05T11:00:00Z","end_time":null,`+
		`"created_at":"2026-01-05T11:00:00Z","modified_at":"2026-01-05T11:00:00Z","periodic_agent":1}`,
		get(t, server, "periodic-agent-logs/3/").body)
	assert.JSONEq(t, `{"detail":"No PeriodicAgentLog matches the given query."}`, get(t, server, "periodic-agent-logs/9/").body)
}

func TestLogList(t *testing.T) {
	t.Parallel()
	server := newServerWithLogs(t)
	for query, want := range map[string]string{
		"":                                 "4321",
		"periodic_agent=2":                 "42",
		"periodic_agent=+2":                "42",
		"status=success":                   "41",
		"status=running":                   "3",
		"mentor_id=" + coach:               "31",
		"mentor_id=" + session:             "42",
		"parent_mentor_id=7":               "42",
		"parent_mentor_id=8":               "",
		"parent_session_id=s1":             "42",
		"username=ada":                     "4321",
		"username=eve":                     "",
		"status=success&periodic_agent=1":  "1",
		"search=read":                      "421",
		"search=read,again":                "4",
		"search=READ+überblick":            "1",
		"search=evening":                   "42",
		"search=evening+digest+nonsense":   "",
		"ordering=-created_at":             "4321",
		"ordering=periodic_agent,-id":      "3142",
		"ordering=-status":                 "1432",
		"ordering=end_time":                "1243",
		"ordering=-end_time":               "3421",
		"ordering=-modified_at":            "4321",
		"ordering=content":                 "3241",
		"ordering=start_time":              "1234",
		"ordering=nonsense":                "4321",
		"ordering=-id&page_size=2&page=2":  "21",
		"created_at=2026&nonsense=&status": "4321",
	} {
		assert.Equal(t, want, ids(t, get(t, server, "periodic-agent-logs/?"+query)), query)
	}
}

func TestInvalidLogFilters(t *testing.T) {
	t.Parallel()
	server := newServerWithLogs(t)
	const noAgent = `["Select a valid choice. That choice is not one of the available choices."]`
	for query, want := range map[string]string{
		"periodic_agent=9":    `{"periodic_agent":` + noAgent + `}`,
		"periodic_agent=x":    `{"periodic_agent":` + noAgent + `}`,
		"status=pending":      `{"status":["Select a valid choice. pending is not one of the available choices."]}`,
		"mentor_id=1":         `{"mentor_id":["Must be a valid UUID."]}`,
		"parent_mentor_id=x":  `{"parent_mentor_id":["Enter a number."]}`,
		"page=9":              `{"detail":"Invalid page."}`,
		"status=x&page=9":     `{"status":["Select a valid choice. x is not one of the available choices."]}`,
		"mentor_id=&page=-1":  `{"detail":"Invalid page."}`,
		"username=%00":        `{"username":["Null characters are not allowed."]}`,
		"status=x&username=a": `{"status":["Select a valid choice. x is not one of the available choices."]}`,
	} {
		got := get(t, server, "periodic-agent-logs/?"+query)
		assert.JSONEq(t, want, got.body, query)
		assert.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, got.status, query)
	}
}

func TestAgentList(t *testing.T) {
	t.Parallel()
	server := newServerWithLogs(t)
	third := send(t, server, http.MethodPost, "periodic-agents/", `{"mentor":"`+coach+`","title":"Third","previous_agent":2,"previous_agent_status":"error",
		"description":"About lists","prompt":"Say it","task":{"enabled":false,"crontab":{}}}`)
	require.Equal(t, http.StatusCreated, third.status, third.body)
	for query, want := range map[string]string{
		"":                            "123",
		"enabled=true":                "12",
		"enabled=0":                   "3",
		"enabled=maybe":               "123",
		"mentor_id=" + session:        "2",
		"parent_mentor_id=7":          "2",
		"parent_mentor_id=7.9":        "2",
		"parent_session_id=s1":        "2",
		"previous_agent=2":            "3",
		"previous_agent=1":            "",
		"previous_agent_status=error": "3",
		"status=pending":              "3",
		"status=running":              "1",
		"status=success":              "2",
		"status=error":                "",
		"title=Third":                 "3",
		"title=third":                 "",
		"username=ada":                "123",
		"search=digest":               "12",
		"search=lists+say":            "3",
		"ordering=-task__enabled":     "123",
		"ordering=task__enabled":      "312",
		"ordering=enabled":            "123",
		"ordering=task__one_off,-id":  "321",
		"ordering=title":              "213",
		"ordering=-mentor":            "213",
		"ordering=parent_mentor_id":   "213",
		"ordering=-parent_mentor_id":  "132",
		"ordering=-previous_agent,id": "123",
		"ordering=previous_agent":     "312",
		"ordering=previous_agent_status,description,prompt,pathway,callback_url,parent_session_id,username,modified_at,-created_at": "312",
	} {
		assert.Equal(t, want, ids(t, get(t, server, "periodic-agents/?"+query)), query)
	}
	assert.JSONEq(t, `{"status":["Select a valid choice. x is not one of the available choices."],"mentor_id":["Must be a valid UUID."]}`,
		get(t, server, "periodic-agents/?status=x&mentor_id=x").body)
}

// The content of a log holds the complete output of its run, and a log of a running
// run has no end.
func TestLogHoldsOutput(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	for _, test := range []struct {
		outcome sandbox.Outcome
		want    string
	}{
		{sandbox.Outcome{}, "Morning digest finished: success"},
		{sandbox.Outcome{Output: "Two essays."}, "Two essays."},
		{sandbox.Outcome{Log: "Loaded."}, "Loaded."},
		{sandbox.Outcome{Log: "Loaded.", Output: "Two essays."}, "Loaded.\n\nTwo essays."},
		{sandbox.Outcome{Log: "Loaded.\nTwo essays.\nDone.", Output: "Two essays."}, "Loaded.\nTwo essays.\nDone."},
		{sandbox.Outcome{Status: "error", Output: "Two e"}, "Two e"},
	} {
		log := runNow(t, server, 1, test.outcome).Log
		assert.Equal(t, test.want, log.Content)
		assert.NotNil(t, log.EndTime)
	}
	log := runNow(t, server, 1, sandbox.Outcome{Status: "running", Output: "Two essays."}).Log
	assert.Empty(t, log.Content)
	assert.Nil(t, log.EndTime)
}

// The status of an agent, and with it the statistics, is that of the first log in
// the default order.
func TestStatusIsThatOfNewestLog(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	statuses := []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning}
	var logs []client.PeriodicAgentLog
	for range 40 {
		log := client.PeriodicAgentLog{PeriodicAgent: 1 + random.Int64N(3), Status: statuses[random.IntN(3)], StartTime: at(random.IntN(20), 0)}
		if random.IntN(2) == 0 {
			log.CreatedAt = at(random.IntN(20), 0)
		}
		logs = append(logs, log)
	}
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest(), digest(), digest()), sandbox.WithPeriodicAgentLog("acme", logs...))
	c := newClient(t, server)
	for range 5 {
		counts := map[api.Status]int64{}
		for id := range int64(3) {
			newest, err := c.PeriodicAgentLogs.List(t.Context(), &client.PeriodicAgentLogListParams{PeriodicAgent: id + 1, PageSize: 1})
			require.NoError(t, err)
			state, err := server.AgentState(id + 1)
			require.NoError(t, err)
			assert.Equal(t, newest.Results[0].Status, state.Status)
			counts[state.Status]++
		}
		statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 3, SucceededTasks: counts["success"], FailedTasks: counts["error"], RunningTasks: counts["running"]}, statistics)
		runNow(t, server, 1+random.Int64N(3), sandbox.Outcome{Status: statuses[random.IntN(3)]})
		advance(t, server, 3*time.Hour)
	}
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	server := newServerWithLogs(t)
	c, ctx := newClient(t, server), t.Context()
	request := titled("Third")
	_, err := c.PeriodicAgents.Create(ctx, &request)
	require.NoError(t, err)

	all, err := c.PeriodicAgents.Statistics(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 3, SucceededTasks: 1, RunningTasks: 1, PendingTasks: 1}, all)
	runNow(t, server, 2, sandbox.Outcome{Status: api.StatusError})
	one, err := c.PeriodicAgents.Statistics(ctx, &client.PeriodicAgentStatisticsParams{MentorID: session})
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 1, FailedTasks: 1}, one)
	none, err := c.PeriodicAgents.Statistics(ctx, &client.PeriodicAgentStatisticsParams{MentorID: "00000000-0000-0000-0000-000000000000"})
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{}, none)
	assert.JSONEq(t, `{"mentor_id":["Must be a valid UUID."]}`, get(t, server, "periodic-agents/statistics/?mentor_id=x").body)
}
