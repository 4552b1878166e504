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
		s.judgeFrom = later(later(s.judgedUntil, since.Add(earlyStart)), now.Add(-maxDowntime))
	}
	s.oldestStart = s.judgeFrom.Add(-earlyStart)
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
		s.restart(now)
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
	w.state.removeOldStarts()
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
			if !s.lastRun.at.Before(alarm.Since.Add(-earlyStart)) {
				s.resolve(key.kind, 0, ResolvedByRun, s.lastRun.logID)
			}
		case runs == nil:
		case key.kind == AlarmMissed:
			if start, ok := runs.startSince(alarm.Since.Add(-earlyStart)); ok {
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
	start, ok := w.state.runs[agentID].firstStart(missed.Add(-earlyStart))
	if agent == nil || !ok {
		return
	}
	if next, ok := agent.nextDue(); ok && next.Before(start.at.Add(-earlyStart)) {
		agent.skipTo(start.at.Add(-earlyStart - 1))
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
		if start, ok := runs.firstStart(due.Add(-earlyStart)); ok && !start.at.After(due.Add(w.grace)) {
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
	if start, ok := w.state.runs[agent.id].firstStart(due.Add(-earlyStart)); ok {
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

// confirmMany reads the list of agents and the logs since the first due time.
// It returns none if there are too many logs.
func (w *Watchdog) confirmMany(ctx context.Context, missed []missedRun) ([]missedRun, error) {
	if err := w.readAgents(ctx); err != nil {
		return nil, err
	}
	since := missed[0].due.Add(-earlyStart)
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
	if start, ok := s.runs[agent.id].firstStart(m.due.Add(-earlyStart)); ok {
		s.resolve(AlarmMissed, agent.id, ResolvedByRun, start.logID)
	}
	w.skipMissed(agent, m.due)
	w.skipCovered(agent.id, m.due)
}

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
		if from := s.lastRun.at.Add(earlyStart); !due.After(from) || !due.After(agent.judgeFrom) {
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
