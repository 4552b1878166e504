package client_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
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
