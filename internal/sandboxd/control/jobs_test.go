package control

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// startJob starts a job without waiting for it.
func startJob(t testing.TB, s *server, target, body string) jobBody {
	t.Helper()
	r := s.do(t, http.MethodPost, target, body, "Prefer", "handling=strict, Respond-Async")
	require.Equal(t, http.StatusAccepted, r.status, r.body)
	assert.Equal(t, "respond-async", r.header.Get("Preference-Applied"))
	job := decode[jobBody](t, r)
	assert.Equal(t, fmt.Sprintf("/_sandbox/jobs/%d", job.ID), r.header.Get("Location"))
	return job
}

// waitForJob waits for the end of a job.
func waitForJob(t testing.TB, s *server, events <-chan streamEvent, id int64) jobBody {
	t.Helper()
	for {
		e := nextEvent(t, events, "job")
		if int64(e.data["job_id"].(float64)) == id && e.data["status"] != jobRunning {
			return get[jobBody](t, s, fmt.Sprintf("/_sandbox/jobs/%d", id))
		}
	}
}

// callbackSeed returns a seed with an agent that runs at 08:00 and posts to a
// receiver.
func callbackSeed(receiver string) string {
	return fmt.Sprintf(`
orgs: [{key: acme, accounts: [{username: ada, admin: true}], agents: [{title: A, task: {crontab: {minute: 0, hour: 8}}, callback_url: %q, outcomes: [{}]}]}]
`, receiver)
}

func TestJobs(t *testing.T) {
	t.Parallel()
	reached, respond := make(chan struct{}, 9), make(chan struct{})
	s := start(t, withSeed(t, callbackSeed(newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the client disconnects
		reached <- struct{}{}
		select {
		case <-respond:
		case <-r.Context().Done():
		}
	}))))
	events := watchEvents(t, s)
	job := startJob(t, s, "/_sandbox/clock", `{"advance": "1h"}`)
	assert.EqualValues(t, 1, job.ID)
	assert.Equal(t, "advance", job.Kind)
	assert.Equal(t, jobRunning, nextEvent(t, events, "job").data["status"])
	<-reached
	parse := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return at
	}
	job = get[jobBody](t, s, "/_sandbox/jobs/1")
	assert.Equal(t, &progressBody{parse(monday), parse("2026-01-05T08:00:00Z"), parse("2026-01-05T08:55:00Z")}, job.Progress, "the clock waits for the receiver")
	assert.Equal(t, jobRunning, job.State)
	assert.Nil(t, job.FinishedAt)
	nextEvent(t, events, "job") // a running job reports its progress

	close(respond)
	job = waitForJob(t, s, events, 1)
	assert.Equal(t, jobSucceeded, job.State)
	assert.NotNil(t, job.FinishedAt)
	assert.Equal(t, job.Progress.To, job.Progress.Now)
	assert.Equal(t, map[string]any{"now": "2026-01-05T08:55:00Z", "speed": 0.0, "runs": 1.0}, job.Result)

	fired := waitForJob(t, s, events, startJob(t, s, "/_sandbox/agents/1/fire", `{"status": "error"}`).ID)
	assert.Equal(t, "fire", fired.Kind)
	assert.EqualValues(t, 1, *fired.Target)
	assert.Equal(t, "error", fired.Result.(map[string]any)["log"].(map[string]any)["status"])
	resent := waitForJob(t, s, events, startJob(t, s, "/_sandbox/deliveries/1/resend", `{}`).ID)
	assert.EqualValues(t, 1, resent.Result.(map[string]any)["resent_from"])
	broken := waitForJob(t, s, events, startJob(t, s, "/_sandbox/seed", `{"orgs": []}`).ID)
	assert.Equal(t, jobFailed, broken.State)
	assert.Equal(t, "seed: line 1: orgs: has no org", broken.Error)
	assert.Nil(t, broken.Result)
	assert.Equal(t, jobSucceeded, waitForJob(t, s, events, startJob(t, s, "/_sandbox/reset", `{}`).ID).State)

	var kinds []string
	for _, job := range get[jobsBody](t, s, "/_sandbox/jobs").Jobs {
		kinds = append(kinds, job.Kind)
	}
	assert.Equal(t, []string{"reset", "seed", "resend", "fire", "advance"}, kinds)
	assert.Equal(t, jobSucceeded, send[jobBody](t, s, http.MethodPost, "/_sandbox/jobs/1/cancel", "{}").State, "the job had already finished")
}

