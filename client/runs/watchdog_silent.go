package runs

import (
	"context"
	"time"
)

// checkSilent raises the alarm of a silent scheduler.
func (w *Watchdog) checkSilent(ctx context.Context) error {
	for range maxSingleChecks {
		w.mu.Lock()
		agent, since := w.findSilent()
		w.mu.Unlock()
		if agent == nil {
			return nil
		}
		read, err := w.readAgent(ctx, agent.id)
		if err != nil {
			return err
		}
		w.mu.Lock()
		isUnchanged := read != nil && read.plan == agent.plan && read.judgeFrom.Before(since) &&
			w.state.open[alarmKey{AlarmMissed, agent.id}] != nil
		if isUnchanged {
			w.state.raise(Alarm{Kind: AlarmSilent, Since: since})
		}
		w.mu.Unlock()
		if isUnchanged {
			return nil
		}
	}
	return nil
}

// findSilent returns an agent that has missed a run and was due since the latest
// run of any agent, for at least as long as WithSilence, and the time at which
// it was due. The caller holds the lock.
func (w *Watchdog) findSilent() (found *watchedAgent, since time.Time) {
	s := &w.state
	until := s.now.Add(-w.silence)
	if s.open[alarmKey{AlarmSilent, 0}] != nil || s.lastRun.at.After(until) {
		return nil, time.Time{}
	}
	for key, alarm := range s.open {
		agent := s.agents[key.agentID]
		if key.kind != AlarmMissed || agent == nil || alarm.Since.After(until) {
			continue
		}
		due := alarm.Since
		if from := s.lastRun.at.Add(w.earlyStart()); !due.After(from) || !due.After(agent.judgeFrom) {
			next, ok := agent.plan.dueAfter(later(from, agent.judgeFrom))
			if !ok {
				continue
			}
			due = next
		}
		if !due.After(until) && (found == nil || due.Before(since)) {
			found, since = agent, due
		}
	}
	return found, since
}
