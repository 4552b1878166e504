package sandbox

import (
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// agentListing is how agents are chosen and sorted.
var agentListing = listing[*agent]{
	filters: []filter[*agent]{
		isTrue("enabled", func(a *agent) bool { return a.Task.Enabled }),
		hasMentor("mentor_id", func(a *agent) *mentor { return a.mentor }),
		hasNumber("parent_mentor_id", func(a *agent) *int64 { return a.ParentMentorID }),
		equals("parent_session_id", func(a *agent) string { return a.ParentSessionID }),
		hasAgent("previous_agent", func(a *agent) *int64 { return a.PreviousAgent }),
		isOneOf("previous_agent_status", agentStatuses, func(a *agent) api.Status { return a.PreviousAgentStatus }),
		isOneOf("status", agentStatuses, (*agent).status),
		equals("title", func(a *agent) string { return a.Title }),
		equals("username", func(a *agent) string { return a.Username }),
	},
	orders: map[string]func(a, b *agent) int{
		"id":                    by((*agent).rowID),
		"mentor":                by(func(a *agent) int64 { return a.mentor.ID }),
		"title":                 by(func(a *agent) string { return a.Title }),
		"username":              by(func(a *agent) string { return a.Username }),
		"description":           by(func(a *agent) string { return a.Description }),
		"prompt":                by(func(a *agent) string { return a.Prompt }),
		"created_at":            byTime(func(a *agent) django.DateTime { return a.CreatedAt }),
		"modified_at":           byTime(func(a *agent) django.DateTime { return a.ModifiedAt }),
		"enabled":               byBool(func(a *agent) bool { return a.Task.Enabled }),
		"one_off":               byBool(func(a *agent) bool { return a.Task.OneOff }),
		"pathway":               by(func(a *agent) string { return a.Pathway }),
		"callback_url":          by(func(a *agent) string { return a.CallbackURL }),
		"parent_session_id":     by(func(a *agent) string { return a.ParentSessionID }),
		"parent_mentor_id":      byNullable(func(a *agent) *int64 { return a.ParentMentorID }),
		"previous_agent":        byNullable(func(a *agent) *int64 { return a.PreviousAgent }),
		"previous_agent_status": by(func(a *agent) api.Status { return a.PreviousAgentStatus }),
	},
	search: func(_ *org, w *word) func(*agent) bool {
		return func(a *agent) bool { return w.isIn(a.Title) || w.isIn(a.Description) || w.isIn(a.Prompt) }
	},
}