// A canceled advance stops the clock at its current time, even if a receiver
// hangs.
func TestCanceledJob(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 9)
	s := start(t, withSeed(t, callbackSeed(newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- struct{}{}
		<-r.Context().Done()
	}))))
	events := watchEvents(t, s)
	job := startJob(t, s, "/_sandbox/clock", `{"advance": "1h"}`)
	<-reached
	second := s.do(t, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`)
	assert.Equal(t, http.StatusConflict, second.status)
	assert.Contains(t, second.reason(t), "being advanced")
	send[jobBody](t, s, http.MethodPost, fmt.Sprintf("/_sandbox/jobs/%d/cancel", job.ID), "{}")
	job = waitForJob(t, s, events, job.ID)
	assert.Equal(t, jobCanceled, job.State)
	assert.Equal(t, "2026-01-05T08:00:00Z", job.Progress.Now.Format(time.RFC3339))
	nextEvent(t, events, "clock")
	assert.Equal(t, "2026-01-05T08:00:00Z", get[clockBody](t, s, "/_sandbox/clock").Now.Format(time.RFC3339))
	assert.Equal(t, http.StatusNotFound, s.do(t, http.MethodPost, "/_sandbox/jobs/99/cancel", "{}").status)
}

// The server stores a limited number of finished jobs.
func TestOldJobs(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range maxJobs + 5 {
		send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"status": "error"}`)
	}
	assert.Len(t, get[jobsBody](t, s, "/_sandbox/jobs").Jobs, maxJobs)
	assert.Equal(t, http.StatusNotFound, s.do(t, http.MethodGet, "/_sandbox/jobs/1", "").status)
}

