package sandbox_test

import (
	"io"
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

// Everything that options add can be added later.
func TestAddToRunningSandbox(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	account, err := server.AddAccount(sandbox.Account{Org: "library", Username: "grace"})
	require.NoError(t, err)
	assert.Len(t, account.APIKey.Reveal(), 64)
	assert.Len(t, server.Accounts(), 2)
	mentor, err := server.AddMentor("library", client.Mentor{Name: "Cataloguer"})
	require.NoError(t, err)
	assert.Equal(t, "mentor-3", mentor.Slug)
	agent, err := server.AddPeriodicAgent("library", client.PeriodicAgentCreateRequest{Mentor: mentor.UniqueID, Title: "New books", Task: digest().Task})
	require.NoError(t, err)
	assert.Equal(t, "grace", agent.Username)
	log, err := server.AddPeriodicAgentLog("library", client.PeriodicAgentLog{ID: 7, PeriodicAgent: agent.ID, Status: api.StatusError, StartTime: at(8, 0)})
	require.NoError(t, err)
	require.NoError(t, server.AddChatSession("library", sandbox.ChatSession{ID: session, Title: "Essays"}))

	options, err := server.ClientOptionsFor("library", "grace")
	require.NoError(t, err)
	c, err := client.New(options...)
	require.NoError(t, err)
	mentors, err := c.Mentors.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, mentors.Results, 2, "a new org has a mentor")
	stored, err := c.PeriodicAgentLogs.Get(t.Context(), 7)
	require.NoError(t, err)
	assert.Equal(t, log, stored)
	statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 1, FailedTasks: 1}, statistics)
	_, err = c.PinnedMessages.Create(t.Context(), session)
	require.NoError(t, err)
	pins, err := c.PinnedMessages.List(t.Context(), session)
	require.NoError(t, err)
	assert.Len(t, pins.Results, 1)
	assert.Equal(t, 1, advance(t, server, 24*time.Hour))
}

func TestInvalidAdditions(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session}))
	runNow(t, server, 1, sandbox.Outcome{})
	for want, add := range map[string]func() error{
		`AddAccount.Org is empty`:                                            func() error { _, err := server.AddAccount(sandbox.Account{}); return err },
		`AddAccount.Username is "ada", which org "acme" has already`:         func() error { _, err := server.AddAccount(sandbox.Account{Org: "acme", Username: "ada"}); return err },
		`AddMentor has org "x", which has no account`:                        func() error { _, err := server.AddMentor("x", client.Mentor{}); return err },
		`AddMentor.ID is 1, which is another mentor's id`:                    func() error { _, err := server.AddMentor("acme", client.Mentor{ID: 1}); return err },
		`AddPeriodicAgent has org "x", which has no account`:                 func() error { _, err := server.AddPeriodicAgent("x", digest()); return err },
		`AddPeriodicAgent is invalid: {"title":["This field is required."]}`: func() error { _, err := server.AddPeriodicAgent("acme", titled("")); return err },
		`AddPeriodicAgentLog.ID is 1, which is another log's id`: func() error {
			_, err := server.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{ID: 1, PeriodicAgent: 1})
			return err
		},
		`AddPeriodicAgentLog.PeriodicAgent is 2, but org "acme" has no such agent`: func() error {
			_, err := server.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{PeriodicAgent: 2})
			return err
		},
		`AddChatSession.ID is "` + session + `", which is another session's id`: func() error { return server.AddChatSession("acme", sandbox.ChatSession{ID: session}) },
		`AddChatSession.Username is "bob", but org "acme" has no such account`:  func() error { return server.AddChatSession("acme", sandbox.ChatSession{ID: coach, Username: "bob"}) },
		`d is -1ns, but must not be negative`:                                   func() error { return server.SetLogDelay(-1) },
		`id is "x", which is not an operation of the API`:                       func() error { return server.HandleOperation("x", nil) },
	} {
		err := add()
		require.EqualError(t, err, "ibl.ai: "+want)
		assert.ErrorAs(t, err, new(*api.ArgumentError))
	}
}

