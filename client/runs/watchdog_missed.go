package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// missedRun is a due time of an agent for which no run is known.
type missedRun struct {
	agent *watchedAgent
	due   time.Time
}

// checkMissed raises the alarms of agents that have missed a run.
func (w *Watchdog) checkMissed(ctx context.Context) error {
	missed := w.findMissed()
	if len(missed) > maxSingleChecks {
		confirmed, err := w.confirmMany(ctx, missed)
		if err != nil {
			return err
		}
		for _, m := range confirmed {
			w.raiseMissed(m)
		}
		missed = w.findMissed()
	}
	for _, m := range missed[:min(len(missed), maxSingleChecks)] {
		isMissed, err := w.confirmMissed(ctx, m)
		if err != nil {
			return err
		}
		if isMissed {
			w.raiseMissed(m)
		}
	}
	return nil
}

// findMissed returns the first due time of each agent for which no run is known,
// the earliest first.
func (w *Watchdog) findMissed() []missedRun {
	w.mu.Lock()
	defer w.mu.Unlock()
	var missed []missedRun
	for _, agent := range w.state.agents {
		if due, ok := w.firstMissed(agent); ok {
			missed = append(missed, missedRun{agent, due})
		}
	}
	slices.SortFunc(missed, func(a, b missedRun) int {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.agent.id, b.agent.id))
	})
	return missed
}

// firstMissed returns the first due time of an agent for which no run is known,
// if the grace period after it has passed. The caller holds the lock.
func (w *Watchdog) firstMissed(agent *watchedAgent) (time.Time, bool) {
	s := &w.state
	until := s.now.Add(-w.grace)
	runs := s.runs[agent.id]
	for {
		due, ok := agent.nextDue()
		if !ok || !due.Before(until) { // logs of the present second may still appear
			return time.Time{}, false
		}
		if start, ok := runs.firstStart(due.Add(-w.earlyStart())); ok && !start.at.After(due.Add(w.grace)) {
			agent.skipTo(due)
			continue
		}
		if s.open[alarmKey{AlarmMissed, agent.id}] != nil || !w.mayBeMissed(agent, runs, due) {
			w.skipMissed(agent, due)
			continue
		}
		return due, true
	}
}

// mayBeMissed reports whether an agent without a run at a due time can have
// missed it, as far as is known. The caller holds the lock.
func (w *Watchdog) mayBeMissed(agent *watchedAgent, runs *agentRuns, due time.Time) bool {
	if agent.plan.oneOff {
		return (runs == nil || runs.latest.id == 0) && isUnchanged(agent)
	}
	if agent.plan.previousAgent == 0 {
		return true
	}
	previous := w.state.runs[agent.plan.previousAgent]
	return previous == nil || previous.latest.id == 0 || agent.isReady(runs, previous, due)
}

// isUnchanged reports whether an agent was not changed since its creation.
func isUnchanged(agent *watchedAgent) bool {
	return !agent.createdAt.IsZero() && agent.modifiedAt.Sub(agent.createdAt).Abs() < time.Second
}

// isReady reports whether it is certain that an agent had not to wait for its
// previous agent at a due time: the latest run of the previous agent has the
// required status, and took place between the latest run of the agent and the
// due time.
func (a *watchedAgent) isReady(runs, previous *agentRuns, due time.Time) bool {
	log := previous.latest
	if log.id == 0 || log.ended.IsZero() || !log.ended.Before(due) || !log.started.Before(due) ||
		a.plan.previousStatus == "" || log.status != a.plan.previousStatus {
		return false
	}
	return runs == nil || runs.latest.id == 0 || runs.latest.started.Before(log.started)
}

// skipMissed passes a due time without a run, and the later ones that the same
// alarm covers. The caller holds the lock.
func (w *Watchdog) skipMissed(agent *watchedAgent, due time.Time) {
	until := w.state.now.Add(-w.grace)
	if start, ok := w.state.runs[agent.id].firstStart(due.Add(-w.earlyStart())); ok {
		until = earlier(until, start.at.Add(-w.grace-1))
	}
	agent.skipTo(later(due, until))
}

// confirmMissed requests an agent and its latest logs, and reports whether it
// has missed the run.
func (w *Watchdog) confirmMissed(ctx context.Context, m missedRun) (bool, error) {
	agent, err := w.readAgent(ctx, m.agent.id)
	if agent == nil || err != nil {
		return false, err
	}
	if err := w.readLatest(ctx, agent.id, latestLogs); err != nil {
		return false, err
	}
	if agent.plan.previousAgent != 0 {
		if err := w.readLatest(ctx, agent.plan.previousAgent, 1); isNotFound(err) || errors.Is(err, client.ErrValidation) {
			// The previous agent was deleted.
			w.mu.Lock()
			w.skipMissed(agent, m.due)
			w.mu.Unlock()
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.isConfirmed(agent, m.due), nil
}

// isConfirmed reports whether an agent has missed the run, after it and the logs
// were read again. The caller holds the lock.
func (w *Watchdog) isConfirmed(agent *watchedAgent, due time.Time) bool {
	if previous := agent.plan.previousAgent; previous != 0 {
		if runs := w.state.runs[previous]; runs == nil || !agent.isReady(w.state.runs[agent.id], runs, due) {
			if next, ok := agent.nextDue(); ok && next.Equal(due) {
				w.skipMissed(agent, due)
			}
			return false
		}
	}
	now, ok := w.firstMissed(agent)
	return ok && now.Equal(due)
}

// confirmMany reads the list of agents and the logs since the first due time.
// It returns none if there are too many logs.
func (w *Watchdog) confirmMany(ctx context.Context, missed []missedRun) ([]missedRun, error) {
	if err := w.readAgents(ctx); err != nil {
		return nil, err
	}
	since := missed[0].due.Add(-w.earlyStart())
	w.mu.Lock()
	params := client.PeriodicAgentLogListParams{MentorID: w.settings.params.MentorID}
	options := w.settings.allOptions()
	w.mu.Unlock()
	n := 0
	for log, err := range w.client.PeriodicAgentLogs.Since(ctx, since, &params, options...) {
		if err != nil {
			return nil, fmt.Errorf("%w: the logs since %s: %w", ErrAgentsUnread, since.UTC().Format(time.RFC3339), err)
		}
		w.observe(log)
		if n++; n >= maxSinceLogs {
			return nil, nil
		}
	}
	var confirmed []missedRun
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range missed {
		agent := w.state.agents[m.agent.id]
		if agent == nil || agent.plan.previousAgent != 0 {
			continue
		}
		if due, ok := w.firstMissed(agent); ok && due.Equal(m.due) {
			confirmed = append(confirmed, missedRun{agent, m.due})
		}
	}
	return confirmed, nil
}

// raiseMissed raises the alarm of a missed run. If the agent has run since, the
// alarm is resolved at once.
func (w *Watchdog) raiseMissed(m missedRun) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	agent := s.agents[m.agent.id]
	if agent == nil {
		return
	}
	s.raise(Alarm{Kind: AlarmMissed, AgentID: agent.id, AgentTitle: agent.title, Since: m.due})
	if start, ok := s.runs[agent.id].firstStart(m.due.Add(-w.earlyStart())); ok {
		s.resolve(AlarmMissed, agent.id, ResolvedByRun, start.logID)
	}
	w.skipMissed(agent, m.due)
	w.skipCovered(agent.id, m.due)
}
