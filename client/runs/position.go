package runs

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Position records which logs have been handled. [Follow] starts at a position
// and advances it. A position is based on the ids and times of the service.
//
// The zero Position is before the first log. [At] returns the position at a
// time. A Position is safe for concurrent use. A copy of a Position that is in
// use shares its state.
type Position struct{ tracker *tracker }

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

// LogState is the state of a log in a [Position].
type LogState struct {
	// LogID is the id of the log.
	LogID int64
	// CreatedAt is when the log was created. It is never zero.
	CreatedAt time.Time
	// Done is true if the run was handled or given up. If it is false, the log
	// must be read again.
	Done bool
	// Stuck is true if the run was reported as stuck.
	Stuck bool
	// Attempts is the number of failed attempts.
	Attempts int
}

// Changes are the changes of a [Position] since the last save. The state of a
// whole position is represented as changes from the zero Position.
type Changes struct {
	// Since is the new time of the position, unless it is zero. Logs that were
	// created at Since or later may still appear in the list. The states of logs
	// that are done and were created before Since are no longer needed.
	Since time.Time
	// Reached is the new time up to which all logs have been read at least once,
	// unless it is zero.
	Reached time.Time
	// OldID is the new highest id of the logs before Since, unless it is 0. It is
	// -1 if there are no such logs.
	OldID int64
	// Logs holds the new states of logs. They replace the states with the same
	// ids.
	Logs []LogState
}

func (c *Changes) isEmpty() bool {
	return c.Since.IsZero() && c.Reached.IsZero() && c.OldID == 0 && len(c.Logs) == 0
}

// merge appends later changes.
func (c *Changes) merge(later Changes) {
	if !later.Since.IsZero() {
		c.Since = later.Since
	}
	if !later.Reached.IsZero() {
		c.Reached = later.Reached
	}
	if later.OldID != 0 {
		c.OldID = later.OldID
	}
	c.Logs = append(c.Logs, later.Logs...)
}

// At returns the position before the first log that was created at t or later.
func At(t time.Time) *Position {
	p := new(Position)
	p.init().since = t.Truncate(time.Microsecond)
	return p
}

// NewPosition returns the position with the given state, for use by a
// [PositionStore]. If the id of a log is below 1, it returns
// [ErrPositionFormat].
func NewPosition(state Changes) (*Position, error) {
	p := new(Position)
	if err := p.init().apply(state); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Position) init() *tracker {
	if p.tracker == nil {
		p.tracker = &tracker{done: map[int64]time.Time{}, open: map[int64]*openLog{}, unlisted: map[int64]time.Time{}}
	}
	return p.tracker
}

// State returns the state of the whole position.
func (p *Position) State() Changes {
	if p.tracker == nil {
		return Changes{}
	}
	t := p.tracker
	t.mu.Lock()
	defer t.mu.Unlock()
	state := Changes{Since: t.since, Reached: t.reached, OldID: t.oldID}
	for id, created := range t.done {
		state.Logs = append(state.Logs, LogState{LogID: id, CreatedAt: created, Done: true})
	}
	for id, log := range t.open {
		state.Logs = append(state.Logs, log.state(id))
	}
	slices.SortFunc(state.Logs, func(a, b LogState) int { return cmp.Compare(a.LogID, b.LogID) })
	return state
}

func (l *openLog) state(id int64) LogState {
	return LogState{LogID: id, CreatedAt: l.created, Stuck: l.isStuck, Attempts: l.attempts}
}

// Retry makes Follow yield a log again, for a program that failed to handle it.
// It ignores ids below 1, which are invalid.
func (p *Position) Retry(logID int64) {
	if logID < 1 {
		return
	}
	t := p.init()
	t.mu.Lock()
	defer t.mu.Unlock()
	created := cmp.Or(t.done[logID], t.since)
	delete(t.done, logID)
	if t.open[logID] == nil {
		t.open[logID] = &openLog{created: created}
	}
	t.record(logID)
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
	log := t.open[id]
	if log == nil {
		log = &openLog{created: created}
		t.open[id] = log
	}
	log.isRunning = isRunning
	if !log.isSaved && log.created.Before(t.since) {
		t.record(id)
	}
	return !isRunning && !log.isClaimed && !log.retryAt.After(now)
}

// claim claims a run for handling and returns logNew. If the run is already
// done or claimed, it returns logDone or logOpen. For a callback, created is an
// estimate, and ended is the end of the run.
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

// positionVersion is the format version that MarshalText writes.
const positionVersion = 2

// positionText is the JSON form of Changes.
type positionText struct {
	Version int        `json:"version,omitempty"`
	Since   time.Time  `json:"since,omitzero"`
	Reached time.Time  `json:"reached,omitzero"`
	OldID   int64      `json:"old_id,omitempty"`
	Done    [][2]int64 `json:"done,omitempty"` // id, created
	Open    [][4]int64 `json:"open,omitempty"` // id, created, attempts, 1 if stuck
}

// encodeChanges encodes changes as JSON.
func encodeChanges(changes Changes, version int) ([]byte, error) {
	text := positionText{Version: version, Since: changes.Since, Reached: changes.Reached, OldID: changes.OldID}
	states := make(map[int64]LogState, len(changes.Logs))
	for _, log := range changes.Logs {
		states[log.LogID] = log // the last state wins
	}
	for _, id := range slices.Sorted(maps.Keys(states)) {
		switch log := states[id]; {
		case log.Done:
			text.Done = append(text.Done, [2]int64{id, log.CreatedAt.UnixMicro()})
		default:
			stuck := int64(0)
			if log.Stuck {
				stuck = 1
			}
			text.Open = append(text.Open, [4]int64{id, log.CreatedAt.UnixMicro(), int64(log.Attempts), stuck})
		}
	}
	return json.Marshal(text)
}

// decodeChanges decodes the output of encodeChanges.
func decodeChanges(text []byte, version int) (Changes, error) {
	var found struct{ Version int }
	if err := json.Unmarshal(text, &found); err != nil {
		return Changes{}, fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	if found.Version != version {
		return Changes{}, fmt.Errorf("%w: version %d instead of %d", ErrPositionFormat, found.Version, version)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var fields positionText
	if err := decoder.Decode(&fields); err != nil {
		return Changes{}, fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	changes := Changes{Since: fields.Since, Reached: fields.Reached, OldID: fields.OldID}
	for _, log := range fields.Done {
		changes.Logs = append(changes.Logs, LogState{LogID: log[0], CreatedAt: time.UnixMicro(log[1]).UTC(), Done: true})
	}
	for _, log := range fields.Open {
		changes.Logs = append(changes.Logs, LogState{LogID: log[0], CreatedAt: time.UnixMicro(log[1]).UTC(), Attempts: int(log[2]), Stuck: log[3] != 0})
	}
	return changes, nil
}

// MarshalText encodes the position for [Position.UnmarshalText]. The encoding
// is internal to this package and contains its version.
func (p Position) MarshalText() ([]byte, error) { return encodeChanges(p.State(), positionVersion) }

// UnmarshalText sets the position to the one that MarshalText encoded. If text
// is invalid or has another version, it returns [ErrPositionFormat] and leaves
// the position unchanged.
func (p *Position) UnmarshalText(text []byte) error {
	changes, err := decodeChanges(text, positionVersion)
	if err != nil {
		return err
	}
	position, err := NewPosition(changes)
	if err != nil {
		return err
	}
	*p = *position
	return nil
}
