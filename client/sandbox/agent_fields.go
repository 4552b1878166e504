package sandbox

import (
	"fmt"
	"math/big"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
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
var agentFields = []field[agent]{
	{name: "mentor", required: true, related: true, set: setMentor},
	text("title", textRule{required: true, maxLength: 255}, func(a *agent) *string { return &a.Title }),
	text("description", textRule{blank: true}, func(a *agent) *string { return &a.Description }),
	text("prompt", textRule{blank: true}, func(a *agent) *string { return &a.Prompt }),
	nested("task", taskFields, func(a *agent) *task { return &a.Task }),
	text("pathway", textRule{blank: true, maxLength: 255}, func(a *agent) *string { return &a.Pathway }),
	text("callback_url", textRule{blank: true, maxLength: 200, invalid: invalidURL, check: checkURL}, func(a *agent) *string { return &a.CallbackURL }),
	text("callback_secret", textRule{blank: true, maxLength: 255}, func(a *agent) *string { return &a.CallbackSecret }),
	text("parent_session_id", textRule{blank: true, maxLength: 200}, func(a *agent) *string { return &a.ParentSessionID }),
	wholeNumber("parent_mentor_id", func(a *agent) **int64 { return &a.ParentMentorID }),
	{name: "previous_agent", related: true, null: func(a *agent) { a.PreviousAgent = nil }, set: setPreviousAgent},
	choice("previous_agent_status", agentStatuses, func(a *agent) *api.Status { return &a.PreviousAgentStatus }),
}

var taskFields = []field[task]{
	nested("crontab", crontabFields, func(t *task) *client.CrontabSchedule { return &t.Crontab }),
	boolean("one_off", func(t *task) *bool { return &t.OneOff }),
	{name: "start_time", null: func(t *task) { t.StartTime = 0 }, set: setStartTime},
	boolean("enabled", func(t *task) *bool { return &t.Enabled }),
}

var crontabFields = []field[client.CrontabSchedule]{
	crontabField(crontab.Minute, func(s *client.CrontabSchedule) *string { return &s.Minute }),
	crontabField(crontab.Hour, func(s *client.CrontabSchedule) *string { return &s.Hour }),
	crontabField(crontab.DayOfWeek, func(s *client.CrontabSchedule) *string { return &s.DayOfWeek }),
	crontabField(crontab.DayOfMonth, func(s *client.CrontabSchedule) *string { return &s.DayOfMonth }),
	crontabField(crontab.MonthOfYear, func(s *client.CrontabSchedule) *string { return &s.MonthOfYear }),
}

// crontabField is a field of a crontab. What the service refuses, for its
// length too, package crontab knows; what celery would never run is accepted.
func crontabField(name crontab.Field, at func(*client.CrontabSchedule) *string) field[client.CrontabSchedule] {
	return text(string(name), textRule{check: func(value string) string {
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
func orgOf(v *validation) *org { return v.context.(*org) } //nolint:forcetypeassert // nothing else is passed

// setMentor reads the unique id of a mentor. Django takes an integer for the
// number that a UUID is.
func setMentor(v *validation, value any, to *agent) faults {
	id, isUUID := parseUUID(str(value))
	switch value := value.(type) {
	case bool:
		isUUID = true
	case integer:
		number, _ := new(big.Int).SetString(string(value), 10)
		isUUID = number.Sign() >= 0 && number.BitLen() <= 128
	}
	if !isUUID {
		return fault("“" + str(value) + "” is not a valid UUID.")
	}
	mentor := orgOf(v).mentorByUUID[id]
	if mentor == nil {
		return fault("Object with unique_id=" + str(value) + " does not exist.")
	}
	to.mentor = mentor
	return faults{}
}

func setPreviousAgent(v *validation, value any, to *agent) faults {
	var id int64
	switch value := value.(type) {
	case string, integer:
		n, ok := parseInt(str(value))
		if _, isString := value.(string); isString && !ok {
			return fault("Incorrect type. Expected pk value, received str.")
		}
		id = n
	case float64:
		id = int64(value)
	default:
		return fault("Incorrect type. Expected pk value, received " + typeName(value) + ".")
	}
	if orgOf(v).agents.byID(id) == nil {
		return fault(fmt.Sprintf(`Invalid pk "%s" - object does not exist.`, str(value)))
	}
	to.PreviousAgent = &id
	return faults{}
}

func setStartTime(_ *validation, value any, to *task) faults {
	start, message := readDatetime(value)
	if message != "" {
		return fault(message)
	}
	to.StartTime = start
	return faults{}
}
