package runs

import (
	"cmp"
	"slices"
	"time"
)

// Position records which logs have been handled. [Follow] starts at a position
// and advances it. A position is based on the ids and times of the service.
//
// The zero Position is before the first log. [At] returns the position at a
// time. A Position is safe for concurrent use. A copy of a Position that is in
// use shares its state.
type Position struct{ tracker *tracker }

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
