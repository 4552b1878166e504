package runs

import (
	"context"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client"
)

const (
	// maxSingleChecks limits the number of agents and of logs that are requested one
	// by one after a poll.
	maxSingleChecks = 20
	// latestLogs is the number of logs of an agent that are requested before an
	// alarm is raised.
	latestLogs = 5
	// maxSinceLogs limits the number of logs that are read after a poll if many
	// agents have missed a run.
	maxSinceLogs = 2000
	// stuckReadInterval is the time after which a stuck log is requested again if
	// the polls don't show it.
	stuckReadInterval = 10 * time.Minute
)

// begin prepares the watchdog for the logs since a time. All logs since then are
// observed before the next call of complete.
func (w *Watchdog) begin(since, now time.Time) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	if s.hasBegun || now.IsZero() {
		return
	}
	s.hasBegun = true
	s.judgeFrom = now
	if !s.judgedUntil.IsZero() && s.judgedUntil.Before(now) {
		s.judgeFrom = later(later(s.judgedUntil, since.Add(w.earlyStart())), now.Add(-maxDowntime))
	}
	s.oldestStart = s.judgeFrom.Add(-w.earlyStart())
}

// complete records the service's time of a poll that has read all logs.
func (w *Watchdog) complete(now time.Time) {
	if w == nil || now.IsZero() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	if now.Before(s.now.Add(-maxAgentsInterval)) { // the service's clock was set back
		s.restart(now, w.earlyStart())
	}
	s.now, s.hasBegun = now, true
	if s.lastRun.at.After(now) {
		s.lastRun.at = now
	}
	select {
	case w.polled <- struct{}{}:
	default:
	}
}

// check raises and resolves alarms. What can't be confirmed is checked again
// after the next poll.
func (w *Watchdog) check(ctx context.Context) {
	w.mu.Lock()
	w.resolveByRuns()
	mustRead := w.state.mustReadAgents() && time.Since(w.state.agentsFailedAt) >= time.Minute
	w.mu.Unlock()
	if mustRead {
		if err := w.readAgents(ctx); err != nil {
			w.mu.Lock()
			w.state.agentsFailedAt = time.Now()
			w.mu.Unlock()
			w.reportRequest(ctx, err)
		}
	}
	for _, step := range []func(context.Context) error{w.checkUnlisted, w.checkMissed, w.checkSilent, w.checkStuck, w.checkFailing} {
		if err := step(ctx); err != nil {
			w.reportRequest(ctx, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.removeOldStarts(w.earlyStart())
}

// reportRequest reports a failed request, unless the context has ended.
func (w *Watchdog) reportRequest(ctx context.Context, err error) {
	if ctx.Err() == nil {
		w.report(err)
	}
}

// resolveByRuns resolves alarms of agents that have run since. The caller holds
// the lock.
func (w *Watchdog) resolveByRuns() {
	s := &w.state
	for key, alarm := range s.open {
		runs := s.runs[key.agentID]
		switch {
		case key.kind == AlarmSilent:
			if !s.lastRun.at.Before(alarm.Since.Add(-w.earlyStart())) {
				s.resolve(key.kind, 0, ResolvedByRun, s.lastRun.logID)
			}
		case runs == nil:
		case key.kind == AlarmMissed:
			if start, ok := runs.startSince(alarm.Since.Add(-w.earlyStart())); ok {
				s.resolve(key.kind, key.agentID, ResolvedByRun, start.logID)
				w.skipCovered(key.agentID, alarm.Since)
			}
		case key.kind == AlarmFailing:
			if n := len(runs.finished); n > 0 && !runs.finished[n-1].hasError {
				s.resolve(key.kind, key.agentID, ResolvedByRun, runs.finished[n-1].logID)
			}
		}
	}
}

// skipCovered passes the due times before the first run since a missed one. The
// alarm of the missed run covers them. The caller holds the lock.
func (w *Watchdog) skipCovered(agentID int64, missed time.Time) {
	agent := w.state.agents[agentID]
	start, ok := w.state.runs[agentID].firstStart(missed.Add(-w.earlyStart()))
	if agent == nil || !ok {
		return
	}
	if next, ok := agent.nextDue(); ok && next.Before(start.at.Add(-w.earlyStart())) {
		agent.skipTo(start.at.Add(-w.earlyStart() - 1))
	}
}

// startSince returns the first known run that started at from or later.
func (r *agentRuns) startSince(from time.Time) (runStart, bool) {
	if start, ok := r.firstStart(from); ok {
		return start, true
	}
	return runStart{r.latest.started, r.latest.id}, !r.latest.started.IsZero() && !r.latest.started.Before(from)
}

// checkUnlisted reads agents with open alarms that the list of enabled agents
// did not contain.
func (w *Watchdog) checkUnlisted(ctx context.Context) error {
	w.mu.Lock()
	ids := sortedKeys(w.state.unlisted)
	w.mu.Unlock()
	for _, id := range ids[:min(len(ids), maxSingleChecks)] {
		agent, err := w.readAgent(ctx, id)
		if err == nil && agent != nil {
			err = w.readLatest(ctx, id, int64(max(latestLogs, w.failures)))
		}
		if err != nil {
			return err
		}
		w.mu.Lock()
		delete(w.state.unlisted, id)
		w.mu.Unlock()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.resolveByRuns()
	return nil
}

// readLatest requests the latest logs of an agent.
func (w *Watchdog) readLatest(ctx context.Context, agentID int64, n int64) error {
	params := client.PeriodicAgentLogListParams{PeriodicAgent: agentID, PageSize: n}
	params.Ordering = client.OrderByCreatedAt.Descending()
	list, err := w.client.PeriodicAgentLogs.List(ctx, &params, w.settings.callOptions...)
	if err != nil {
		return fmt.Errorf("%w: the logs of agent %d: %w", ErrAgentsUnread, agentID, err)
	}
	for _, log := range list.Results {
		w.observe(log)
	}
	return nil
}
