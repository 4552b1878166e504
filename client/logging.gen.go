// Code generated from openapi.yaml. DO NOT EDIT.

package client

import "log/slog"

// LogValue returns a group of the fields that identify v.
func (v Artifact) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	if v.SessionID != nil {
		g.add("session_id", *v.SessionID)
	}
	g.add("title", v.Title)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v ArtifactVersion) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("session_id", v.SessionID)
	g.add("title", v.Title)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v CallConfiguration) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v ChatMessage) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	if v.Title != nil {
		g.add("title", *v.Title)
	}
	return g.value()
}

// LogValue returns a group of v's fields without the unknown ones.
func (v CrontabSchedule) LogValue() slog.Value {
	var g logGroup
	g.add("minute", v.Minute)
	g.add("hour", v.Hour)
	g.add("day_of_week", v.DayOfWeek)
	g.add("day_of_month", v.DayOfMonth)
	g.add("month_of_year", v.MonthOfYear)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v MCPServer) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v Mentor) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("unique_id", v.UniqueID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v MentorAudience) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v MentorCategory) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v MentorType) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v OAuthService) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicAgent) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("title", v.Title)
	g.add("enabled", v.Enabled)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicAgentCreateRequest) LogValue() slog.Value {
	var g logGroup
	g.add("title", v.Title)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicAgentLog) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("status", v.Status)
	return g.value()
}

// LogValue returns a group of v's fields without the unknown ones.
func (v PeriodicAgentStatistics) LogValue() slog.Value {
	var g logGroup
	g.add("total_tasks", v.TotalTasks)
	g.add("succeeded_tasks", v.SucceededTasks)
	g.add("failed_tasks", v.FailedTasks)
	g.add("running_tasks", v.RunningTasks)
	g.add("pending_tasks", v.PendingTasks)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicAgentUpdateRequest) LogValue() slog.Value {
	var g logGroup
	if v.Title != nil {
		g.add("title", *v.Title)
	}
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicTask) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	g.add("enabled", v.Enabled)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicTaskRequest) LogValue() slog.Value {
	var g logGroup
	if v.Enabled != nil {
		g.add("enabled", *v.Enabled)
	}
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PeriodicTaskUpdateRequest) LogValue() slog.Value {
	var g logGroup
	if v.Enabled != nil {
		g.add("enabled", *v.Enabled)
	}
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v Pin) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	if v.SessionID != nil {
		g.add("session_id", *v.SessionID)
	}
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v PinnedSession) LogValue() slog.Value {
	var g logGroup
	g.add("session_id", v.SessionID)
	if v.Title != nil {
		g.add("title", *v.Title)
	}
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v Subject) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v Voice) LogValue() slog.Value {
	var g logGroup
	g.add("id", v.ID)
	g.add("name", v.Name)
	return g.value()
}

// LogValue returns a group of the fields that identify v.
func (v pinRequest) LogValue() slog.Value {
	var g logGroup
	g.add("session_id", v.SessionID)
	return g.value()
}
