package sandbox_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

// A modelAgent is an agent of a simple model of the scheduler, which checks every
// minute.
type modelAgent struct {
	schedule crontab.Schedule
	enabled  bool
	oneOff   bool
	start    time.Time
}

func (a *modelAgent) runsAt(minute time.Time) bool {
	if !a.enabled || minute.Before(a.start) || !a.schedule.Matches(minute) {
		return false
	}
	a.enabled = !a.oneOff
	return true
}

// TestSchedulerMatchesModel changes agents at random and advances the clock in
// random steps, and compares the runs with those of the model.
func TestSchedulerMatchesModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 0))
		server := newTestServer(t)
		agents := map[int64]*modelAgent{}
		want := []string{}
		for step := range 60 {
			if len(agents) < 3 || random.IntN(4) == 0 {
				a := randomAgent(t, random, server.Now())
				created := send(t, server, http.MethodPost, "periodic-agents/", `{"mentor":"`+coach+`","title":"t",`+a.task()+`}`)
				require.Equal(t, http.StatusCreated, created.status, created.body)
				agents[int64(created.fields(t)["id"].(float64))] = a
			}
			ids := slices.Sorted(maps.Keys(agents))
			id := ids[random.IntN(len(ids))]
			path := fmt.Sprintf("periodic-agents/%d/", id)
			switch random.IntN(6) {
			case 0:
				delete(agents, id)
				send(t, server, http.MethodDelete, path, "")
				want = slices.DeleteFunc(want, func(run string) bool { return agentOf(run) == id })
			case 1:
				agents[id] = randomAgent(t, random, server.Now())
				require.Equal(t, http.StatusOK, send(t, server, http.MethodPatch, path, `{`+agents[id].task()+`}`).status)
			}
			began := server.Now()
			advance(t, server, time.Duration(random.Int64N(int64(72*time.Hour)))>>random.IntN(12))
			for minute := began.Truncate(time.Minute).Add(time.Minute); !minute.After(server.Now()); minute = minute.Add(time.Minute) {
				for id := int64(1); id <= int64(step)+1; id++ {
					if a := agents[id]; a != nil && a.runsAt(minute) {
						want = append(want, fmt.Sprintf("%d %s success", id, minute.Format("02 15:04")))
					}
				}
			}
		}
		assert.NotEmpty(t, want)
		assert.Equal(t, want, runs(t, server), "seed %d", seed)
	}
}

func agentOf(run string) (id int64) {
	_, _ = fmt.Sscan(run, &id)
	return id
}

func randomAgent(t *testing.T, random *rand.Rand, now time.Time) *modelAgent {
	t.Helper()
	lines := []string{"*/15 * * * *", "0 8 * * *", "30 */5 * * mon-fri", "0 0 1,6-9 * *", "59 23 * * sun", "7 7 * 2 *", "* 3 13 * fri"}
	schedule, err := crontab.Parse(lines[random.IntN(len(lines))])
	require.NoError(t, err)
	return &modelAgent{
		schedule: schedule,
		enabled:  random.IntN(4) > 0,
		oneOff:   random.IntN(4) == 0,
		start:    now.Add(time.Duration(random.IntN(4000)-2000) * time.Minute).UTC().Truncate(15 * time.Minute),
	}
}

// task returns the task as a part of a request's body.
func (a *modelAgent) task() string {
	f := a.schedule.Fields()
	return fmt.Sprintf(`"task":{"crontab":{"minute":%q,"hour":%q,"day_of_month":%q,"month_of_year":%q,"day_of_week":%q},"enabled":%t,"one_off":%t,"start_time":%q}`,
		f.Minute, f.Hour, f.DayOfMonth, f.MonthOfYear, f.DayOfWeek, a.enabled, a.oneOff, a.start.Format(time.RFC3339))
}
