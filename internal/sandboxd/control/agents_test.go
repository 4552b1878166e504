package control

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestFire(t *testing.T) {
	t.Parallel()
	s := start(t)
	fire := func(body string) *client.PeriodicAgentLog {
		return send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", body).Log
	}
	log := fire(`{}`)
	assert.Equal(t, api.StatusRunning, log.Status, "the run ends when the clock reaches its end")
	assert.EqualValues(t, 1, log.PeriodicAgent)
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "10s"}`)
	ended, err := s.newClient(t).PeriodicAgentLogs.Get(t.Context(), log.ID)
	require.NoError(t, err)
	assert.NotEqual(t, api.StatusRunning, ended.Status)

	log = fire(`{"status": "error", "log": "<b>No</b> 📚", "duration": "3s"}`)
	assert.Equal(t, api.StatusError, log.Status)
	assert.Equal(t, "<b>No</b> 📚", log.Content)
	assert.Equal(t, 3*time.Second, log.EndTime.Sub(log.StartTime.Time))
	assert.Equal(t, api.StatusSuccess, fire(`{"output": "Yes."}`).Status)
	log = fire(`{"status": "running"}`)
	assert.Equal(t, api.StatusRunning, log.Status)
	assert.Nil(t, log.EndTime)

	for body, want := range map[string]string{
		`{"status": "pending"}`: "must be one of success, error, running",
		`{"duration": "1y"}`:    "must be a duration",
		`{"duration": "800h"}`:  "from 0s to 744h0m0s",
		`{"output": null}`:      "must be a string, not null",
	} {
		a := s.do(t, http.MethodPost, "/_sandbox/agents/1/fire", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want, body)
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	s := start(t)
	digest := get[agentScheduleBody](t, s, "/_sandbox/agents/2/schedule?n=2")
	eight := time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)
	assert.Equal(t, agentScheduleBody{
		scheduleBody: scheduleBody{
			Description: "At 08:00 on Monday through Friday",
			NextRuns:    []time.Time{eight, eight.AddDate(0, 0, 1)},
			Verdict:     "runs",
			Findings:    []findingBody{},
		},
		NextRun:     &eight,
		Explanation: digest.Explanation,
	}, digest)
	assert.NotEmpty(t, digest.Explanation)
	assert.Len(t, get[agentScheduleBody](t, s, "/_sandbox/agents/2/schedule").NextRuns, 5)
	assert.Empty(t, get[agentScheduleBody](t, s, "/_sandbox/agents/2/schedule?n=0").NextRuns)

	// Reply drafts waits for Inbox watch, which fails.
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"status": "error"}`)
	c := s.newClient(t)
	_, err := c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false)}})
	require.NoError(t, err)
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "10m"}`)
	assert.True(t, get[agentScheduleBody](t, s, "/_sandbox/agents/3/schedule").Waiting)
	disabled := get[agentScheduleBody](t, s, "/_sandbox/agents/1/schedule")
	assert.Nil(t, disabled.NextRun)
	assert.Empty(t, disabled.NextRuns)
	assert.Equal(t, "Every 5 minutes", disabled.Description)

	_, err = c.PeriodicAgents.Update(t.Context(), 2,
		&client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{DayOfWeek: "7"}}}, client.AllowUnrunnable())
	require.NoError(t, err)
	never := get[agentScheduleBody](t, s, "/_sandbox/agents/2/schedule")
	assert.Equal(t, "never runs", never.Verdict)
	assert.Nil(t, never.NextRun)
	assert.Empty(t, never.NextRuns)
	assert.Empty(t, never.Description)
	require.Len(t, never.Findings, 1)
	assert.Equal(t, "0", never.Findings[0].Suggestion)

	all := get[struct {
		Schedules map[string]scheduleSummaryBody `json:"schedules"`
	}](t, s, "/_sandbox/schedules?ids=3,1,2,99").Schedules
	assert.Len(t, all, 3)
	assert.True(t, all["3"].Waiting)
	assert.Equal(t, "Every 15 minutes", all["3"].Description)
	assert.NotNil(t, all["3"].NextRun)
	assert.Equal(t, "never runs", all["2"].Verdict)
	assert.Nil(t, all["2"].NextRun)

	for query, want := range map[string]string{
		"agents/1/schedule?n=-1":                         "n must be an integer from 0 to 100",
		"agents/1/schedule?n=101":                        "n must be an integer from 0 to 100",
		"agents/1/schedule?n=":                           "n must be an integer from 0 to 100",
		"schedules":                                      "ids must be ids separated by commas",
		"schedules?ids=1,x":                              "ids must be ids separated by commas",
		"schedules?ids=1" + strings.Repeat(",1", 200):    "at most 200",
		"crontab?n=x":                                    "n must be an integer",
		"schedules?ids=99999999999999999999999999999999": "ids must be ids",
	} {
		a := s.do(t, http.MethodGet, "/_sandbox/"+query, "")
		assert.Equal(t, http.StatusBadRequest, a.status, query)
		assert.Contains(t, a.reason(t), want, query)
	}
}

func TestCrontab(t *testing.T) {
	t.Parallel()
	s := start(t)
	explain := func(query string) scheduleBody { return get[scheduleBody](t, s, "/_sandbox/crontab?"+query) }
	assert.Equal(t, "Every minute", explain("").Description)
	digest := explain("minute=0&hour=8&day_of_week=mon-fri&day_of_month=*&month_of_year=*&n=1")
	assert.Equal(t, scheduleBody{
		Description: "At 08:00 on Monday through Friday",
		NextRuns:    []time.Time{time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)},
		Verdict:     "runs",
		Findings:    []findingBody{},
	}, digest)
	january := explain("month_of_year=jan")
	assert.Equal(t, "depends on the release of celery", january.Verdict)
	assert.NotEmpty(t, january.NextRuns)
	assert.Equal(t, "1", january.Findings[0].Suggestion)
	assert.Equal(t, "never runs", explain("day_of_month=31&month_of_year=2").Verdict)
	for _, bad := range []string{"hour=24", "hour=", "hour=%20", "minute=" + strings.Repeat("1,", 1000), "minute=%3Cscript%3E"} {
		rejected := explain(bad)
		assert.Equal(t, "refused by the API", rejected.Verdict, bad)
		assert.Empty(t, rejected.Description, bad)
		assert.Empty(t, rejected.NextRuns, bad)
		assert.NotEmpty(t, rejected.Findings[0].Reason, bad)
	}
}
