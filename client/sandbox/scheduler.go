package sandbox

import (
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/beat"
)

// StopScheduler stops the scheduler, as if celery's beat were down: no agent
// becomes due. Runs in progress finish, agents that wait for a previous agent
// start, and the API works. It does nothing if the scheduler is stopped.
func (s *Sandbox) StopScheduler() { s.setScheduler(true) }

// StartScheduler starts the scheduler again. It catches up as beat does: an agent
// that was due meanwhile runs once, however often it was due. It does nothing if
// the scheduler is running.
func (s *Sandbox) StartScheduler() { s.setScheduler(false) }

func (s *Sandbox) setScheduler(stopped bool) {
	s.store.Lock()
	defer s.store.Unlock()
	if s.runs.isStopped == stopped {
		return
	}
	s.runs.isStopped = stopped
	now := s.timeline.Now()
	s.runs.beat.LoadedAt = now
	for _, o := range s.store.orgs {
		for _, a := range o.agents {
			s.runs.schedule(a, now)
		}
	}
	s.events.publish(Event{Type: EventSchedulerChanged})
}

// SchedulerRunning reports whether the scheduler is running.
func (s *Sandbox) SchedulerRunning() bool {
	s.store.RLock()
	defer s.store.RUnlock()
	return !s.runs.isStopped
}

// An AgentState is the state of an agent: its latest run, its next, and what the
// scheduler remembers, which the API doesn't show.
type AgentState struct {
	// Status is the status of the agent's latest run, or [api.StatusPending] if it
	// has not run yet.
	Status api.Status
	// Waiting means that the agent is due, and starts when its previous agent has the
	// status that previous_agent_status asks for.
	Waiting bool
	// NextRun is the time at which the scheduler starts the next run. It is zero if
	// there is none.
	NextRun time.Time
	// NextRunCause says why the next run is at that time. It is empty if there is
	// none.
	NextRunCause RunCause
	// Explanation explains the next run, or why there is none, in a sentence.
	Explanation string
	// LastRunAt is the last_run_at of the scheduler: the time at which it last
	// started the agent. Disabling the agent clears it. It is zero if there is none.
	// Runs of [Sandbox.RunNow] and of options don't count.
	LastRunAt time.Time
	// TotalRunCount is the total_run_count of the scheduler.
	TotalRunCount int
}

// AgentState returns the state of an agent of any org, or an [*UnknownAgentError].
func (s *Sandbox) AgentState(agentID int64) (AgentState, error) {
	s.store.RLock()
	defer s.store.RUnlock()
	a := s.store.agent(agentID)
	if a == nil {
		return AgentState{}, &UnknownAgentError{ID: agentID}
	}
	state := AgentState{
		Status:        a.status(),
		Waiting:       a.org.waiting[a],
		Explanation:   s.runs.explain(a),
		LastRunAt:     a.lastRunAt,
		TotalRunCount: a.totalRunCount,
	}
	if a.nextRun != nil && a.check.Reason != beat.OneOff {
		state.NextRun, state.NextRunCause = a.check.At, RunCause(a.check.Reason)
	}
	return state, nil
}

// explain explains the next run of an agent. The caller holds the store's lock.
func (r *runner) explain(a *agent) string {
	const layout = "2006-01-02 15:04 UTC"
	due := a.check.Due.UTC().Format(layout)
	switch {
	case !a.Task.Enabled:
		return "The agent is disabled."
	case r.isStopped:
		return "The scheduler is stopped."
	case a.nextRun == nil && a.Task.OneOff && a.totalRunCount > 0:
		return "A one-off agent runs once."
	case a.nextRun == nil:
		return "The crontab never runs."
	case a.check.Reason == beat.OneOff:
		return "A one-off agent that has run is disabled, not run."
	case a.check.Reason == beat.StartTime:
		return "Because of its start_time, the scheduler takes the agent for overdue."
	case a.check.Reason == beat.Overdue && a.check.Tentative:
		return fmt.Sprintf("The agent is overdue since %s, but the scheduler loads it only around the hour of its crontab.", due)
	case a.check.Reason == beat.Overdue:
		return fmt.Sprintf("The agent is overdue since %s.", due)
	}
	return "The crontab has this time."
}
