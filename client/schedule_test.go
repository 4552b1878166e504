package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestUnrunnableScheduleIsNotSent(t *testing.T) {
	t.Parallel()
	sb, c := newSandbox(t)
	mentor := sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID
	agent := newAgent(t, c, "Digest")
	for _, never := range []client.CrontabSchedule{
		{Minute: "0", DayOfWeek: "7"},
		{Minute: "0", DayOfMonth: "31", MonthOfYear: "2"},
	} {
		request := &client.PeriodicAgentCreateRequest{Mentor: mentor, Title: "Never", Task: client.PeriodicTaskRequest{Crontab: never}}
		changes := &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: &never}}
		for method, send := range map[string]func(...client.WriteOption) error{
			"Create": func(o ...client.WriteOption) error {
				_, err := c.PeriodicAgents.Create(t.Context(), request, o...)
				return err
			},
			"Replace": func(o ...client.WriteOption) error {
				_, err := c.PeriodicAgents.Replace(t.Context(), agent.ID, request, o...)
				return err
			},
			"Update": func(o ...client.WriteOption) error {
				_, err := c.PeriodicAgents.Update(t.Context(), agent.ID, changes, o...)
				return err
			},
		} {
			refused := requireArgumentError(t, send())
			assert.Equal(t, "task.crontab", refused.Argument)
			unrunnable, ok := errors.AsType[*client.UnrunnableError](refused)
			require.True(t, ok, "%s %v", method, never)
			assert.Equal(t, crontab.NeverRuns, unrunnable.Report.Verdict)
			for _, finding := range unrunnable.Report.Findings {
				assert.ErrorContains(t, refused, finding.String())
			}
			assert.ErrorContains(t, refused, "ibl.ai: task.crontab would be stored but never run: ")
			require.NoError(t, send(client.AllowUnrunnable()), "%s %v: the service accepts it", method, never)
		}
	}

	_, err := c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Minute: "60"}},
	})
	require.ErrorIs(t, err, client.ErrValidation, "schedules that the service refuses are left to it")
}

// Create and Replace send all fields of a crontab, since the service keeps the
// stored values of fields that are left out.
func TestEmptyFieldsOfACrontabAreSentAsStars(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	request := &client.PeriodicAgentCreateRequest{Title: "T", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "*/15"}}}
	const want = `{"title": "T", "task": {"crontab": {"minute": "*/15", "hour": "*", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}}}`
	_, err := c.PeriodicAgents.Create(t.Context(), request)
	require.NoError(t, err)
	assert.JSONEq(t, want, s.body)
	_, err = c.PeriodicAgents.Replace(t.Context(), 7, request)
	require.NoError(t, err)
	assert.JSONEq(t, want, s.body)
	assert.Empty(t, request.Task.Crontab.Hour, "the caller's request is unchanged")
}

// Update checks the schedule that results from the stored one and the changes.
func TestUpdateChecksTheMergedSchedule(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	agent := newAgent(t, c, "Digest")
	update := func(s client.CrontabSchedule, opts ...client.WriteOption) error {
		_, err := c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: &s}}, opts...)
		return err
	}
	stored := func() client.CrontabSchedule {
		stored, err := c.PeriodicAgents.Get(t.Context(), agent.ID)
		require.NoError(t, err)
		return stored.Task.Crontab
	}
	require.NoError(t, update(client.CrontabSchedule{DayOfMonth: "31"}))
	before := stored()

	var response client.Response
	refused := requireArgumentError(t, update(client.CrontabSchedule{MonthOfYear: "2"}, client.WithResponse(&response)))
	assert.Zero(t, response.StatusCode, "the response is that to the change, which was not sent")
	assert.Equal(t, "task.crontab", refused.Argument)
	unrunnable, ok := errors.AsType[*client.UnrunnableError](refused)
	require.True(t, ok)
	assert.Nil(t, unrunnable.Stored)
	assert.Equal(t, before, stored(), "nothing is written")

	require.NoError(t, update(client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "*", DayOfMonth: "1", MonthOfYear: "2"}), "the stored day no longer counts")
	require.NoError(t, update(client.CrontabSchedule{DayOfMonth: "31"}, client.AllowUnrunnable()))
	require.NoError(t, update(client.CrontabSchedule{MonthOfYear: "1,2"}), "an update can mend the schedule")
}

