// Code generated from openapi.yaml. DO NOT EDIT.

package client

func (r *CrontabSchedule) encode(e *encoder) {
	e.begin()
	if r.Minute != "" {
		e.field("minute", r.Minute)
	}
	if r.Hour != "" {
		e.field("hour", r.Hour)
	}
	if r.DayOfWeek != "" {
		e.field("day_of_week", r.DayOfWeek)
	}
	if r.DayOfMonth != "" {
		e.field("day_of_month", r.DayOfMonth)
	}
	if r.MonthOfYear != "" {
		e.field("month_of_year", r.MonthOfYear)
	}
	e.end()
}

func (r *PeriodicAgentCreateRequest) encode(e *encoder) {
	e.begin()
	if r.Mentor != "" {
		e.field("mentor", r.Mentor)
	}
	if r.Title != "" {
		e.field("title", r.Title)
	}
	if r.Description != nil {
		e.field("description", *r.Description)
	}
	if r.Prompt != nil {
		e.field("prompt", *r.Prompt)
	}
	if !isZero(r.Task) {
		e.object("task", r.Task.encode)
	}
	if r.Pathway != nil {
		e.field("pathway", *r.Pathway)
	}
	if r.CallbackURL != nil {
		e.field("callback_url", *r.CallbackURL)
	}
	if r.CallbackSecret != nil {
		e.secret("callback_secret", *r.CallbackSecret)
	}
	if r.ParentSessionID != nil {
		e.field("parent_session_id", *r.ParentSessionID)
	}
	if !r.ParentMentorID.IsZero() {
		e.field("parent_mentor_id", r.ParentMentorID)
	}
	if !r.PreviousAgent.IsZero() {
		e.field("previous_agent", r.PreviousAgent)
	}
	if r.PreviousAgentStatus != nil {
		e.field("previous_agent_status", *r.PreviousAgentStatus)
	}
	e.end()
}

func (r *PeriodicAgentUpdateRequest) encode(e *encoder) {
	e.begin()
	if r.Mentor != nil {
		e.field("mentor", *r.Mentor)
	}
	if r.Title != nil {
		e.field("title", *r.Title)
	}
	if r.Description != nil {
		e.field("description", *r.Description)
	}
	if r.Prompt != nil {
		e.field("prompt", *r.Prompt)
	}
	if r.Task != nil {
		e.object("task", r.Task.encode)
	}
	if r.Pathway != nil {
		e.field("pathway", *r.Pathway)
	}
	if r.CallbackURL != nil {
		e.field("callback_url", *r.CallbackURL)
	}
	if r.CallbackSecret != nil {
		e.secret("callback_secret", *r.CallbackSecret)
	}
	if r.ParentSessionID != nil {
		e.field("parent_session_id", *r.ParentSessionID)
	}
	if !r.ParentMentorID.IsZero() {
		e.field("parent_mentor_id", r.ParentMentorID)
	}
	if !r.PreviousAgent.IsZero() {
		e.field("previous_agent", r.PreviousAgent)
	}
	if r.PreviousAgentStatus != nil {
		e.field("previous_agent_status", *r.PreviousAgentStatus)
	}
	e.end()
}

func (r *PeriodicTaskRequest) encode(e *encoder) {
	e.begin()
	if !isZero(r.Crontab) {
		e.object("crontab", r.Crontab.encode)
	}
	if r.OneOff != nil {
		e.field("one_off", *r.OneOff)
	}
	if !r.StartTime.IsZero() {
		e.field("start_time", r.StartTime)
	}
	if r.Enabled != nil {
		e.field("enabled", *r.Enabled)
	}
	e.end()
}

func (r *PeriodicTaskUpdateRequest) encode(e *encoder) {
	e.begin()
	if r.Crontab != nil {
		e.object("crontab", r.Crontab.encode)
	}
	if r.OneOff != nil {
		e.field("one_off", *r.OneOff)
	}
	if !r.StartTime.IsZero() {
		e.field("start_time", r.StartTime)
	}
	if r.Enabled != nil {
		e.field("enabled", *r.Enabled)
	}
	e.end()
}

func (r *pinRequest) encode(e *encoder) {
	e.begin()
	if r.SessionID != "" {
		e.field("session_id", r.SessionID)
	}
	e.end()
}
