package runs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// tracker is the state of a Position.
type tracker struct {
	mu sync.Mutex
	// since is the position's time. Logs that were created at since or later may
	// still appear in the list.
	since time.Time
	// reached is the time up to which all logs have been read at least once. Logs
	// between since and reached may still appear late.
	reached time.Time
	// oldID is the highest id of the logs before since, -1 if there are none, or 0
	// if it is unknown. A log with a higher id is new, whenever it was created.
	oldID int64
	// done holds the ids and times of creation of the handled logs since then.
	done map[int64]time.Time
	// open holds the logs that are not handled yet.
	open map[int64]*openLog
	// unlisted holds the logs that callbacks have reported and that have not been
	// seen in the list, with the times at which their runs ended. Their times of
	// creation are estimates.
	unlisted map[int64]time.Time
	// unsaved holds the changes since the last call of takeChanges.
	unsaved Changes
}

// openLog is a log that is not handled yet.
type openLog struct {
	created time.Time
	// isRunning means that the run had not finished when the log was last read.
	isRunning bool
	// isStuck means that the run was reported as stuck.
	isStuck bool
	// isClaimed means that the run is being handled or waits for a worker.
	isClaimed bool
	// isSaved means that the log is part of the saved or unsaved changes.
	isSaved bool
	// attempts is the number of failed attempts.
	attempts int
	// retryAt is the earliest time of the next attempt.
	retryAt time.Time
}

func (l *openLog) state(id int64) LogState {
	return LogState{LogID: id, CreatedAt: l.created, Stuck: l.isStuck, Attempts: l.attempts}
}

