package seed

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// readAgent reads an agent, which has the fields of the API. The sandbox
// validates them.
func (o *orgReader) readAgent(v *document.Value) {
	a := &agent{}
	if o.existing == nil {
		o.lastAgent++
		a.id = o.lastAgent
	}
	v.Object(document.Fields{
		"title":             func(v *document.Value) { a.request.Title = v.Text(maxText) },
		"description":       func(v *document.Value) { a.request.Description = new(v.Text(maxText)) },
		"prompt":            func(v *document.Value) { a.request.Prompt = new(v.Text(maxText)) },
		"mentor":            func(v *document.Value) { o.readMentorName(v, &a.request.Mentor) },
		"task":              func(v *document.Value) { readTask(v, &a.request.Task) },
		"pathway":           func(v *document.Value) { a.request.Pathway = new(v.Text(maxText)) },
		"callback_url":      func(v *document.Value) { readCallbackURL(v, a) },
		"callback_secret":   func(v *document.Value) { a.request.CallbackSecret = new(api.NewSecret(v.Text(maxText))) },
		"parent_session_id": func(v *document.Value) { a.request.ParentSessionID = new(v.Text(maxText)) },
		"parent_mentor_id":  func(v *document.Value) { a.request.ParentMentorID = client.Value(v.Int(0, math.MaxInt64)) },
		"previous_agent":    func(v *document.Value) { o.readPreviousAgent(v, a) },
		"previous_agent_status": func(v *document.Value) {
			a.request.PreviousAgentStatus = new(api.Status(v.Text(maxText)))
		},
		"outcomes": func(v *document.Value) {
			v.List(maxOutcomes, func(v *document.Value) { a.outcomes = append(a.outcomes, ReadOutcome(v)) })
		},
		"logs": func(v *document.Value) {
			v.List(maxLogs, func(v *document.Value) { o.readLog(v, a) })
		},
	}, "title", "task")
	o.nameAgent(namedAgent{a, len(o.agents)})
	o.agents = append(o.agents, a)
	o.addPart(part{
		value: v, kind: agentPart,
		options: func() []sandbox.Option {
			alone := a.request
			alone.Mentor = "" // it is another part
			return []sandbox.Option{anyAccount(), sandbox.WithPeriodicAgent(anyOrg, alone)}
		},
		add: func(s *Sandbox, added *Added) error { return s.addAgent(o.key, a, added) },
	})
}

// placeholderInboxURL is the URL of the inbox until the URL of the server is
// known.
const placeholderInboxURL = "http://127.0.0.1/_sandbox/inbox"

func readCallbackURL(v *document.Value, a *agent) {
	text := v.Text(maxText)
	if a.inbox = text == "inbox"; a.inbox {
		text = placeholderInboxURL
	}
	a.request.CallbackURL = &text
}

func readTask(v *document.Value, task *client.PeriodicTaskRequest) {
	v.Object(document.Fields{
		"crontab":    func(v *document.Value) { task.Crontab = readCrontab(v) },
		"one_off":    func(v *document.Value) { task.OneOff = new(v.Bool()) },
		"start_time": func(v *document.Value) { task.StartTime = client.Value(v.Time()) },
		"enabled":    func(v *document.Value) { task.Enabled = new(v.Bool()) },
	}, "crontab")
}

// readCrontab reads a schedule. It adds an error if no release of celery runs
// the schedule.
func readCrontab(v *document.Value) client.CrontabSchedule {
	schedule := client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}
	values := map[crontab.Field]*document.Value{}
	field := func(name crontab.Field, into *string) func(*document.Value) {
		return func(v *document.Value) {
			values[name] = v
			if text, _, ok := v.TextOrInt(`a string such as "*/5"`); ok {
				*into = text
			}
		}
	}
	v.Object(document.Fields{
		string(crontab.Minute):      field(crontab.Minute, &schedule.Minute),
		string(crontab.Hour):        field(crontab.Hour, &schedule.Hour),
		string(crontab.DayOfWeek):   field(crontab.DayOfWeek, &schedule.DayOfWeek),
		string(crontab.DayOfMonth):  field(crontab.DayOfMonth, &schedule.DayOfMonth),
		string(crontab.MonthOfYear): field(crontab.MonthOfYear, &schedule.MonthOfYear),
	})
	for _, finding := range crontab.Check(schedule.Fields()).Findings {
		if finding.Verdict >= crontab.NeverRuns {
			value := values[finding.Field]
			if value == nil { // the field has its default
				value = v
			}
			value.Errorf("%s", findingText(finding))
		}
	}
	return schedule
}

// findingText describes a finding without the name of its field.
func findingText(f crontab.Finding) string {
	text := fmt.Sprintf("%s: %v: %s", document.Quote(f.Value), f.Verdict, f.Reason)
	if f.Suggestion != "" {
		text += "; write " + strconv.Quote(f.Suggestion)
	}
	return text
}

// readMentorName reads the name or the unique id of a mentor of the org, and sets its
// unique id.
func (o *orgReader) readMentorName(v *document.Value, into *string) {
	text := v.Text(maxText)
	o.resolve = append(o.resolve, func() {
		switch found := o.mentorIDs[text]; len(found) {
		case 0:
			v.Errorf("no mentor of the org has the name or unique_id %s", document.Quote(text))
		case 1:
			*into = found[0]
		default:
			v.Errorf("%d mentors of the org have the name %s; use a unique_id", len(found), document.Quote(text))
		}
	})
}

// A namedAgent is an agent that its title or its id names.
type namedAgent struct {
	*agent

	position int // in the org; -1 for one that exists
}

func (o *orgReader) nameAgent(a namedAgent) {
	names := []any{a.request.Title}
	if a.id != 0 {
		names = append(names, a.id)
	}
	for _, name := range names {
		o.agentsByName[name] = append(o.agentsByName[name], a)
	}
}

// readPreviousAgent reads the title or the id of an agent listed above.
func (o *orgReader) readPreviousAgent(v *document.Value, a *agent) {
	o.readAgentName(v, " listed above", len(o.agents), func(previous *agent) { a.previous = previous })
}

// readAgentName reads the title or the id of an agent of the org that has a lower
// position than end. It calls set when the whole org was read.
func (o *orgReader) readAgentName(v *document.Value, where string, end int, set func(*agent)) {
	text, isInt, ok := v.TextOrInt("the title or id of an agent" + where)
	if !ok {
		return
	}
	var name any = text
	if isInt {
		name = v.Int(1, math.MaxInt64)
	}
	o.resolve = append(o.resolve, func() {
		found := slices.DeleteFunc(slices.Clone(o.agentsByName[name]), func(a namedAgent) bool { return a.position >= end })
		switch len(found) {
		case 0:
			v.Errorf("no agent%s in this org has the title or id %s", where, document.Quote(text))
		case 1:
			set(found[0].agent)
		default:
			v.Errorf("%d agents%s in this org have the title %s; use an id", len(found), where, document.Quote(text))
		}
	})
}
