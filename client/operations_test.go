package client_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/recording"
)

// newSandbox starts a sandbox and returns a client for it, whose traffic can be
// recorded for the contract tests.
func newSandbox(t *testing.T, opts ...sandbox.Option) (*sandbox.Server, *client.Client) {
	t.Helper()
	frozen := sandbox.WithFrozenClock(time.Now()) // agents run only when the test says so
	sb, err := sandbox.Start(append([]sandbox.Option{frozen}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(append(sb.ClientOptions(), client.WithHTTPClient(&http.Client{
		Transport: recording.Transport(http.DefaultTransport),
	}))...)
	require.NoError(t, err)
	return sb, c
}

// newAgent creates an agent that runs daily at 8:00.
func newAgent(t *testing.T, c *client.Client, title string) *client.PeriodicAgent {
	t.Helper()
	mentors, err := c.Mentors.List(t.Context(), nil)
	require.NoError(t, err)
	agent, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: mentors.Results[0].UniqueID,
		Title:  title,
		Prompt: new("Summarize what is due."),
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	})
	require.NoError(t, err)
	return agent
}

func TestCreateAndGet(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	mentors, err := c.Mentors.List(t.Context(), nil)
	require.NoError(t, err)
	mentor := mentors.Results[0]
	start := time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC)

	created, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor:          mentor.UniqueID,
		Title:           "Morning digest",
		Description:     new("For the first lesson"),
		Prompt:          new("Summarize what is due."),
		CallbackURL:     new("https://hooks.example.com/runs"),
		CallbackSecret:  new(api.NewSecret("a-long-random-secret")),
		ParentSessionID: new("session-1"),
		ParentMentorID:  client.Value[int64](12),
		Task: client.PeriodicTaskRequest{
			Crontab:   client.CrontabSchedule{Minute: "*/15", Hour: "8", DayOfWeek: "mon-fri"},
			OneOff:    new(true),
			Enabled:   new(false),
			StartTime: client.Value(start),
		},
	})
	require.NoError(t, err)
	assert.Equal(t, mentor.UniqueID, created.Mentor.UniqueID, "the response to a write has the mentor's unique id")

	agent, err := c.PeriodicAgents.Get(t.Context(), created.ID)
	require.NoError(t, err)
	assert.Equal(t, mentor.UniqueID, agent.Mentor.UniqueID)
	assert.Equal(t, mentor.Name, agent.Mentor.Name, "the response to a read has the whole mentor")
	assert.Equal(t, "Morning digest", agent.Title)
	assert.Equal(t, "For the first lesson", agent.Description)
	assert.Equal(t, api.NewSecret("a-long-random-secret"), agent.CallbackSecret)
	assert.Equal(t, new(int64(12)), agent.ParentMentorID)
	assert.Equal(t, client.CrontabSchedule{Minute: "*/15", Hour: "8", DayOfWeek: "mon-fri", DayOfMonth: "*", MonthOfYear: "*"}, agent.Task.Crontab)
	assert.True(t, agent.OneOff, "a copy of the task's")
	assert.False(t, agent.Enabled, "a copy of the task's")
	require.NotNil(t, agent.Task.StartTime)
	assert.True(t, start.Equal(agent.Task.StartTime.Time))
	assert.Nil(t, agent.PreviousAgent)
	assert.Empty(t, agent.Pathway)
	assert.WithinDuration(t, time.Now(), agent.CreatedAt.Time, time.Minute)
}

func TestCreateReportsMissingFields(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.ErrorIs(t, err, client.ErrValidation)
	failure, ok := errors.AsType[*client.Error](err)
	require.True(t, ok)
	for _, field := range []string{"mentor", "title", "task"} {
		assert.Equal(t, []string{"This field is required."}, failure.Field(field), field)
	}

	_, err = c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: "nope", Title: "T", Task: client.PeriodicTaskRequest{Enabled: new(true)},
	})
	failure, ok = errors.AsType[*client.Error](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, []string{"This field is required."}, failure.Field("task.crontab"))
	assert.Equal(t, []string{"“nope” is not a valid UUID."}, failure.Field("mentor"))
}

func TestUpdateChangesSetFields(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	first := newAgent(t, c, "First")
	agent := newAgent(t, c, "Second")

	_, err := c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{
		PreviousAgent:       client.Value(first.ID),
		PreviousAgentStatus: new(api.StatusError),
		Description:         new("To be removed"),
	})
	require.NoError(t, err)

	updated, err := c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{
		Description:   new(""),
		PreviousAgent: client.Null[int64](),
		Task: &client.PeriodicTaskUpdateRequest{
			Enabled: new(false),
			Crontab: &client.CrontabSchedule{Hour: "9"},
		},
	})
	require.NoError(t, err)
	assert.Empty(t, updated.Description, `"" is sent`)
	assert.Nil(t, updated.PreviousAgent, "null is sent")
	assert.False(t, updated.Task.Enabled, "false is sent")
	assert.Equal(t, "9", updated.Task.Crontab.Hour)
	assert.Equal(t, "0", updated.Task.Crontab.Minute, "an unset field keeps its value")
	assert.Equal(t, api.StatusError, updated.PreviousAgentStatus, "an unset field keeps its value")
	assert.Equal(t, "Second", updated.Title, "an unset field keeps its value")
}