// apply applies saved changes.
func (t *tracker) apply(changes Changes) error {
	for _, log := range changes.Logs {
		if log.LogID < 1 {
			return fmt.Errorf("%w: log id below 1", ErrPositionFormat)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, log := range changes.Logs {
		delete(t.open, log.LogID)
		delete(t.done, log.LogID)
		if log.Done {
			t.done[log.LogID] = log.CreatedAt
		} else {
			t.open[log.LogID] = &openLog{created: log.CreatedAt, isRunning: log.Attempts == 0, isStuck: log.Stuck, isSaved: true, attempts: log.Attempts}
		}
	}
	if changes.OldID != 0 {
		t.oldID = changes.OldID
	}
	if !changes.Since.IsZero() {
		t.since = changes.Since
		t.forget() // which may raise oldID
	}
	t.reached = later(t.reached, changes.Reached)
	return nil
}

// load applies a saved position. States that the tracker already has are newer
// and take precedence.
func (t *tracker) load(saved Changes) error {
	t.mu.Lock()
	saved.Logs = slices.DeleteFunc(saved.Logs, func(log LogState) bool {
		_, isDone := t.done[log.LogID]
		return isDone || t.open[log.LogID] != nil
	})
	t.mu.Unlock()
	return t.apply(saved)
}

// forget removes the handled logs before the position.
func (t *tracker) forget() {
	maps.DeleteFunc(t.done, func(id int64, created time.Time) bool {
		isOld := t.isPast(id, created)
		if isOld {
			t.oldID = max(t.oldID, id)
			delete(t.unlisted, id)
		}
		return isOld
	})
}

// isPast reports whether a log is before the position. Until the list was seen to
// have it, it may be as late as the end of its run: the service's clock may have
// leapt since the poll from which its time of creation is estimated.
func (t *tracker) isPast(id int64, created time.Time) bool {
	return created.Before(t.since) && t.unlisted[id].Before(t.since)
}

// record adds the state of a log to the unsaved changes.
func (t *tracker) record(id int64) {
	if created, ok := t.done[id]; ok {
		// A restart forgets that the time is an estimate.
		created = later(created, t.unlisted[id]).Truncate(time.Microsecond)
		t.unsaved.Logs = append(t.unsaved.Logs, LogState{LogID: id, CreatedAt: created, Done: true})
	} else if log := t.open[id]; log != nil {
		log.isSaved = true
		t.unsaved.Logs = append(t.unsaved.Logs, log.state(id))
	}
}

// takeChanges returns the unsaved changes and clears them.
func (t *tracker) takeChanges() Changes {
	t.mu.Lock()
	defer t.mu.Unlock()
	changes := t.unsaved
	t.unsaved = Changes{}
	return changes
}

// restoreChanges adds changes that could not be saved to the unsaved changes
// again.
func (t *tracker) restoreChanges(changes Changes) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changes.merge(t.unsaved)
	t.unsaved = changes
}

// logClass says whether a log is before a position, new, open or done.
type logClass int

const (
	// logOld means that the log is before the position.
	logOld logClass = iota
	logNew
	logOpen
	logDone
)

// classify returns the class of a log.
func (t *tracker) classify(id int64, created time.Time) logClass {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.done[id]; ok {
		return logDone
	}
	switch {
	case t.open[id] != nil:
		return logOpen
	case t.oldID != 0 && id > t.oldID:
		return logNew
	case created.IsZero() && t.oldID == 0, !created.IsZero() && !created.Before(t.since):
		return logNew
	}
	return logOld
}

// isUnlisted reports whether a log was reported by a callback and has not been
// seen in the list.
func (t *tracker) isUnlisted(id int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, isUnlisted := t.unlisted[id]
	return isUnlisted
}

// markListed records that a log was seen in the list, and when it was created. It
// reports whether only a callback had reported the log before.
func (t *tracker) markListed(id int64, created time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, isUnlisted := t.unlisted[id]; !isUnlisted {
		return false
	}
	delete(t.unlisted, id)
	if created.IsZero() {
		return true
	}
	created = created.Truncate(time.Microsecond)
	if _, ok := t.done[id]; ok {
		t.done[id] = created
	} else if log := t.open[id]; log != nil {
		log.created = created
	}
	t.record(id)
	return true
}

// addOpen records that a log is open, unless it is done. It reports whether the
// run can be handled now: it has finished, is not being handled, and is not
// waiting for a retry.
func (t *tracker) addOpen(id int64, created, now time.Time, isRunning bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.done[id]; ok {
		return false
	}
	if t.open[id] == nil {
		t.open[id] = &openLog{created: created}
	}
	return t.update(id, now, isRunning)
}

// updateOpen is addOpen for a log that was open. It returns false if the run was
// handled in the meantime, even if the position has forgotten it since. It
// corrects the time of creation, which may be the estimate of a callback that an
// earlier process received: if it is too early, the position forgets the run too
// early.
func (t *tracker) updateOpen(id int64, created, now time.Time, isRunning bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	log := t.open[id]
	if log == nil {
		return false
	}
	if !created.IsZero() {
		log.created = created.Truncate(time.Microsecond)
	}
	return t.update(id, now, isRunning)
}

func (t *tracker) update(id int64, now time.Time, isRunning bool) bool {
	log := t.open[id]
	log.isRunning = isRunning
	if !log.isSaved && log.created.Before(t.since) {
		t.record(id)
	}
	return !isRunning && !log.isClaimed && !log.retryAt.After(now)
}

// claimOpen claims an open log. It returns false if the run is claimed, or was
// handled in the meantime.
func (t *tracker) claimOpen(id int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	log := t.open[id]
	if log == nil || log.isClaimed {
		return false
	}
	log.isClaimed, log.isRunning = true, false
	return true
}

// claim claims the run of a callback and returns logNew. If the run is already
// done or claimed, it returns logDone or logOpen. Created is an estimate, and
// ended is the end of the run.
func (t *tracker) claim(id int64, created, ended time.Time) logClass {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.done[id]; ok {
		return logDone
	}
	log := t.open[id]
	if log == nil {
		log = &openLog{created: created}
		t.open[id] = log
		t.unlisted[id] = ended
	}
	if log.isClaimed {
		return logOpen
	}
	log.isClaimed, log.isRunning = true, false
	return logNew
}

// finish marks a claimed run as done.
func (t *tracker) finish(id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if log := t.open[id]; log != nil {
		delete(t.open, id)
		t.done[id] = log.created
		t.record(id)
		if t.isPast(id, log.created) {
			delete(t.done, id)
			t.oldID = max(t.oldID, id)
			t.unsaved.merge(Changes{OldID: t.oldID})
		}
	}
}

// countFailure counts a failed attempt and returns the number of failed
// attempts.
func (t *tracker) countFailure(id int64) (attempts int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	log := t.open[id]
	if log == nil {
		return 0
	}
	log.attempts++
	t.record(id)
	return log.attempts
}

// release gives up the claim of a run, which will be retried at retryAt or
// later.
func (t *tracker) release(id int64, retryAt time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if log := t.open[id]; log != nil {
		log.isClaimed, log.retryAt = false, retryAt
	}
}

// retryNow makes all failed runs due for a retry.
func (t *tracker) retryNow() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, log := range t.open {
		log.retryAt = time.Time{}
	}
}

