package sandbox

import (
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// agentStatuses are the choices of previous_agent_status.
var agentStatuses = []api.Status{
	api.StatusSuccess,
	api.StatusError,
	api.StatusRunning,
	api.StatusPending,
}

// agentFields are the writable fields of an agent, in the order in which the
// service reports their errors.
var agentFields = []django.Field[agent]{
	django.SlugRelatedField("mentor", "unique_id", mentorOf, func(a *agent) **mentor { return &a.mentor }),
	django.CharField("title", django.CharRules{Required: true, MaxLength: 255}, func(a *agent) *string { return &a.Title }),
	django.CharField("description", django.CharRules{AllowBlank: true}, func(a *agent) *string { return &a.Description }),
	django.CharField("prompt", django.CharRules{AllowBlank: true}, func(a *agent) *string { return &a.Prompt }),
	django.NestedField("task", taskFields, func(a *agent) *task { return &a.Task }),
	django.CharField("pathway", django.CharRules{AllowBlank: true, MaxLength: 255}, func(a *agent) *string { return &a.Pathway }),
	django.URLField("callback_url", django.CharRules{AllowBlank: true, MaxLength: 200}, func(a *agent) *string { return &a.CallbackURL }),
	django.CharField("callback_secret", django.CharRules{AllowBlank: true, MaxLength: 255}, func(a *agent) *string { return &a.CallbackSecret }),
	django.CharField("parent_session_id", django.CharRules{AllowBlank: true, MaxLength: 200}, func(a *agent) *string { return &a.ParentSessionID }),
	django.BigIntegerField("parent_mentor_id", func(a *agent) **int64 { return &a.ParentMentorID }),
	django.PrimaryKeyRelatedField("previous_agent", hasAgentID, func(a *agent) **int64 { return &a.PreviousAgent }),
	django.ChoiceField("previous_agent_status", agentStatuses, func(a *agent) *api.Status { return &a.PreviousAgentStatus }),
}

// agentFieldsOf returns the fields in a release. In release 3.59, a mentor is written
// as its integer id, and there is no description.
func agentFieldsOf(release Release) []django.Field[agent] {
	if release != Release359 {
		return agentFields
	}
	mentorField := django.RequiredPrimaryKeyRelatedField("mentor", mentorByID, func(a *agent) **mentor { return &a.mentor })
	return slices.Concat([]django.Field[agent]{mentorField}, agentFields[1:2], agentFields[3:])
}

var taskFields = []django.Field[task]{
	django.NestedField("crontab", crontabFields, func(t *task) *client.CrontabSchedule { return &t.Crontab }),
	django.BooleanField("one_off", func(t *task) *bool { return &t.OneOff }),
	django.DateTimeField("start_time", func(t *task) *django.DateTime { return &t.StartTime }),
	django.BooleanField("enabled", func(t *task) *bool { return &t.Enabled }),
}

var crontabFields = []django.Field[client.CrontabSchedule]{
	crontabField(crontab.Minute, func(s *client.CrontabSchedule) *string { return &s.Minute }),
	crontabField(crontab.Hour, func(s *client.CrontabSchedule) *string { return &s.Hour }),
	crontabField(crontab.DayOfWeek, func(s *client.CrontabSchedule) *string { return &s.DayOfWeek }),
	crontabField(crontab.DayOfMonth, func(s *client.CrontabSchedule) *string { return &s.DayOfMonth }),
	crontabField(crontab.MonthOfYear, func(s *client.CrontabSchedule) *string { return &s.MonthOfYear }),
}

func mentorOf(o any, id string) *mentor { return o.(*org).mentorByUUID[id] } //nolint:forcetypeassert // the context is an org

func mentorByID(o any, id int64) *mentor { return o.(*org).mentors.ByID(id) } //nolint:forcetypeassert // the context is an org

func hasAgentID(o any, id int64) bool { return o.(*org).hasAgent(id) } //nolint:forcetypeassert // the context is an org

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
			"task":                  listing.By(func(a *agent) int64 { return a.Task.ID }),
			"task__enabled":         listing.ByBool(func(a *agent) bool { return a.Task.Enabled }), // the source of enabled
			"task__one_off":         listing.ByBool(func(a *agent) bool { return a.Task.OneOff }),
			"pathway":               listing.By(func(a *agent) string { return a.Pathway }),
			"callback_secret":       listing.By(func(a *agent) string { return a.CallbackSecret }),
			"callback_url":          listing.By(func(a *agent) string { return a.CallbackURL }),
			"parent_session_id":     listing.By(func(a *agent) string { return a.ParentSessionID }),
			"parent_mentor_id":      listing.ByNullable(func(a *agent) *int64 { return a.ParentMentorID }),
			"previous_agent":        listing.ByNullable(func(a *agent) *int64 { return a.PreviousAgent }),
			"previous_agent_status": listing.By(func(a *agent) api.Status { return a.PreviousAgentStatus }),
		},
	}
}
