package fleet

import (
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

// Fleet is a set of agents, as a file describes it.
type Fleet struct {
	// Name identifies the fleet in its org.
	Name string
	// Removed is what becomes of an agent whose key the fleet no longer has. The
	// default is [RemovedDisable].
	Removed Removed
	// Agents are the agents, in the order of the file.
	Agents []Agent
}

// Removed is what becomes of an agent whose key is removed from its fleet.
type Removed string

const (
	// RemovedDisable disables the agent. It keeps its logs.
	RemovedDisable Removed = "disable"
	// RemovedDelete deletes the agent and its logs.
	RemovedDelete Removed = "delete"
)

// Agent describes an agent of a fleet.
type Agent struct {
	// Key identifies the agent in its fleet.
	Key string
	// Title is the display name.
	Title string
	// Mentor is the unique id, numeric id, slug or name of a mentor.
	Mentor string
	// MentorID is the numeric id of the mentor. Only releases 3.5x need it.
	MentorID int64
	// Description is the description, without a marker.
	Description string
	// Prompt is the prompt of every run.
	Prompt string
	// Schedule is the crontab, in the time zone.
	Schedule crontab.Fields
	// TimeZone is the name of the schedule's time zone, as in Europe/Berlin. Empty
	// means UTC.
	TimeZone string
	// After is the agent that must have run before, or nil.
	After *After
	// Callback is the receiver of results, or nil.
	Callback *Callback
	// Disabled keeps the agent from running.
	Disabled bool
	// OneOff makes the agent run only once.
	OneOff bool
}

// After names the agent that must have run before another.
type After struct {
	// Key is the key of the agent in the same fleet.
	Key string
	// Status is the status that it must have. The default is [api.StatusSuccess].
	Status api.Status
}

// Callback is a receiver of results.
type Callback struct {
	// URL receives the result of every run. It must not have a user or password in it.
	URL string
	// SecretSource says where the secret is that signs the callbacks. The zero value
	// means that they are not signed.
	SecretSource
}
