package runs

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// maxDowntime limits the time before the first poll that is judged.
const maxDowntime = 24 * time.Hour

// agentRuns is what a watchdog remembers of the runs of an agent.
type agentRuns struct {
	// starts are the runs that count for due times that are not judged yet.
	starts []runStart
	// finished are the latest finished runs, at most as many as WithFailures, in
	// the order of the ids.
	finished []finishedRun
	// latest is the log with the highest id.
	latest latestLog
	// finishedStuck is the id of the latest stuck run that has finished, or 0.
	finishedStuck int64
	// isUnlisted means that the list of agents did not contain the agent.
	isUnlisted bool
	// hasHistory means that finished contains the runs before the first poll.
	hasHistory bool
}

type runStart struct {
	at    time.Time
	logID int64
}

type finishedRun struct {
	logID    int64
	started  time.Time
	hasError bool
}

// latestLog is the state of the latest log of an agent.
type latestLog struct {
	id             int64
	started, ended time.Time // ended is zero while the run is running
	status         api.Status
}

// runningLog is a log of a run that has not finished.
type runningLog struct {
	agentID int64
	started time.Time
	// limit is the time at which the run counts as stuck. It is zero if it has to
	// be computed.
	limit time.Time
	// isStuck means that the run was confirmed to be stuck.
	isStuck bool
	// readAt is the service's time when the log was last read.
	readAt time.Time
}

// observe records a log that was read. It may be called for the same log again.
func (w *Watchdog) observe(log *client.PeriodicAgentLog) {
	if w == nil || log.ID < 1 || log.PeriodicAgent < 1 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	runs := s.runs[log.PeriodicAgent]
	if runs == nil {
		if len(s.runs) >= maxLogs {
			return
		}
		runs = &agentRuns{}
		s.runs[log.PeriodicAgent] = runs
	}
	if s.agents[log.PeriodicAgent] == nil && !runs.isUnlisted {
		s.hasNewAgents = true
	}
	started := created(log)
	if !log.StartTime.IsZero() {
		started = earlier(started, log.StartTime.Time)
	}
	s.addStart(runs, runStart{started, log.ID})
	if !created(log).Equal(started) {
		s.addStart(runs, runStart{created(log), log.ID})
	}
	if created(log).After(s.lastRun.at) {
		s.lastRun = runStart{created(log), log.ID}
	}
	end := time.Time{}
	if isFinished(log) {
		end = ended(log)
	}
	if log.ID >= runs.latest.id {
		runs.latest = latestLog{id: log.ID, started: started, ended: end, status: normalize(log.Status)}
	}
	if isFinished(log) {
		s.finish(log.PeriodicAgent, finishedRun{logID: log.ID, started: started, hasError: normalize(log.Status) == api.StatusError}, w.failures)
		return
	}
	running := s.running[log.ID]
	if running == nil {
		if len(s.running) >= maxLogs {
			return
		}
		running = &runningLog{agentID: log.PeriodicAgent, started: started}
		s.running[log.ID] = running
	}
	running.readAt = s.now
	s.changedAgents[log.PeriodicAgent] = true
}

// observeCallback records the end of a run that a callback has reported. If the
// agent of the run is unknown, the log tells it.
func (w *Watchdog) observeCallback(logID int64, status api.Status) {
	if w == nil || !isFinal(status) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	running := w.state.running[logID]
	if running == nil {
		return
	}
	status = normalize(status)
	if runs := w.state.runs[running.agentID]; runs != nil && runs.latest.id == logID {
		runs.latest.status, runs.latest.ended = status, later(w.state.now, running.started)
	}
	w.state.finish(running.agentID, finishedRun{logID: logID, started: running.started, hasError: status == api.StatusError}, w.failures)
}

// forget removes a log that was deleted.
func (w *Watchdog) forget(logID int64) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if running := w.state.running[logID]; running != nil {
		w.state.changedAgents[running.agentID] = true
		delete(w.state.running, logID)
	}
}

// addStart adds a run that counts for due times which are not judged yet.
func (s *watchdogState) addStart(runs *agentRuns, start runStart) {
	if start.at.Before(s.oldestStart) || slices.Contains(runs.starts, start) {
		return
	}
	if s.starts >= maxLogs { // too many runs since the due times that are not judged
		s.forgetStarts()
	}
	s.starts++
	runs.starts = append(runs.starts, start)
}

// forgetStarts gives up the due times that are not judged yet.
func (s *watchdogState) forgetStarts() {
	for _, runs := range s.runs {
		runs.starts = nil
	}
	s.starts = 0
	s.judgeFrom = later(s.judgeFrom, s.now)
	for _, agent := range s.agents {
		agent.next = time.Time{}
	}
}

// finish records a finished run.
func (s *watchdogState) finish(agentID int64, run finishedRun, limit int) {
	running := s.running[run.logID]
	delete(s.running, run.logID)
	s.changedAgents[agentID] = true
	runs := s.runs[agentID]
	if runs == nil {
		return
	}
	if running != nil && running.isStuck {
		runs.finishedStuck = run.logID
	}
	i, isKnown := slices.BinarySearchFunc(runs.finished, run.logID, func(r finishedRun, id int64) int { return cmp.Compare(r.logID, id) })
	if isKnown {
		runs.finished[i] = run
		return
	}
	runs.finished = slices.Insert(runs.finished, i, run)
	if len(runs.finished) > limit {
		runs.finished = slices.Delete(runs.finished, 0, 1)
	}
}

// firstStart returns the first run that starts at from or later.
func (r *agentRuns) firstStart(from time.Time) (first runStart, ok bool) {
	if r == nil {
		return runStart{}, false
	}
	for _, start := range r.starts {
		if !start.at.Before(from) && (!ok || start.at.Before(first.at)) {
			first, ok = start, true
		}
	}
	return first, ok
}

// failuresInRow returns the first and the last of the latest runs since a time
// that have failed, and their number.
func (r *agentRuns) failuresInRow(since time.Time) (first, last finishedRun, n int) {
	for _, run := range slices.Backward(r.finished) {
		if !run.hasError || run.started.Before(since) {
			break
		}
		if n == 0 {
			last = run
		}
		first = run
		n++
	}
	return first, last, n
}

// removeOldStarts removes the runs that no due time needs any more.
func (s *watchdogState) removeOldStarts(earlyStart time.Duration) {
	oldest := s.now.Add(-2 * maxAgentsInterval)
	for id, runs := range s.runs {
		from := oldest
		if agent := s.agents[id]; agent != nil && !agent.next.IsZero() {
			from = agent.next.Add(-earlyStart)
		}
		before := len(runs.starts)
		runs.starts = slices.DeleteFunc(runs.starts, func(start runStart) bool { return start.at.Before(from) })
		s.starts -= before - len(runs.starts)
	}
}

// removeUnknownRuns removes the old runs of agents that are not listed.
func (s *watchdogState) removeUnknownRuns() {
	oldest := s.now.Add(-maxDowntime)
	maps.DeleteFunc(s.runs, func(id int64, runs *agentRuns) bool {
		runs.isUnlisted = s.agents[id] == nil
		return runs.isUnlisted && len(runs.starts) == 0 && runs.latest.started.Before(oldest)
	})
}
