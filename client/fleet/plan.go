package fleet

import (
	"time"

	"github.com/iblai/iblai-go/client"
)

// Plan has the changes that make the platform's agents as a fleet says. It can be
// printed, and saved as JSON and applied later. It contains no secrets.
type Plan struct {
	// Fleet is the name of the fleet.
	Fleet string `json:"fleet"`
	// Org is the key of the org.
	Org string `json:"org,omitempty"`
	// Changes are the changes, in the order in which Apply makes them.
	Changes []Change `json:"changes"`
	// Problems need a person. Apply does nothing about them.
	Problems []Problem `json:"problems,omitempty"`
	// ClocksChange is the next time at which a plan of the same fleet has other
	// crontabs: half a minute before the clocks of a time zone change. It is zero if
	// there is none within a year.
	ClocksChange time.Time `json:"clocks_change,omitzero"`
	// TitleMarkers means that the release has no descriptions, so that markers are in
	// the titles.
	TitleMarkers bool `json:"title_markers,omitempty"`
}

// Action is what a change does.
type Action string

// The actions.
const (
	ActionCreate Action = "create"
	ActionChange Action = "change"
	// ActionDisable disables an agent whose key the fleet no longer has.
	ActionDisable Action = "disable"
	// ActionDelete deletes an agent whose key the fleet no longer has.
	ActionDelete Action = "delete"
)

// Change is a change of one agent.
type Change struct {
	Action Action `json:"action"`
	// Key is the key of the agent.
	Key string `json:"key"`
	// ID is the id of the agent, or 0 if it is to be created.
	ID int64 `json:"id,omitempty"`
	// Title is the title of the agent, without a marker.
	Title string `json:"title"`
	// Fields are the fields that differ.
	Fields []FieldChange `json:"fields,omitempty"`
	// After is the key of the agent that must run before.
	After string `json:"after,omitempty"`
	// MentorID is the numeric id of the mentor, if the release needs it.
	MentorID int64 `json:"mentor_id,omitempty"`
	// Secret says where the secret of the callback is.
	Secret SecretSource `json:"secret,omitzero"`
	// Wanted is the agent as it will be, without its secret. PreviousAgent is unset
	// if that agent doesn't exist yet.
	Wanted *client.PeriodicAgentCreateRequest `json:"wanted,omitempty"`
	// Read identifies what the plan has read of the agent.
	Read string `json:"read,omitempty"`
}

// FieldChange is the change of a field. A secret is masked.
type FieldChange struct {
	// Path is the field's name, with those of the objects around it, as in
	// task.crontab.minute.
	Path string `json:"path"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Problem is something that a plan can't change.
type Problem struct {
	// Key is the key of the agent. It is empty if no single key is concerned.
	Key string `json:"key,omitempty"`
	// IDs are the ids of the agents on the platform.
	IDs []int64 `json:"ids,omitempty"`
	// Text says what the problem is and what to do.
	Text string `json:"text"`
}

// IsEmpty reports whether there is nothing to do: no change and no problem.
func (p *Plan) IsEmpty() bool { return len(p.Changes) == 0 && len(p.Problems) == 0 }
