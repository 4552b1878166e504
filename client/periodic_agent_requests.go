package client

import (
	"strconv"
	"time"
)

// CreateRequest returns a request that has all of the agent's writable fields.
// With Create it makes a copy of the agent; with Replace it restores the agent.
// An unset text is "", and an unset id or time is null. A StartTime that could
// not be parsed is left out. Releases 3.5x return the unique id of the mentor
// but expect its numeric id: set Mentor in the request.
func (a *PeriodicAgent) CreateRequest() *PeriodicAgentCreateRequest {
	r := a.UpdateRequest()
	return &PeriodicAgentCreateRequest{
		Mentor:      *r.Mentor,
		Title:       *r.Title,
		Description: r.Description,
		Prompt:      r.Prompt,
		Task: PeriodicTaskRequest{
			Crontab:   *r.Task.Crontab,
			OneOff:    r.Task.OneOff,
			StartTime: r.Task.StartTime,
			Enabled:   r.Task.Enabled,
		},
		Pathway:             r.Pathway,
		CallbackURL:         r.CallbackURL,
		CallbackSecret:      r.CallbackSecret,
		ParentSessionID:     r.ParentSessionID,
		ParentMentorID:      r.ParentMentorID,
		PreviousAgent:       r.PreviousAgent,
		PreviousAgentStatus: r.PreviousAgentStatus,
	}
}

// UpdateRequest returns a request that has all of the agent's writable fields,
// as CreateRequest does. An update with the unchanged request changes nothing.
func (a *PeriodicAgent) UpdateRequest() *PeriodicAgentUpdateRequest {
	r := &PeriodicAgentUpdateRequest{
		Mentor:      new(a.Mentor.reference()),
		Title:       new(a.Title),
		Description: new(a.Description),
		Prompt:      new(a.Prompt),
		Task: &PeriodicTaskUpdateRequest{
			Crontab:   new(NewCrontabSchedule(a.Task.Crontab.Fields())),
			OneOff:    new(a.Task.OneOff),
			StartTime: a.Task.startTime(),
			Enabled:   new(a.Task.Enabled),
		},
		Pathway:         new(a.Pathway),
		CallbackURL:     new(a.CallbackURL),
		CallbackSecret:  new(a.CallbackSecret),
		ParentSessionID: new(a.ParentSessionID),
		ParentMentorID:  nullable(a.ParentMentorID),
		PreviousAgent:   nullable(a.PreviousAgent),
	}
	if a.PreviousAgentStatus != "" { // which the service refuses
		r.PreviousAgentStatus = new(a.PreviousAgentStatus)
	}
	return r
}

// reference returns the id by which requests refer to the mentor.
func (m *Mentor) reference() string {
	if m.UniqueID == "" && m.ID != 0 {
		return strconv.FormatInt(m.ID, 10)
	}
	return m.UniqueID
}

// startTime returns the start time as it is written.
func (t *PeriodicTask) startTime() Nullable[time.Time] {
	switch {
	case t.StartTime == nil || t.StartTime.Text() == "":
		return Null[time.Time]()
	case t.StartTime.IsZero(): // it could not be parsed
		return Nullable[time.Time]{}
	}
	return Value(t.StartTime.Time)
}

// nullable returns the value to which v points, or null.
func nullable[T any](v *T) Nullable[T] {
	if v == nil {
		return Null[T]()
	}
	return Value(*v)
}

// explicit returns r with the fields of its crontab made explicit.
func (r *PeriodicAgentCreateRequest) explicit() *PeriodicAgentCreateRequest {
	if r == nil {
		return nil
	}
	c := *r
	c.Task.Crontab = r.Task.Crontab.explicit()
	return &c
}

func (r *PeriodicAgentCreateRequest) crontab() CrontabSchedule {
	if r == nil {
		return CrontabSchedule{}
	}
	return r.Task.Crontab
}

func (r *PeriodicAgentUpdateRequest) crontab() CrontabSchedule {
	if r.Task == nil || r.Task.Crontab == nil {
		return CrontabSchedule{}
	}
	return *r.Task.Crontab
}

// schedules reports whether r changes when the agent runs, or lets it run again.
func (r *PeriodicAgentUpdateRequest) schedules() bool {
	return !r.crontab().isZero() || r.Task != nil && r.Task.Enabled != nil && *r.Task.Enabled
}
