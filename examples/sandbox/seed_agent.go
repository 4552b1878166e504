package main

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

// readAgent reads an agent in the API's own words. What they may say is the
// sandbox's to judge.
func (o *orgReader) readAgent(v *value) {
	a := &seedAgent{}
	o.lastAgent++
	id := o.lastAgent
	v.object(fields{
		"title":                 func(v *value) { a.request.Title = v.text(maxText) },
		"description":           func(v *value) { a.request.Description = new(v.text(maxText)) },
		"prompt":                func(v *value) { a.request.Prompt = new(v.text(maxText)) },
		"mentor":                func(v *value) { o.readMentorOf(v, a) },
		"task":                  func(v *value) { readTask(v, &a.request.Task) },
		"pathway":               func(v *value) { a.request.Pathway = new(v.text(maxText)) },
		"callback_url":          func(v *value) { a.request.CallbackURL = new(v.text(maxText)) },
		"callback_secret":       func(v *value) { a.request.CallbackSecret = new(api.NewSecret(v.text(maxText))) },
		"parent_session_id":     func(v *value) { a.request.ParentSessionID = new(v.text(maxText)) },
		"parent_mentor_id":      func(v *value) { a.request.ParentMentorID = client.Value(v.whole(0, maxID)) },
		"previous_agent":        func(v *value) { o.readPreviousAgent(v, a) },
		"previous_agent_status": func(v *value) { a.request.PreviousAgentStatus = new(api.Status(v.text(maxText))) },
		"outcomes": func(v *value) {
			v.list(maxOutcomes, func(v *value) { a.outcomes = append(a.outcomes, readOutcome(v)) })
		},
		"logs": func(v *value) { v.list(maxLogs, func(v *value) { a.logs = append(a.logs, readLog(v, id)) }) },
	}, "title", "task")
	o.agents = append(o.agents, a)
	o.agentsNamed[id] = append(o.agentsNamed[id], id)
	o.agentsNamed[a.request.Title] = append(o.agentsNamed[a.request.Title], id)
	o.probe(v, func() []sandbox.Option {
		alone := a.request
		alone.Mentor, alone.PreviousAgent = "", client.Nullable[int64]{} // which have been looked up
		return []sandbox.Option{anybody(), sandbox.WithPeriodicAgent(anyOrg, alone)}
	})
}

func readTask(v *value, task *client.PeriodicTaskRequest) {
	v.object(fields{
		"crontab":    func(v *value) { task.Crontab = readCrontab(v) },
		"one_off":    func(v *value) { task.OneOff = new(v.boolean()) },
		"start_time": func(v *value) { task.StartTime = client.Value(v.time()) },
		"enabled":    func(v *value) { task.Enabled = new(v.boolean()) },
	}, "crontab")
}

// readCrontab reads a schedule that runs, if only on a new celery.
func readCrontab(v *value) client.CrontabSchedule {
	schedule := client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}
	at := map[crontab.Field]*value{}
	field := func(name crontab.Field, into *string) func(*value) {
		return func(v *value) {
			at[name] = v
			if v.visit(yaml.ScalarNode, `a text such as "*/5"`, "!!str", "!!int") {
				*into = v.node.Value
			}
		}
	}
	v.object(fields{
		string(crontab.Minute):      field(crontab.Minute, &schedule.Minute),
		string(crontab.Hour):        field(crontab.Hour, &schedule.Hour),
		string(crontab.DayOfWeek):   field(crontab.DayOfWeek, &schedule.DayOfWeek),
		string(crontab.DayOfMonth):  field(crontab.DayOfMonth, &schedule.DayOfMonth),
		string(crontab.MonthOfYear): field(crontab.MonthOfYear, &schedule.MonthOfYear),
	})
	for _, finding := range crontab.Check(schedule.Fields()).Findings {
		if finding.Verdict >= crontab.NeverRuns {
			where := at[finding.Field]
			if where == nil { // a day that never comes, of any month
				where = v
			}
			where.fault("%s", explain(finding))
		}
	}
	return schedule
}

// explain is a finding in words, without the field's name.
func explain(f crontab.Finding) string {
	text := fmt.Sprintf("%s: %v: %s", brief(f.Value), f.Verdict, f.Reason)
	if f.Suggestion != "" {
		text += "; write " + strconv.Quote(f.Suggestion)
	}
	return text
}

// readMentorOf reads the name or the unique id of one of the org's mentors.
func (o *orgReader) readMentorOf(v *value, a *seedAgent) {
	text := v.text(maxText)
	o.later = append(o.later, func() {
		switch found := o.mentorsNamed[text]; len(found) {
		case 0:
			v.fault("no mentor of the org has the name or the unique_id %s", brief(text))
		case 1:
			a.request.Mentor = found[0]
		default:
			v.fault("%d mentors of the org have the name %s; give a unique_id", len(found), brief(text))
		}
	})
}

// readPreviousAgent reads the title or the id of an agent that stands above.
func (o *orgReader) readPreviousAgent(v *value, a *seedAgent) {
	if !v.visit(yaml.ScalarNode, "the title or the id of an agent that stands above", "!!str", "!!int") {
		return
	}
	var name any = v.node.Value
	if v.node.ShortTag() == "!!int" {
		name = v.whole(1, maxID)
	}
	switch found := o.agentsNamed[name]; len(found) {
	case 0:
		v.fault("no agent of the org that stands above has the title or the id %s", brief(v.node.Value))
	case 1:
		a.request.PreviousAgent = client.Value(found[0])
	default:
		v.fault("%d agents of the org that stand above have the title %s; give an id", len(found), brief(v.node.Value))
	}
}
