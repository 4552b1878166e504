package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestCreateAgentResponse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.January, 5, 10, 0, 0, 120_456_789, time.FixedZone("", 3600))
	server := newServer(t, withTestAccount(), sandbox.WithFrozenClock(now))
	got := send(t, server, http.MethodPost, "periodic-agents/",
		`{"mentor":"`+coach+`","title":" <b>&\u2028é\t ","task":{"crontab":{"minute":"0"},"start_time":"2026-01-05T00:00:00+02:00"}}`)
	assert.Equal(t, http.StatusCreated, got.status)
	assert.Equal(t, "application/json", got.header.Get("Content-Type"))
	assert.Equal(t, `{"id":1,"mentor":"`+coach+`","title":"<b>&\u2028é","username":"ada","description":"","prompt":"",`+
		`"task":{"id":1,"name":"periodic-agent-1","crontab":{"minute":"0","hour":"*","day_of_week":"*","day_of_month":"*","month_of_year":"*"},`+
		`"one_off":false,"start_time":"2026-01-04T22:00:00Z","enabled":true},`+
		`"created_at":"2026-01-05T09:00:00.120456Z","modified_at":"2026-01-05T09:00:00.120456Z","enabled":true,"one_off":false,`+
		`"platform_key":"acme","pathway":"","callback_url":"","callback_secret":"","parent_session_id":"","parent_mentor_id":null,`+
		`"previous_agent":null,"previous_agent_status":"success","previous_agent_output":""}`,
		got.body)
}

func TestRetrieveAgentResponse(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	single := get(t, server, "periodic-agents/1/").fields(t)
	mentor, ok := single["mentor"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, coach, mentor["unique_id"])
	assert.Equal(t, "2026-01-05T09:00:00Z", single["created_at"])
	assert.Equal(t, []any{single}, get(t, server, "periodic-agents/").fields(t)["results"])
}

func TestPutAndPatchKeepOmittedFields(t *testing.T) {
	t.Parallel()
	request := digest()
	request.Description = new("Keep me.")
	request.PreviousAgent = client.Value(int64(1))
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithPeriodicAgent("acme", request))
	c, ctx := newClient(t, server), t.Context()

	replaced, err := c.PeriodicAgents.Replace(ctx, 2, &client.PeriodicAgentCreateRequest{
		Mentor: coach, Title: "Evening digest",
	}, client.WithBodyField("task", map[string]any{"crontab": map[string]string{"minute": "30"}})) // the client itself sends all fields
	require.NoError(t, err)
	assert.Equal(t, "Evening digest", replaced.Title)
	assert.Equal(t, "Keep me.", replaced.Description)
	assert.Equal(t, client.CrontabSchedule{Minute: "30", Hour: "8", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, replaced.Task.Crontab)

	patched, err := c.PeriodicAgents.Update(ctx, 2, &client.PeriodicAgentUpdateRequest{Description: new(""), PreviousAgent: client.Null[int64]()})
	require.NoError(t, err)
	assert.Empty(t, patched.Description)
	assert.Nil(t, patched.PreviousAgent)
	assert.Equal(t, "Evening digest", patched.Title)

	_, err = c.PeriodicAgents.Replace(ctx, 2, &client.PeriodicAgentCreateRequest{Title: "x"}, client.WithBodyField("task", map[string]any{}))
	refusal := &client.Error{}
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, []client.FieldError{
		{Path: "mentor", Messages: []string{"This field is required."}},
		{Path: "task.crontab", Messages: []string{"This field is required."}},
	}, refusal.Fields)
}

func TestInvalidUpdateChangesNothing(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	before := get(t, server, "periodic-agents/1/").body
	got := send(t, server, http.MethodPatch, "periodic-agents/1/",
		`{"title":"changed","task":{"enabled":false,"crontab":{"minute":"1","hour":"24"}},"parent_mentor_id":5,"previous_agent_status":"bogus"}`)
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Equal(t, `{"task":{"crontab":{"hour":["'24', not in 0-23 for Hours"]}},"previous_agent_status":["\"bogus\" is not a valid choice."]}`, got.body)
	assert.Equal(t, before, get(t, server, "periodic-agents/1/").body)
}