// A log that appears late has a lower id than logs that were listed before.
func TestLateLogs(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"), sandbox.WithPeriodicAgent("acme", after(t, "0 10 * * *", 1, "success")))
	require.NoError(t, server.SetLogDelay(10*time.Minute))
	assert.Equal(t, 10*time.Minute, server.LogDelay())
	assert.Equal(t, 1, advance(t, server, 65*time.Minute))
	assert.Empty(t, runs(t, server))
	state, err := server.AgentState(1)
	require.NoError(t, err)
	assert.Equal(t, api.StatusPending, state.Status)
	require.NoError(t, server.SetLogDelay(0))
	assert.EqualValues(t, 2, runNow(t, server, 1, sandbox.Outcome{Status: "error"}).Log.ID)
	assert.Equal(t, "2", ids(t, get(t, server, "periodic-agent-logs/")))
	_, err = server.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{ID: 1, PeriodicAgent: 1})
	require.ErrorContains(t, err, "AddPeriodicAgentLog.ID is 1, which is another log's id")
	advance(t, server, 10*time.Minute)
	assert.Equal(t, "21", ids(t, get(t, server, "periodic-agent-logs/")))
}

func TestDeleteLog(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest(), after(t, "0 10 * * *", 1, "success")))
	runNow(t, server, 1, sandbox.Outcome{})
	runNow(t, server, 1, sandbox.Outcome{Status: "error"})
	assert.Equal(t, 0, advance(t, server, time.Hour), "agent 2 waits")
	assert.True(t, server.DeletePeriodicAgentLog(2))
	assert.False(t, server.DeletePeriodicAgentLog(2))
	assert.Equal(t, "1", ids(t, get(t, server, "periodic-agent-logs/")))
	state, err := server.AgentState(1)
	require.NoError(t, err)
	assert.Equal(t, api.StatusSuccess, state.Status)
	assert.Equal(t, 1, advance(t, server, 0), "agent 1 has the required status")
	assert.EqualValues(t, 3, runNow(t, server, 1, sandbox.Outcome{}).Log.ID-1, "ids are not used again")
	_, err = server.AddPeriodicAgentLog("acme", client.PeriodicAgentLog{ID: 2, PeriodicAgent: 1})
	require.NoError(t, err, "a deleted log can be added again")
	assert.True(t, server.DeletePeriodicAgentLog(2))
}

// A run has details before its log appears, and after its log is deleted.
func TestDetailsWithoutLog(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withSchedule(t, "0 * * * *"))
	require.NoError(t, server.SetLogDelay(10*time.Minute))
	check := func() {
		t.Helper()
		details, ok := server.RunDetails(1)
		assert.True(t, ok)
		assert.EqualValues(t, 1, details.AgentID)
	}
	advance(t, server, time.Hour)
	check()
	assert.False(t, server.DeletePeriodicAgentLog(1), "it hasn't appeared")
	advance(t, server, 10*time.Minute)
	check()
	assert.True(t, server.DeletePeriodicAgentLog(1))
	check()
	assert.False(t, server.DeletePeriodicAgentLog(1))
	advance(t, server, 50*time.Minute)
	require.NoError(t, newClient(t, server).PeriodicAgents.Delete(t.Context(), 1))
	for id := range int64(3) {
		_, ok := server.RunDetails(id)
		assert.False(t, ok, "the agent was deleted")
	}
}

// A session that belongs to a user can be pinned by nobody else.
func TestSessionsOfUsers(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "bob"}),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, Username: "bob"}))
	c := newClient(t, server)
	_, err := c.PinnedMessages.Create(t.Context(), session)
	require.ErrorIs(t, err, client.ErrNotFound)
	_, err = c.PinnedMessages.Create(t.Context(), session, client.WithUsername("bob"))
	require.NoError(t, err)
}

