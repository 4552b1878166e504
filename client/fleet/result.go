package fleet

import (
	"errors"
)

// ErrChanged is returned when an agent is no longer as the plan has read it. Plan
// again.
var ErrChanged = errors.New("fleet: the agent has changed since the plan was made")

// ErrSkipped is returned for a change that was not tried, because an agent that it
// depends on has failed, or because the context has ended.
var ErrSkipped = errors.New("fleet: not tried")

// Result says what Apply has done.
type Result struct {
	// Steps are the changes of the plan, in order.
	Steps []Step
}

// Step is the result of one change.
type Step struct {
	Change Change
	// ID is the id of the agent. It is 0 if the agent was not created.
	ID int64
	// Err is nil if the change is done. If the change may have been done, it wraps the
	// client's error, whose Outcome says so.
	Err error
}

// Exported is the result of [Export].
type Exported struct {
	// File is the file of the fleet, in YAML.
	File []byte
	// IDs are the ids of the agents that have no marker yet, by key, for
	// [Fleet.Adopt].
	IDs map[string]int64
	// Notes say what the file could not contain, and what to do.
	Notes []string
}