// Django responds to these requests with 500.
func TestRequestsThatDjangoAnswersWith500(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	const huge = "9223372036854775808"
	for body, want := range map[string]string{
		`{"parent_mentor_id":` + huge + `}`:       `{"parent_mentor_id":["Ensure this value is less than or equal to 9223372036854775807."]}`,
		`{"parent_mentor_id":"-` + huge + `0"}`:   `{"parent_mentor_id":["Ensure this value is greater than or equal to -9223372036854775808."]}`,
		`{"previous_agent":` + huge + `}`:         `{"previous_agent":["Invalid pk \"` + huge + `\" - object does not exist."]}`,
		`{"previous_agent":1e300}`:                `{"previous_agent":["Invalid pk \"1e+300\" - object does not exist."]}`,
		`{"mentor":"\ud800"}`:                     `{"mentor":["“\ufffd\ufffd\ufffd” is not a valid UUID."]}`,
		`{"previous_agent_status":"\ud800"}`:      `{"previous_agent_status":["\"\ufffd\ufffd\ufffd\" is not a valid choice."]}`,
		strings.Repeat(`{"a":`, 5000) + `1`:       `{"detail":"JSON parse error - maximum recursion depth exceeded while decoding a JSON document"}`,
		strings.Repeat(`[`, 5000):                 `{"detail":"JSON parse error - maximum recursion depth exceeded while decoding a JSON document"}`,
		`{"task":` + strings.Repeat(`[`, 5) + `}`: `{"detail":"JSON parse error - Expecting value: line 1 column 14 (char 13)"}`,
	} {
		got := send(t, server, http.MethodPatch, "periodic-agents/1/", body)
		assert.Equal(t, http.StatusBadRequest, got.status)
		assert.JSONEq(t, want, got.body)
	}
}

func TestModifiedAt(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	advance(t, server, time.Hour)
	agent := send(t, server, http.MethodPatch, "periodic-agents/1/", `{}`).fields(t)
	assert.Equal(t, "2026-01-05T09:00:00Z", agent["created_at"])
	assert.Equal(t, "2026-01-05T10:00:00Z", agent["modified_at"])
}

func TestAgentBelongsToItsCreator(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "eve", APIKey: api.NewSecret("eve-key"), Member: true}))
	c := newClient(t, server, client.WithAPIKey(key))
	request := digest()
	created, err := c.PeriodicAgents.Create(t.Context(), &request, client.WithUsername("eve"))
	require.NoError(t, err)
	assert.Equal(t, "ada", created.Username)
}

func TestDeleteAgent(t *testing.T) {
	t.Parallel()
	follower := digest()
	follower.PreviousAgent = client.Value(int64(1))
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithPeriodicAgent("acme", follower))
	runNow(t, server, 1, sandbox.Outcome{})
	runNow(t, server, 2, sandbox.Outcome{})
	runNow(t, server, 1, sandbox.Outcome{})

	got := send(t, server, http.MethodDelete, "periodic-agents/1/", "")
	assert.Equal(t, http.StatusNoContent, got.status)
	assert.Empty(t, got.body)
	assert.Empty(t, got.header.Get("Content-Type"))
	assert.Equal(t, http.StatusNotFound, send(t, server, http.MethodDelete, "periodic-agents/1/", "").status)
	assert.Nil(t, get(t, server, "periodic-agents/2/").fields(t)["previous_agent"])
	logs := get(t, server, "periodic-agent-logs/").fields(t)
	assert.InDelta(t, 1, logs["count"], 0)
	assert.Equal(t, http.StatusNotFound, get(t, server, "periodic-agent-logs/1/").status)
	assert.Equal(t, http.StatusOK, get(t, server, "periodic-agent-logs/2/").status)

	created := send(t, server, http.MethodPost, "periodic-agents/", `{"mentor":"`+coach+`","title":"t","task":{"crontab":{}}}`).fields(t)
	assert.InDelta(t, 3, created["id"], 0, "ids are not used again")
}

func TestPreviousAgentOutput(t *testing.T) {
	t.Parallel()
	follower := digest()
	follower.PreviousAgent = client.Value(int64(1))
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithPeriodicAgent("acme", follower))
	assert.Empty(t, get(t, server, "periodic-agents/2/").fields(t)["previous_agent_output"])
	runNow(t, server, 1, sandbox.Outcome{Output: "first"})
	runNow(t, server, 1, sandbox.Outcome{Output: "second"})
	assert.Equal(t, "second", get(t, server, "periodic-agents/2/").fields(t)["previous_agent_output"])
	assert.Empty(t, get(t, server, "periodic-agents/1/").fields(t)["previous_agent_output"])
}
