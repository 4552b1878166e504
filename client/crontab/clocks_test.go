package crontab_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

// An agent that gets the crontab of each period, as the documentation of ToUTC says,
// runs at the local time on every day of a year, and at no other time. Without the
// second update it runs once more in autumn.
func TestAgentOnLocalTime(t *testing.T) {
	t.Parallel()
	berlin := loadZone(t, "Europe/Berlin")
	local, from, to := crontab.Fields{Minute: "0", Hour: "8"}, day(2026, 1, 1), day(2027, 1, 1)
	periods, err := crontab.ToUTC(local, berlin, from, to)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		disable bool
		extra   int
	}{"disabled first": {true, 0}, "changed": {false, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sb, err := sandbox.Start(sandbox.WithFrozenClock(from))
			require.NoError(t, err)
			t.Cleanup(sb.Close)
			c, err := client.New(sb.ClientOptions()...)
			require.NoError(t, err)
			crontabOf := func(f crontab.Fields) client.CrontabSchedule {
				return client.CrontabSchedule{Minute: f.Minute, Hour: f.Hour}
			}
			agent, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
				Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID, Title: "Morning digest",
				Task: client.PeriodicTaskRequest{Crontab: crontabOf(periods[0].Fields[0])},
			})
			require.NoError(t, err)
			for i, period := range periods {
				require.Len(t, period.Fields, 1)
				if i > 0 {
					task := client.PeriodicTaskUpdateRequest{Crontab: new(crontabOf(period.Fields[0]))}
					if test.disable {
						task.Enabled = new(false)
					}
					_, err := c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{Task: &task})
					require.NoError(t, err)
					_, err = c.PeriodicAgents.Update(t.Context(), agent.ID, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: new(true)}})
					require.NoError(t, err)
				}
				_, err := sb.Advance(t.Context(), period.To.Sub(sb.Now()))
				require.NoError(t, err)
			}
			proper, extra := 0, 0
			for log := range sb.Logs(sb.Accounts()[0].Org, from, to.AddDate(0, 0, 1)) {
				if start := log.StartTime.In(berlin); start.Hour() == 8 && start.Minute() == 0 {
					proper++
				} else {
					extra++
				}
			}
			assert.Equal(t, int(to.Sub(from)/(24*time.Hour)), proper)
			assert.Equal(t, test.extra, extra)
		})
	}
}
