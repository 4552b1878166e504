package runs_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// agentHistory is what was done to an agent, minute by minute.
type agentHistory struct {
	schedule  crontab.Schedule
	enabled   bool
	startTime time.Time
	oneOff    bool
	chained   bool
	changedAt time.Time
	minutes   []agentMinute
}

// agentMinute is the state of an agent at the end of a minute.
type agentMinute struct {
	schedule  crontab.Schedule
	enabled   bool
	isWaiting bool
	changedAt time.Time
}

// story is a random story of agents, and what the watchdog said of it.
type story struct {
	*watched
	random *rand.Rand
	from   time.Time
	agents map[int64]*agentHistory
}

const (
	storyGrace   = 10 * time.Minute
	storyMinutes = 24 * 60
)

var storySchedules = []string{
	"* * * * *", "*/5 * * * *", "*/30 * * * *", "0 * * * *", "17 */3 * * *", "0 8 * * *", "30 9,15 * * *", "0 8-18 * * mon-fri", "59 23 * * *",
}

// In random stories of a day, an alarm is raised only if the journal of the sandbox has no
// run, and every missed run is covered by an alarm.
func TestWatchdogProperty(t *testing.T) {
	t.Parallel()
	releases := []sandbox.Release{sandbox.Release359, sandbox.Release490, sandbox.Release495, sandbox.Release4205}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				outcomes := rand.New(rand.NewPCG(seed, 2))
				var mu sync.Mutex
				s := &story{random: random, agents: map[int64]*agentHistory{}}
				s.watched = newWatched(t,
					sandbox.WithBeat([]sandbox.Beat{sandbox.Beat24, sandbox.Beat29}[seed%2]),
					sandbox.WithRelease(releases[seed%4]),
					sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome {
						mu.Lock()
						defer mu.Unlock()
						outcome := sandbox.Outcome{Duration: time.Duration(outcomes.IntN(120)) * time.Second}
						if outcomes.IntN(3) == 0 {
							outcome.Status = api.StatusError
						}
						if outcomes.IntN(50) == 0 {
							outcome.Duration = time.Duration(outcomes.IntN(30)) * time.Hour
						}
						return outcome
					}))
				s.hasNumericMentors = releases[seed%4] == sandbox.Release359
				s.run()
				s.checkMissed()
				s.checkOthers()
			})
		})
	}
}

// run lets a day pass.
func (s *story) run() {
	s.from = s.Now()
	for range 6 {
		s.addAgent()
	}
	s.start()
	for range storyMinutes {
		if s.random.IntN(40) == 0 {
			s.change()
		}
		_, err := s.Advance(s.t.Context(), time.Minute)
		require.NoError(s.t, err)
		s.record()
		if s.random.IntN(2) == 0 {
			s.poll()
		}
	}
	s.poll()
}

func (s *story) addAgent() {
	text := storySchedules[s.random.IntN(len(storySchedules))]
	schedule, err := crontab.Parse(text)
	require.NoError(s.t, err)
	history := &agentHistory{schedule: schedule, enabled: s.random.IntN(5) > 0, changedAt: s.Now()}
	agent := s.create(text, func(r *client.PeriodicAgentCreateRequest) {
		r.Task.Enabled = &history.enabled
		switch s.random.IntN(6) {
		case 0:
			history.startTime = s.Now().Add(time.Duration(s.random.IntN(48)-24) * time.Hour)
			r.Task.StartTime = client.Value(history.startTime)
		case 1:
			history.oneOff = true
			r.Task.OneOff = new(true)
		case 2:
			for id := range s.agents {
				history.chained = true
				r.PreviousAgent, r.PreviousAgentStatus = client.Value(id), new(api.StatusSuccess)
				break
			}
		}
	})
	s.agents[agent.ID] = history
}

// change changes the scheduler or an agent.
func (s *story) change() {
	switch s.random.IntN(8) {
	case 0, 1, 2:
		if s.SchedulerRunning() {
			s.StopScheduler()
		} else {
			s.StartScheduler()
		}
	case 3:
		s.addAgent()
	default:
		ids := s.PeriodicAgentIDs("acme")
		id := ids[s.random.IntN(len(ids))]
		history := s.agents[id]
		task := client.PeriodicTaskUpdateRequest{}
		switch s.random.IntN(4) {
		case 0, 1:
			text := storySchedules[s.random.IntN(len(storySchedules))]
			schedule, err := crontab.Parse(text)
			require.NoError(s.t, err)
			fields := schedule.Fields()
			task.Crontab = &client.CrontabSchedule{
				Minute: fields.Minute, Hour: fields.Hour, DayOfWeek: fields.DayOfWeek, DayOfMonth: fields.DayOfMonth, MonthOfYear: fields.MonthOfYear,
			}
			history.schedule = schedule
		default:
			agent, err := s.PeriodicAgent(id)
			require.NoError(s.t, err)
			history.enabled = !agent.Enabled
			task.Enabled = &history.enabled
		}
		history.changedAt = s.Now()
		s.update(id, task)
	}
}

// record records the states of the agents.
func (s *story) record() {
	for id, history := range s.agents {
		agent, err := s.PeriodicAgent(id)
		require.NoError(s.t, err)
		state, err := s.AgentState(id)
		require.NoError(s.t, err)
		for len(history.minutes) < s.minute(s.Now())-1 {
			history.minutes = append(history.minutes, agentMinute{})
		}
		history.minutes = append(history.minutes, agentMinute{
			schedule: history.schedule, enabled: agent.Enabled, isWaiting: state.Waiting, changedAt: history.changedAt,
		})
	}
}