func TestReplace(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	agent := newAgent(t, c, "Old")
	replaced, err := c.PeriodicAgents.Replace(t.Context(), agent.ID, &client.PeriodicAgentCreateRequest{
		Mentor: agent.Mentor.UniqueID,
		Title:  "New",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "30"}},
	})
	require.NoError(t, err)
	assert.Equal(t, agent.ID, replaced.ID)
	assert.Equal(t, "New", replaced.Title)
	assert.Equal(t, client.CrontabSchedule{Minute: "30", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, replaced.Task.Crontab, "no field keeps its value")
	assert.Equal(t, "Summarize what is due.", replaced.Prompt, "a field that is left out keeps its value")

	_, err = c.PeriodicAgents.Replace(t.Context(), agent.ID, &client.PeriodicAgentCreateRequest{Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Hour: "8"}}})
	require.ErrorIs(t, err, client.ErrValidation, "Replace has the same required fields as Create")
	_, err = c.PeriodicAgents.Replace(t.Context(), agent.ID, &client.PeriodicAgentCreateRequest{Mentor: agent.Mentor.UniqueID, Title: "New"})
	assert.Equal(t, "task.crontab", requireArgumentError(t, err).Argument)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	agent := newAgent(t, c, "Short-lived")
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), agent.ID))
	_, err := c.PeriodicAgents.Get(t.Context(), agent.ID)
	require.ErrorIs(t, err, client.ErrNotFound)
	require.ErrorIs(t, c.PeriodicAgents.Delete(t.Context(), agent.ID), client.ErrNotFound)
}

func TestListAndAll(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t, sandbox.WithPageSize(2, 100))
	for _, title := range []string{"One", "Two", "Three", "Four", "Five"} {
		newAgent(t, c, title)
	}
	page, err := c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{PageSize: 3})
	require.NoError(t, err)
	assert.EqualValues(t, 5, page.Count)
	assert.Len(t, page.Results, 3)
	assert.NotEmpty(t, page.Next)
	assert.Empty(t, page.Prev)

	for _, prefetch := range []int{0, 3} {
		all, err := client.Collect(c.PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Ordering: "id"}, client.WithPrefetch(prefetch)), 100)
		require.NoError(t, err)
		var titles []string
		for _, agent := range all {
			titles = append(titles, agent.Title)
		}
		assert.Equal(t, []string{"One", "Two", "Three", "Four", "Five"}, titles, "the items of all three pages")
	}

	page, err = c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Title: "Two", Enabled: new(true)})
	require.NoError(t, err)
	require.Len(t, page.Results, 1)
	assert.Equal(t, "Two", page.Results[0].Title)

	_, err = c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{PreviousAgent: 999999})
	require.ErrorIs(t, err, client.ErrValidation, "an agent that does not exist is an error, not an empty list")
}

func TestRunsLogsAndStatistics(t *testing.T) {
	t.Parallel()
	sb, c := newSandbox(t)
	good, bad := newAgent(t, c, "Good"), newAgent(t, c, "Bad")
	newAgent(t, c, "Idle")
	run, err := sb.RunNow(t.Context(), good.ID, sandbox.Outcome{Output: "Done.", Log: "Asked.\nAnswered."})
	require.NoError(t, err)
	_, err = sb.RunNow(t.Context(), bad.ID, sandbox.Outcome{Status: api.StatusError})
	require.NoError(t, err)

	log, err := c.PeriodicAgentLogs.Get(t.Context(), run.Log.ID)
	require.NoError(t, err)
	assert.Equal(t, api.StatusSuccess, log.Status)
	assert.Equal(t, good.ID, log.PeriodicAgent)
	assert.Equal(t, "Asked.\nAnswered.\n\nDone.", log.Content)
	require.NotNil(t, log.EndTime)
	assert.False(t, log.EndTime.Before(log.StartTime.Time))

	page, err := c.PeriodicAgentLogs.List(t.Context(), &client.PeriodicAgentLogListParams{Status: api.StatusError})
	require.NoError(t, err)
	require.Len(t, page.Results, 1)
	assert.Equal(t, bad.ID, page.Results[0].PeriodicAgent)
	logs, err := client.Collect(c.PeriodicAgentLogs.All(t.Context(), nil), 10)
	require.NoError(t, err)
	assert.Len(t, logs, 2)

	statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 3, SucceededTasks: 1, FailedTasks: 1, PendingTasks: 1}, statistics)
	statistics, err = c.PeriodicAgents.Statistics(t.Context(), &client.PeriodicAgentStatisticsParams{MentorID: "00000000-0000-4000-8000-000000000000"})
	require.NoError(t, err)
	assert.Zero(t, *statistics, "no agent runs this mentor")
}

func TestPinnedMessages(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	const session = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	pin, err := c.PinnedMessages.Create(t.Context(), session)
	require.NoError(t, err)
	assert.Equal(t, new(session), pin.SessionID)

	pins, err := c.PinnedMessages.List(t.Context(), session)
	require.NoError(t, err)
	require.Len(t, pins.Results, 1)
	assert.Equal(t, session, pins.Results[0].SessionID)

	require.NoError(t, c.PinnedMessages.Delete(t.Context(), session))
	pins, err = c.PinnedMessages.List(t.Context(), session)
	require.NoError(t, err)
	assert.Empty(t, pins.Results)
}

func TestMentors(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 10)
	require.NoError(t, err)
	require.NotEmpty(t, mentors)
	assert.NotEmpty(t, mentors[0].Name)
	page, err := c.Mentors.List(t.Context(), &client.MentorListParams{IsFeatured: new(true)})
	require.NoError(t, err)
	assert.Empty(t, page.Results)
}

func TestOtherOrgIsForbidden(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	_, err := c.PeriodicAgents.List(t.Context(), nil, client.WithOrg("elsewhere"))
	require.ErrorIs(t, err, client.ErrForbidden)
}
