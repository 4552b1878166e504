package sandbox

import (
	"fmt"
	"math/big"

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

// agentFields are the fields of an agent that can be written, in the order in
// which the service tells their faults.
var agentFields = []django.Field[agent]{
	{Name: "mentor", Required: true, Related: true, Set: setMentor},
	django.CharField("title", django.CharRules{Required: true, MaxLength: 255}, func(a *agent) *string { return &a.Title }),
	django.CharField("description", django.CharRules{AllowBlank: true}, func(a *agent) *string { return &a.Description }),
	django.CharField("prompt", django.CharRules{AllowBlank: true}, func(a *agent) *string { return &a.Prompt }),
	django.NestedField("task", taskFields, func(a *agent) *task { return &a.Task }),
	django.CharField("pathway", django.CharRules{AllowBlank: true, MaxLength: 255}, func(a *agent) *string { return &a.Pathway }),
	django.CharField("callback_url", django.CharRules{AllowBlank: true, MaxLength: 200, InvalidMessage: django.InvalidURLMessage, Validate: django.ValidateURL}, func(a *agent) *string { return &a.CallbackURL }),
	django.CharField("callback_secret", django.CharRules{AllowBlank: true, MaxLength: 255}, func(a *agent) *string { return &a.CallbackSecret }),
	django.CharField("parent_session_id", django.CharRules{AllowBlank: true, MaxLength: 200}, func(a *agent) *string { return &a.ParentSessionID }),
	django.IntegerField("parent_mentor_id", func(a *agent) **int64 { return &a.ParentMentorID }),
	{Name: "previous_agent", Related: true, SetNull: func(a *agent) { a.PreviousAgent = nil }, Set: setPreviousAgent},
	django.ChoiceField("previous_agent_status", agentStatuses, func(a *agent) *api.Status { return &a.PreviousAgentStatus }),
}

var taskFields = []django.Field[task]{
	django.NestedField("crontab", crontabFields, func(t *task) *client.CrontabSchedule { return &t.Crontab }),
	django.BooleanField("one_off", func(t *task) *bool { return &t.OneOff }),
	{Name: "start_time", SetNull: func(t *task) { t.StartTime = 0 }, Set: setStartTime},
	django.BooleanField("enabled", func(t *task) *bool { return &t.Enabled }),
}

var crontabFields = []django.Field[client.CrontabSchedule]{
	crontabField(crontab.Minute, func(s *client.CrontabSchedule) *string { return &s.Minute }),
	crontabField(crontab.Hour, func(s *client.CrontabSchedule) *string { return &s.Hour }),
	crontabField(crontab.DayOfWeek, func(s *client.CrontabSchedule) *string { return &s.DayOfWeek }),
	crontabField(crontab.DayOfMonth, func(s *client.CrontabSchedule) *string { return &s.DayOfMonth }),
	crontabField(crontab.MonthOfYear, func(s *client.CrontabSchedule) *string { return &s.MonthOfYear }),
}

// crontabField is a field of a crontab. What the service refuses, for its
// length too, package crontab knows; what celery would never run is accepted.
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

// orgOf is the org whose agent is validated.
func orgOf(v *django.Validation) *org { return v.Context.(*org) } //nolint:forcetypeassert // nothing else is passed

// setMentor reads the unique id of a mentor. Django takes an integer for the
// number that a UUID is.
func setMentor(v *django.Validation, value any, to *agent) django.Errors {
	id, isUUID := django.ParseUUID(django.Str(value))
	switch value := value.(type) {
	case bool:
		isUUID = true
	case django.Integer:
		number, _ := new(big.Int).SetString(string(value), 10)
		isUUID = number.Sign() >= 0 && number.BitLen() <= 128
	}
	if !isUUID {
		return django.NewErrors("“" + django.Str(value) + "” is not a valid UUID.")
	}
	mentor := orgOf(v).mentorByUUID[id]
	if mentor == nil {
		return django.NewErrors("Object with unique_id=" + django.Str(value) + " does not exist.")
	}
	to.mentor = mentor
	return django.Errors{}
}

func setPreviousAgent(v *django.Validation, value any, to *agent) django.Errors {
	var id int64
	switch value := value.(type) {
	case string, django.Integer:
		n, ok := django.ParseInt(django.Str(value))
		if _, isString := value.(string); isString && !ok {
			return django.NewErrors("Incorrect type. Expected pk value, received str.")
		}
		id = n
	case float64:
		id = int64(value)
	default:
		return django.NewErrors("Incorrect type. Expected pk value, received " + django.TypeName(value) + ".")
	}
	if orgOf(v).agents.byID(id) == nil {
		return django.NewErrors(fmt.Sprintf(`Invalid pk "%s" - object does not exist.`, django.Str(value)))
	}
	to.PreviousAgent = &id
	return django.Errors{}
}

func setStartTime(_ *django.Validation, value any, to *task) django.Errors {
	start, message := django.DateTimeValue(value)
	if message != "" {
		return django.NewErrors(message)
	}
	to.StartTime = start
	return django.Errors{}
}