// remove removes a log that was deleted by the service.
func (t *tracker) remove(id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if log := t.open[id]; log != nil && !log.isClaimed {
		delete(t.open, id)
		if log.isSaved {
			t.done[id] = log.created
			t.record(id)
		}
	}
}

// start sets the start of a new position.
func (t *tracker) start(since time.Time, oldID int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	since = since.Truncate(time.Microsecond)
	t.since, t.oldID = since, oldID
	t.reached = later(t.reached, since)
	t.unsaved.merge(Changes{Since: since, Reached: t.reached, OldID: oldID})
}

// moveBack moves the position back.
func (t *tracker) moveBack(since time.Time, oldID int64) {
	t.mu.Lock()
	t.reached = time.Time{}
	t.mu.Unlock()
	t.start(since, oldID)
}

// recordOldID sets the highest id of the logs before the position if it is
// unknown.
func (t *tracker) recordOldID(id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.oldID == 0 && id > 0 {
		t.oldID = id
		t.unsaved.merge(Changes{OldID: id})
	}
}

// recordReached records that all logs up to a time have been read once.
func (t *tracker) recordReached(reached time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.setReached(reached)
}

func (t *tracker) setReached(reached time.Time) {
	if reached = reached.Truncate(time.Microsecond); reached.After(t.reached) {
		t.reached = reached
		t.unsaved.merge(Changes{Reached: reached})
	}
}

// advance moves the position forward to reached minus overlap, unless it is
// already there. All logs up to reached must have been read. Open logs before
// the new position are added to the changes.
func (t *tracker) advance(reached time.Time, overlap time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.setReached(reached)
	since := reached.Add(-overlap).Truncate(time.Microsecond)
	if !since.After(t.since) {
		return
	}
	t.since = since
	t.forget()
	t.unsaved.merge(Changes{Since: since, OldID: t.oldID})
	for id, log := range t.open {
		if !log.isSaved && log.created.Before(since) {
			t.record(id)
		}
	}
}

// reachedAt returns the time up to which all logs have been read once.
func (t *tracker) reachedAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reached
}

// logRef identifies an open log.
type logRef struct {
	id      int64
	created time.Time
}

// selectOpen returns the open logs for which matches returns true, oldest
// first.
func (t *tracker) selectOpen(matches func(*openLog) bool) []logRef {
	t.mu.Lock()
	defer t.mu.Unlock()
	var selected []logRef
	for id, log := range t.open {
		if matches(log) {
			selected = append(selected, logRef{id, log.created})
		}
	}
	slices.SortFunc(selected, func(a, b logRef) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) })
	return selected
}

// markStuck records that logs were reported as stuck.
func (t *tracker) markStuck(logs []logRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, due := range logs {
		if log := t.open[due.id]; log != nil {
			log.isStuck = true
			t.record(due.id)
		}
	}
}

// countCreatedSince returns the number of known logs that were created at since
// or later.
func (t *tracker) countCreatedSince(since time.Time) (n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, created := range t.done {
		if !created.Before(since) {
			n++
		}
	}
	for _, log := range t.open {
		if !log.created.Before(since) {
			n++
		}
	}
	return n
}

// size returns the number of logs that the position holds.
func (t *tracker) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.done) + len(t.open)
}

// bounds returns the position's time and the highest id of the logs before it.
func (t *tracker) bounds() (since time.Time, oldID int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.since, t.oldID
}
