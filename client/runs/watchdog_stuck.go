package runs

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// checkStuck raises and resolves the alarms of stuck runs.
func (w *Watchdog) checkStuck(ctx context.Context) error {
	w.mu.Lock()
	var ids, raised []int64 // the first checks come before the repeated ones
	s := &w.state
	for id, running := range s.running {
		if running.limit.IsZero() {
			running.limit = w.stuckLimit(running)
		}
		switch {
		case !running.isStuck && !running.limit.After(s.now):
			ids = append(ids, id)
		case running.isStuck && s.now.Sub(running.readAt) >= stuckReadInterval:
			raised = append(raised, id)
		}
	}
	w.mu.Unlock()
	slices.Sort(ids)
	slices.Sort(raised)
	ids = append(ids, raised...)
	for _, id := range ids[:min(len(ids), maxSingleChecks)] {
		log, err := w.client.PeriodicAgentLogs.Get(ctx, id, w.settings.callOptions...)
		switch {
		case isNotFound(err):
			w.forget(id)
			continue
		case err != nil:
			return fmt.Errorf("%w: log %d: %w", ErrAgentsUnread, id, err)
		case log.ID != id:
			return fmt.Errorf("%w: log %d: %w", ErrAgentsUnread, id, ErrNoLogID)
		}
		w.observe(log)
		w.mu.Lock()
		running := w.state.running[id]
		isUnknown := running != nil && w.state.agents[running.agentID] == nil
		w.mu.Unlock()
		if isUnknown {
			if _, err := w.readAgent(ctx, running.agentID); err != nil {
				return err
			}
		}
		w.raiseStuck(id)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resolveStuck()
	return nil
}

// stuckLimit returns the time at which a run counts as stuck. The caller holds
// the lock.
func (w *Watchdog) stuckLimit(running *runningLog) time.Time {
	limit := running.started.Add(w.settings.stuckAfter)
	agent := w.state.agents[running.agentID]
	if agent == nil || agent.plan.oneOff {
		return limit
	}
	from := later(running.started, later(agent.createdAt, agent.modifiedAt))
	if next, ok := agent.plan.dueAfter(from); ok {
		limit = earlier(limit, next.Add(w.grace))
	}
	return limit
}

// raiseStuck raises the alarm of a run that is still running.
func (w *Watchdog) raiseStuck(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	running := s.running[id]
	if running == nil || running.isStuck {
		return
	}
	running.isStuck = true
	alarm := Alarm{Kind: AlarmStuck, AgentID: running.agentID, Since: running.started, LogID: id}
	if agent := s.agents[running.agentID]; agent != nil {
		alarm.AgentTitle = agent.title
	}
	s.raise(alarm)
}

// resolveStuck resolves the alarms of agents that have no stuck run any more.
// The caller holds the lock.
func (w *Watchdog) resolveStuck() {
	s := &w.state
	stuck := map[int64]bool{}
	for _, running := range s.running {
		if running.isStuck {
			stuck[running.agentID] = true
		}
	}
	for key := range s.open {
		if key.kind != AlarmStuck || stuck[key.agentID] {
			continue
		}
		resolution, logID := ResolvedByDeletion, int64(0)
		if runs := s.runs[key.agentID]; runs != nil && runs.finishedStuck != 0 {
			resolution, logID = ResolvedByRun, runs.finishedStuck
			runs.finishedStuck = 0
		}
		s.resolve(AlarmStuck, key.agentID, resolution, logID)
	}
}
