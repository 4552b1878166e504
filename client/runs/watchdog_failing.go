package runs

import (
	"context"
	"errors"
	"time"

	"github.com/iblai/iblai-go/client"
)

// checkFailing raises the alarms of agents whose latest runs have failed.
func (w *Watchdog) checkFailing(ctx context.Context) error {
	w.mu.Lock()
	ids := sortedKeys(w.state.changedAgents)
	w.mu.Unlock()
	requests := 0
	for _, id := range ids {
		w.mu.Lock()
		runs := w.state.runs[id]
		needsHistory := runs != nil && !runs.hasHistory && len(runs.finished) < w.failures && w.hasFailed(runs) && w.state.open[alarmKey{AlarmFailing, id}] == nil
		w.mu.Unlock()
		if needsHistory && w.failures > 1 {
			if requests++; requests > maxSingleChecks {
				continue // after the next poll
			}
			if err := w.readLatest(ctx, id, int64(w.failures)+1); err != nil && !isNotFound(err) && !errors.Is(err, client.ErrValidation) {
				return err
			}
			w.mu.Lock()
			runs.hasHistory = true
			w.mu.Unlock()
		}
		w.mu.Lock()
		delete(w.state.changedAgents, id)
		w.raiseFailing(id)
		w.mu.Unlock()
	}
	return nil
}

// hasFailed reports whether the latest finished run has failed. The caller holds
// the lock.
func (w *Watchdog) hasFailed(runs *agentRuns) bool {
	_, _, n := runs.failuresInRow(time.Time{})
	return n > 0
}

// raiseFailing raises the alarm of an agent if its latest runs have failed. The
// caller holds the lock.
func (w *Watchdog) raiseFailing(id int64) {
	s := &w.state
	runs, agent := s.runs[id], s.agents[id]
	if runs == nil || agent == nil || !agent.plan.enabled || s.open[alarmKey{AlarmFailing, id}] != nil {
		return
	}
	first, last, n := runs.failuresInRow(agent.modifiedAt)
	if n < w.failures {
		return
	}
	s.raise(Alarm{Kind: AlarmFailing, AgentID: id, AgentTitle: agent.title, Since: first.started, LogID: last.logID, Failures: n})
}
