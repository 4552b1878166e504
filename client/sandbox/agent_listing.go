package sandbox

import (
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// agentListing says how the agents of o can be filtered, searched and sorted.
func agentListing(o *org) *listing.Listing[*agent] {
	return &listing.Listing[*agent]{
		Filters: []listing.Filter[*agent]{
			listing.BooleanFilter("enabled", func(a *agent) bool { return a.Task.Enabled }),
			listing.UUIDFilter("mentor_id", (*agent).mentorID),
			listing.NumberFilter("parent_mentor_id", func(a *agent) *int64 { return a.ParentMentorID }),
			listing.CharFilter("parent_session_id", func(a *agent) string { return a.ParentSessionID }),
			listing.ModelChoiceFilter("previous_agent", o.hasAgent, func(a *agent) *int64 { return a.PreviousAgent }),
			listing.ChoiceFilter("previous_agent_status", agentStatuses, func(a *agent) api.Status { return a.PreviousAgentStatus }),
			listing.ChoiceFilter("status", agentStatuses, (*agent).status),
			listing.CharFilter("title", func(a *agent) string { return a.Title }),
			listing.CharFilter("username", func(a *agent) string { return a.Username }),
		},
		Search: []func(*agent) string{
			func(a *agent) string { return a.Title },
			func(a *agent) string { return a.Description },
			func(a *agent) string { return a.Prompt },
		},
		Orderings: map[string]func(a, b *agent) int{
			"id":                    listing.By((*agent).RowID),
			"mentor":                listing.By(func(a *agent) int64 { return a.mentor.ID }),
			"title":                 listing.By(func(a *agent) string { return a.Title }),
			"username":              listing.By(func(a *agent) string { return a.Username }),
			"description":           listing.By(func(a *agent) string { return a.Description }),
			"prompt":                listing.By(func(a *agent) string { return a.Prompt }),
			"created_at":            listing.ByDateTime(func(a *agent) django.DateTime { return a.CreatedAt }),
			"modified_at":           listing.ByDateTime(func(a *agent) django.DateTime { return a.ModifiedAt }),
			"enabled":               listing.ByBool(func(a *agent) bool { return a.Task.Enabled }),
			"one_off":               listing.ByBool(func(a *agent) bool { return a.Task.OneOff }),
			"pathway":               listing.By(func(a *agent) string { return a.Pathway }),
			"callback_url":          listing.By(func(a *agent) string { return a.CallbackURL }),
			"parent_session_id":     listing.By(func(a *agent) string { return a.ParentSessionID }),
			"parent_mentor_id":      listing.ByNullable(func(a *agent) *int64 { return a.ParentMentorID }),
			"previous_agent":        listing.ByNullable(func(a *agent) *int64 { return a.PreviousAgent }),
			"previous_agent_status": listing.By(func(a *agent) api.Status { return a.PreviousAgentStatus }),
		},
	}
}
