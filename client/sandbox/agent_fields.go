package sandbox

import (
	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
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
	django.IntegerField("parent_mentor_id", func(a *agent) **int64 { return &a.ParentMentorID }),
	django.PrimaryKeyRelatedField("previous_agent", hasAgentID, func(a *agent) **int64 { return &a.PreviousAgent }),
	django.ChoiceField("previous_agent_status", agentStatuses, func(a *agent) *api.Status { return &a.PreviousAgentStatus }),
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

// crontabField is a field of a crontab. It refuses what the service refuses, but
// accepts schedules that celery never runs.
func crontabField(name crontab.Field, at func(*client.CrontabSchedule) *string) django.Field[client.CrontabSchedule] {
	return django.CharField(string(name), django.CharRules{Validate: func(value string) string {
		var alone client.CrontabSchedule
		*at(&alone) = value
		for _, finding := range crontab.Check(alone.Fields()).Findings {
			if finding.Verdict == crontab.Refused {
				return finding.Reason
			}
		}
		return ""
	}}, at)
}

func mentorOf(o any, id string) *mentor { return o.(*org).mentorByUUID[id] } //nolint:forcetypeassert // the context is an org

func hasAgentID(o any, id int64) bool { return o.(*org).hasAgent(id) } //nolint:forcetypeassert // the context is an org