// A request that Update sends before the change is one of its own: it has the
// call's account, but not the options for the change.
func TestUpdateRequestsTheAgentOnlyForAPartOfACrontab(t *testing.T) {
	t.Parallel()
	part, whole := &client.CrontabSchedule{Hour: "9"}, &client.CrontabSchedule{Minute: "0", Hour: "9", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}
	for _, test := range []struct {
		task *client.PeriodicTaskUpdateRequest
		opts []client.WriteOption
		want []string
	}{
		{nil, nil, []string{http.MethodPatch}},
		{&client.PeriodicTaskUpdateRequest{Enabled: new(true)}, nil, []string{http.MethodPatch}},
		{&client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{}}, nil, []string{http.MethodPatch}},
		{&client.PeriodicTaskUpdateRequest{Crontab: whole}, nil, []string{http.MethodPatch}},
		{&client.PeriodicTaskUpdateRequest{Crontab: part}, nil, []string{http.MethodGet, http.MethodPatch}},
		{&client.PeriodicTaskUpdateRequest{Crontab: part}, []client.WriteOption{client.AllowUnrunnable()}, []string{http.MethodPatch}},
	} {
		var methods []string
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			methods = append(methods, r.Method)
			assert.Contains(t, r.URL.Path, "/orgs/other/")
			assert.Equal(t, "yes", r.Header.Get("X-Shared"))
			assert.Equal(t, r.Method == http.MethodPatch, r.URL.Query().Has("q"))
			return respond(r, http.StatusOK, validAgent), nil
		}))
		var response client.Response
		opts := append([]client.WriteOption{
			client.WithOrg("other"), client.WithHeader("X-Shared", "yes"),
			client.WithQuery("q", "1"), client.WithBodyField("b", 1), client.WithResponse(&response),
		}, test.opts...)
		_, err := c.PeriodicAgents.Update(t.Context(), 7, &client.PeriodicAgentUpdateRequest{Task: test.task}, opts...)
		require.NoError(t, err)
		assert.Equal(t, test.want, methods)
		assert.Equal(t, http.StatusOK, response.StatusCode)
	}

	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, http.MethodGet, r.Method, "if the agent can't be read, nothing is written")
		return respond(r, http.StatusNotFound, `{"detail": "Not found."}`), nil
	}))
	_, err := c.PeriodicAgents.Update(t.Context(), 7, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: part}})
	require.ErrorIs(t, err, client.ErrNotFound)
}

// The schedule in the response may be unrunnable, although that in the request was
// not: somebody else may have changed the rest of it.
func TestUnrunnableScheduleInTheResponseIsAnError(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, `{"id": 7, "title": "T", "task": {"enabled": true, "crontab": {"minute": "0", "hour": "8", "day_of_week": "*", "day_of_month": "31", "month_of_year": "2"}}}`), nil
	}))
	request := &client.PeriodicAgentCreateRequest{Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Hour: "8"}}}
	update := func(task *client.PeriodicTaskUpdateRequest, opts ...client.WriteOption) error {
		_, err := c.PeriodicAgents.Update(t.Context(), 7, &client.PeriodicAgentUpdateRequest{Task: task}, opts...)
		return err
	}
	_, created := c.PeriodicAgents.Create(t.Context(), request)
	_, replaced := c.PeriodicAgents.Replace(t.Context(), 7, request)
	whole := &client.CrontabSchedule{Minute: "0", Hour: "9", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}
	for _, err := range []error{
		created, replaced,
		update(&client.PeriodicTaskUpdateRequest{Crontab: whole}),
		update(&client.PeriodicTaskUpdateRequest{Enabled: new(true)}),
	} {
		unrunnable, ok := err.(*client.UnrunnableError) //nolint:errorlint // it is not wrapped: nothing was refused
		require.True(t, ok, "%v", err)
		assert.EqualValues(t, 7, unrunnable.Stored.ID)
		assert.ErrorContains(t, err, "ibl.ai: agent 7 is stored, but its schedule never runs")
		assert.ErrorContains(t, err, "day_of_month")
	}
	require.NoError(t, update(nil), "an update of other fields is no reason to complain")
	require.NoError(t, update(&client.PeriodicTaskUpdateRequest{Enabled: new(false)}), "a disabled agent does no harm")
	require.NoError(t, update(&client.PeriodicTaskUpdateRequest{Crontab: whole}, client.AllowUnrunnable()))
}