// The service is down from 9:10 to 9:15.
func TestFaultsByTime(t *testing.T) {
	t.Parallel()
	request := withCallback("http://127.0.0.1/", secret)
	request.Task.Crontab = client.CrontabSchedule{Minute: "*/5"}
	outage := sandbox.Between(start.Add(10*time.Minute), start.Add(15*time.Minute))
	outage.Skip = 1
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request),
		sandbox.WithFaults(sandbox.Fault{Selection: outage, Effect: sandbox.RespondWith(502)}),
		sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Selection: sandbox.Between(time.Time{}, start.Add(10*time.Minute)), Effect: sandbox.DeliveryEffect{Drop: true}}),
		withReceiver(func(*http.Request) (*http.Response, error) { return respond(http.StatusNoContent, ""), nil }))
	var statuses []int
	for range 4 {
		for range 2 {
			statuses = append(statuses, get(t, server, "periodic-agents/").status)
		}
		advance(t, server, 5*time.Minute)
	}
	assert.Equal(t, []int{200, 200, 200, 200, 200, 502, 200, 200}, statuses)
	var dropped []bool
	for _, delivery := range deliveriesOf(server) {
		dropped = append(dropped, delivery.Effect.Drop)
	}
	assert.Equal(t, []bool{true, false, false, false}, dropped)
}

// A handler replaces an operation; faults still apply, and requests are recorded.
func TestHandleOperation(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	require.NoError(t, server.HandleOperation(createAgent, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		w.Header().Set("X-Mine", "1")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(body)
	})))
	c, base := plainClient(), server.URL
	got, err := try(t, c, base, http.MethodPost, userPath+"periodic-agents/", `{"a":1}`)
	require.NoError(t, err)
	assert.Equal(t, http.StatusTeapot, got.status)
	assert.Equal(t, `{"a":1}`, got.body)
	assert.Equal(t, "1", got.header.Get("X-Mine"))
	assert.Equal(t, start.Format(http.TimeFormat), got.header.Get("Date"))
	assert.Equal(t, http.StatusTeapot, latest(t, server).StatusCode)
	assert.Equal(t, http.StatusOK, get(t, server, "periodic-agents/").status)
	setFaults(t, server, sandbox.Fault{Effect: sandbox.RespondWith(503)})
	assert.Equal(t, http.StatusServiceUnavailable, send(t, server, http.MethodPost, "periodic-agents/", "{}").status)
	setFaults(t, server)
	require.NoError(t, server.HandleOperation(createAgent, nil))
	assert.Equal(t, http.StatusBadRequest, send(t, server, http.MethodPost, "periodic-agents/", "{}").status)
}

// A handler streams its response, unless a fault changes it.
func TestHandlerFlushes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			w.WriteHeader(http.StatusAccepted)
			for _, text := range []string{"first, ", "second, ", "third"} {
				_, _ = io.WriteString(w, text)
				assert.NoError(t, http.NewResponseController(w).Flush())
				time.Sleep(time.Minute)
			}
			_, _ = io.WriteString(w, ".")
			w.Header().Set("X-Sum", "3")
		})))
		for _, effect := range []sandbox.RequestEffect{{Latency: time.Millisecond}, {Latency: time.Hour}, {BytesPerSecond: 1000}} {
			setFaults(t, sb, sandbox.Fault{Effect: effect})
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+userPath, http.NoBody)
			require.NoError(t, err)
			response, err := sb.HTTPClient().Do(request)
			require.NoError(t, err)
			assert.Equal(t, http.StatusAccepted, response.StatusCode)
			assert.Equal(t, sb.Now().UTC().Format(http.TimeFormat), response.Header.Get("Date"))
			began := time.Now()
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, "first, second, third.", string(body))
			assert.Equal(t, string(body), string(latest(t, sb).ResponseBody))
			if effect.BytesPerSecond == 0 {
				assert.Equal(t, 3*time.Minute, time.Since(began))
				assert.Equal(t, "3", response.Trailer.Get("X-Sum"))
			} else {
				assert.Less(t, time.Since(began), time.Second)
			}
		}
	})
}