func TestRunDetails(t *testing.T) {
	t.Parallel()
	s := start(t, withSeed(t, `
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: First, prompt: "What came in?", task: {crontab: {minute: 0, hour: 9}}, outcomes: [{output: Two questions., log: Read., duration: 1m}], callback_url: inbox, callback_secret: s, logs: [{start_time: 2026-01-04T09:00:00Z, content: Old.}]}
  - {title: Second, prompt: Answer., task: {crontab: {minute: 30, hour: 8}}, previous_agent: First, previous_agent_status: running, outcomes: [{output: Done.}]}
  - {title: Third, task: {crontab: {minute: 30, hour: 9}}, previous_agent: Second, outcomes: [{}]}
`))
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "2h"}`)
	fired := send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"output": "By hand."}`).Log.ID

	run := get[fullRunBody](t, s, "/_sandbox/runs/2")
	assert.EqualValues(t, 2, run.Log.ID)
	assert.Equal(t, "First", run.Title)
	assert.Equal(t, "schedule", run.Cause)
	assert.Equal(t, "2026-01-05T09:00:00Z", run.DueAt.Format(time.RFC3339))
	assert.Equal(t, "What came in?", run.Prompt)
	assert.Equal(t, "Two questions.", run.Output)
	assert.Equal(t, "Read.", run.LogText)
	assert.Equal(t, new(int64(1)), run.Older)
	assert.Equal(t, &fired, run.Newer)
	require.Len(t, run.Deliveries, 1)
	assert.Equal(t, http.StatusNoContent, run.Deliveries[0].StatusCode)
	assert.Equal(t, []chainRunBody{
		{ID: 2, Agent: 1, Title: "First", Status: "success"},
		{ID: 3, Agent: 2, Title: "Second", Status: "success", Previous: new(int64(2))},
		{ID: 4, Agent: 3, Title: "Third", Status: "success", Previous: new(int64(3))},
	}, run.Chain)

	chained := get[fullRunBody](t, s, "/_sandbox/runs/3")
	assert.Equal(t, "chain", chained.Cause)
	assert.Equal(t, "2026-01-05T08:30:00Z", chained.DueAt.Format(time.RFC3339))
	assert.Equal(t, run.Chain, chained.Chain)
	assert.Empty(t, chained.Deliveries)
	byHand := get[fullRunBody](t, s, fmt.Sprintf("/_sandbox/runs/%d", fired))
	assert.Equal(t, "call", byHand.Cause)
	assert.Nil(t, byHand.DueAt)
	assert.Nil(t, byHand.Newer)
	seeded := get[fullRunBody](t, s, "/_sandbox/runs/1")
	assert.Empty(t, seeded.Cause)
	assert.Equal(t, "Old.", seeded.LogText)
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s := start(t)
	events := watchEvents(t, s)
	url := get[statusBody](t, s, "/_sandbox/status").InboxURL
	assert.Equal(t, s.url+"/_sandbox/inbox", url)
	log := send[logBody](t, s, http.MethodPost, "/_sandbox/agents/2/fire", `{"output": "Hello."}`).Log
	delivery := get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1")
	assert.Equal(t, http.StatusNoContent, delivery.StatusCode, "the first delivery succeeds")
	assert.EqualValues(t, 1, nextEvent(t, events, "inbox").data["inbox_id"])
	callback := get[fullReceivedCallbackBody](t, s, "/_sandbox/inbox/1")
	assert.Equal(t, receivedCallbackBody{ID: 1, At: callback.At, Org: "acme", AgentID: 2, Title: "Morning digest", LogID: log.ID, Status: "success", Signature: "valid"}, callback.receivedCallbackBody)
	assert.Equal(t, delivery.Body, callback.Body)
	assert.NotEmpty(t, callback.Header.Get("X-Hub-Signature-256"))
	list := get[receivedCallbacksBody](t, s, "/_sandbox/inbox")
	assert.Equal(t, []receivedCallbackBody{callback.receivedCallbackBody}, list.Callbacks)

	send[deliveryFaultBody](t, s, http.MethodPut, "/_sandbox/faults/deliveries/wrong", `{"wrong_signature": true, "times": 1}`)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/2/fire", `{"output": "Hello."}`)
	assert.Equal(t, http.StatusUnauthorized, get[fullDeliveryBody](t, s, "/_sandbox/deliveries/2").StatusCode)
	assert.Equal(t, "invalid", get[fullReceivedCallbackBody](t, s, "/_sandbox/inbox/2").Signature)

	// The agent is known before the log appears, and after the log is deleted.
	s.do(t, http.MethodDelete, fmt.Sprintf("/_sandbox/runs/%d", log.ID), "")
	assert.Equal(t, http.StatusNoContent, send[fullDeliveryBody](t, s, http.MethodPost, "/_sandbox/deliveries/1/resend", "{}").StatusCode)
	send[logDelayBody](t, s, http.MethodPost, "/_sandbox/log-delay", `{"delay": "1h"}`)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/2/fire", `{"output": "Hello."}`)
	assert.Equal(t, http.StatusNoContent, get[fullDeliveryBody](t, s, "/_sandbox/deliveries/4").StatusCode)
	late := get[fullReceivedCallbackBody](t, s, "/_sandbox/inbox/4")
	assert.Equal(t, "Morning digest", late.Title)
	for _, id := range []int64{log.ID, late.LogID} {
		assert.Equal(t, fmt.Sprintf("the log of run %d has not appeared yet, or was deleted", id), s.do(t, http.MethodGet, fmt.Sprintf("/_sandbox/runs/%d", id), "").reason(t))
	}
	send[logDelayBody](t, s, http.MethodPost, "/_sandbox/log-delay", `{"delay": "0s"}`)

	_, err := s.newClient(t).PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{CallbackURL: &url})
	require.NoError(t, err)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"output": "Unsigned."}`)
	assert.Equal(t, "none", get[fullReceivedCallbackBody](t, s, "/_sandbox/inbox/5").Signature)

	// Other bodies are stored, too.
	assert.Equal(t, http.StatusNoContent, s.do(t, http.MethodPost, "/_sandbox/inbox", "nonsense").status)
	assert.Equal(t, http.StatusUnauthorized, s.do(t, http.MethodPost, "/_sandbox/inbox", fmt.Sprintf(`{"log_id": %d}`, log.ID)).status, "the signature is missing")
	assert.Equal(t, http.StatusRequestEntityTooLarge, s.do(t, http.MethodPost, "/_sandbox/inbox", string(make([]byte, maxBodySize+1))).status)
	list = get[receivedCallbacksBody](t, s, "/_sandbox/inbox?limit=2")
	assert.EqualValues(t, 7, list.Total)
	assert.EqualValues(t, 7, list.Callbacks[0].ID, "newest first")
	assert.Len(t, list.Callbacks, 2)
	assert.Equal(t, http.StatusBadRequest, s.do(t, http.MethodGet, "/_sandbox/inbox?limit=0", "").status)

	for range maxInboxCallbacks {
		s.do(t, http.MethodPost, "/_sandbox/inbox", "{}")
	}
	assert.Equal(t, http.StatusNotFound, s.do(t, http.MethodGet, "/_sandbox/inbox/7", "").status, "the oldest are dropped")
	assert.EqualValues(t, 8, get[fullReceivedCallbackBody](t, s, "/_sandbox/inbox/8").ID)
	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Zero(t, get[receivedCallbacksBody](t, s, "/_sandbox/inbox").Total)
}