func TestNextRuns(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	task := client.PeriodicTask{Enabled: true, Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 8, 0, 0, 0, time.UTC) }

	runs, err := task.NextRuns(from, 2, nil)
	require.NoError(t, err)
	assert.Equal(t, []time.Time{day(23), day(24)}, runs)

	startsLater := task
	startsLater.StartTime = new(client.Time{Time: day(25)})
	runs, err = startsLater.NextRuns(from, 2, nil)
	require.NoError(t, err)
	assert.Equal(t, []time.Time{day(25), day(26)}, runs, "a run at the start time counts")

	oneOff := task
	oneOff.OneOff = true
	runs, err = oneOff.NextRuns(from, 2, nil)
	require.NoError(t, err)
	assert.Equal(t, []time.Time{day(23)}, runs)

	disabled := task
	disabled.Enabled = false
	runs, err = disabled.NextRuns(from, 2, nil)
	require.NoError(t, err)
	assert.Empty(t, runs)

	tokyo := time.FixedZone("Tokyo", 9*60*60)
	runs, err = task.NextRuns(from, 1, tokyo)
	require.NoError(t, err)
	require.Len(t, runs, 1)
	assert.True(t, time.Date(2026, 11, 24, 8, 0, 0, 0, tokyo).Equal(runs[0]))

	odd := client.PeriodicTask{Enabled: true, Crontab: client.CrontabSchedule{DayOfWeek: "7"}}
	_, err = odd.NextRuns(from, 1, nil)
	_, ok := errors.AsType[*crontab.FieldError](err)
	assert.True(t, ok, "%v", err)
}

func TestScheduleWarnings(t *testing.T) {
	t.Parallel()
	daily := client.CrontabSchedule{Minute: "0", Hour: "8"}
	startTime := new(client.Time{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	for name, test := range map[string]struct {
		task client.PeriodicTask
		want []string // a part of each warning
	}{
		"nothing":          {client.PeriodicTask{Enabled: true, Crontab: daily}, nil},
		"start time":       {client.PeriodicTask{Enabled: true, Crontab: daily, StartTime: startTime}, []string{"start_time is set"}},
		"one-off":          {client.PeriodicTask{Enabled: true, Crontab: daily, OneOff: true}, []string{"one_off is set"}},
		"disabled":         {client.PeriodicTask{Crontab: daily, OneOff: true, StartTime: startTime}, nil},
		"name of a month":  {client.PeriodicTask{Enabled: true, Crontab: client.CrontabSchedule{MonthOfYear: "jan"}}, []string{"celery 5.5"}},
		"never and others": {client.PeriodicTask{Enabled: true, OneOff: true, StartTime: startTime, Crontab: client.CrontabSchedule{DayOfWeek: "7"}}, []string{"never runs", "start_time", "one_off"}},
	} {
		warnings := test.task.ScheduleWarnings()
		require.Len(t, warnings, len(test.want), name)
		for i, want := range test.want {
			assert.Contains(t, warnings[i], want, name)
		}
	}
}

// What the warnings say is what the sandbox's scheduler does.
func TestWhatNextRunsCannotKnow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 2, 9, 1, 0, 0, time.UTC)
	sb, err := sandbox.New(sandbox.WithFrozenClock(now))
	require.NoError(t, err)
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	agent, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID, Title: "Digest",
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "15"}, StartTime: client.Value(now.AddDate(0, 0, -1)),
		},
	})
	require.NoError(t, err)
	next, err := agent.Task.NextRuns(now, 1, nil)
	require.NoError(t, err)
	assert.Equal(t, []time.Time{time.Date(2026, time.March, 2, 15, 0, 0, 0, time.UTC)}, next)
	assert.Len(t, agent.Task.ScheduleWarnings(), 1)
	runs, err := sb.AdvanceTo(t.Context(), next[0])
	require.NoError(t, err)
	assert.Equal(t, 2, runs, "it has a start time")

	agent, err = c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{OneOff: new(true), StartTime: client.Null[time.Time]()},
	})
	require.NoError(t, err)
	next, err = agent.Task.NextRuns(sb.Now(), 1, nil)
	require.NoError(t, err)
	require.Len(t, next, 1)
	assert.Len(t, agent.Task.ScheduleWarnings(), 1)
	runs, err = sb.AdvanceTo(t.Context(), next[0].Add(time.Hour))
	require.NoError(t, err)
	assert.Zero(t, runs, "it has run before")
}