// minute returns the number of minutes since the start of the story.
func (s *story) minute(t time.Time) int { return int(t.Sub(s.from) / time.Minute) }

// at returns the state of an agent at a time.
func (s *story) at(id int64, t time.Time) agentMinute {
	minutes := s.agents[id].minutes
	i := s.minute(t) - 1
	if i < 0 || i >= len(minutes) {
		return agentMinute{}
	}
	return minutes[i]
}

// hasRun reports whether the journal has a run for a due time.
func (s *story) hasRun(id int64, due time.Time) bool {
	for log := range s.Logs("acme", due.Add(-storyGrace/2), due.Add(storyGrace+1)) {
		if log.PeriodicAgent == id {
			return true
		}
	}
	return false
}

// mustRun reports whether an agent has to run at a due time, whatever the
// version of beat.
func (s *story) mustRun(id int64, due time.Time) bool {
	history := s.agents[id]
	for t := due; !t.After(due.Add(storyGrace)); t = t.Add(time.Minute) {
		if state := s.at(id, t); !state.enabled || state.isWaiting || !state.changedAt.Before(due.Add(-storyGrace)) {
			return false
		}
	}
	return due.After(s.from) && due.After(history.startTime) && s.at(id, due).schedule.Matches(due)
}

// isUnchangedUntil reports whether an agent was not changed between two times.
// An agent that was changed before the watchdog could read it is not judged.
func (s *story) isUnchangedUntil(id int64, until, from time.Time) bool {
	return !s.at(id, until).changedAt.After(from)
}

func (s *story) checkMissed() {
	alarms := s.alarms.values()
	raised := 0
	for _, alarm := range alarms {
		if alarm.Kind != runs.AlarmMissed || alarm.IsResolved() {
			continue
		}
		raised++
		assert.False(s.t, s.hasRun(alarm.AgentID, alarm.Since), "false alarm: %s", alarm)
		assert.True(s.t, s.mustRun(alarm.AgentID, alarm.Since), "false alarm: %s", alarm)
	}
	covered := func(id int64, due time.Time) bool {
		open := false
		for _, alarm := range alarms {
			if alarm.Kind != runs.AlarmMissed || alarm.AgentID != id || alarm.Since.After(due) {
				continue
			}
			open = !alarm.IsResolved() || alarm.ResolvedAt.After(due)
			if open && alarm.IsResolved() {
				return true
			}
		}
		return open
	}
	missed := 0
	for id, history := range s.agents {
		if history.oneOff || history.chained {
			continue
		}
		end := s.Now().Add(-storyGrace - maxAgentsInterval)
		for due := s.from.Truncate(time.Minute); due.Before(end); due = due.Add(time.Minute) {
			if s.mustRun(id, due) && !s.hasRun(id, due) && s.isUnchangedUntil(id, due.Add(storyGrace+15*time.Minute), due) {
				missed++
				assert.True(s.t, covered(id, due), "agent %d missed its run at %s", id, due)
			}
		}
	}
	s.t.Logf("%d alarms of %d missed runs", raised, missed)
	assert.NotZero(s.t, missed)
}

// maxAgentsInterval is the time until a new agent is known.
const maxAgentsInterval = time.Hour

func (s *story) checkOthers() {
	counts := map[runs.AlarmKind]int{}
	keys := map[string]int{}
	for _, alarm := range s.alarms.values() {
		counts[alarm.Kind]++
		keys[alarm.Key()]++
		assert.LessOrEqual(s.t, keys[alarm.Key()], 2, "%s is told more than twice", alarm.Key())
		assert.Equal(s.t, keys[alarm.Key()] == 2, alarm.IsResolved(), "%s", alarm.Key())
		if alarm.IsResolved() {
			continue
		}
		switch alarm.Kind {
		case runs.AlarmFailing:
			assert.GreaterOrEqual(s.t, s.failuresUntil(alarm.AgentID, alarm.RaisedAt), 3, "%s", alarm)
		case runs.AlarmSilent:
			for log := range s.Logs("acme", alarm.Since.Add(-storyGrace/2), alarm.RaisedAt) {
				assert.Fail(s.t, "not silent", "%s: %v", alarm, log.StartTime)
			}
		case runs.AlarmStuck:
			details, ok := s.RunDetails(alarm.LogID)
			require.True(s.t, ok)
			assert.Equal(s.t, alarm.AgentID, details.AgentID)
			assert.True(s.t, s.isRunningAt(alarm.LogID, alarm.RaisedAt), "%s", alarm)
		case runs.AlarmMissed:
		}
	}
	s.t.Log(counts)
}

// failuresUntil returns the number of runs that had failed in a row.
func (s *story) failuresUntil(agentID int64, at time.Time) int {
	n := 0
	for log := range s.Logs("acme", s.from, at.Add(1)) {
		switch {
		case log.PeriodicAgent != agentID || log.EndTime == nil || log.EndTime.After(at):
		case log.Status == api.StatusError:
			n++
		default:
			n = 0
		}
	}
	return n
}

func (s *story) isRunningAt(logID int64, at time.Time) bool {
	for log := range s.Logs("acme", s.from, at.Add(1)) {
		if log.ID == logID {
			return log.EndTime == nil || log.EndTime.IsZero() || !log.EndTime.Before(at)
		}
	}
	return false
}
