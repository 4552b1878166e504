package seed

import (
	"math"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// statuses are the statuses of a run.
var statuses = []string{
	string(api.StatusSuccess),
	string(api.StatusError),
	string(api.StatusRunning),
}

// ReadOutcome reads the outcome of a run.
func ReadOutcome(v *document.Value) (outcome sandbox.Outcome) {
	v.Object(document.Fields{
		"status":   func(v *document.Value) { outcome.Status = api.Status(v.OneOf(statuses...)) },
		"output":   func(v *document.Value) { outcome.Output = v.Text(maxText) },
		"log":      func(v *document.Value) { outcome.Log = v.Text(maxText) },
		"duration": func(v *document.Value) { outcome.Duration = v.Duration(maxRun) },
	})
	return outcome
}

// logFields are the fields of the log of a run in the past.
func logFields(log *client.PeriodicAgentLog) document.Fields {
	log.Status = api.StatusSuccess
	return document.Fields{
		"status":     func(v *document.Value) { log.Status = api.Status(v.OneOf(statuses...)) },
		"content":    func(v *document.Value) { log.Content = v.Text(maxText) },
		"start_time": func(v *document.Value) { log.StartTime = client.Time{Time: v.Time()} },
		"end_time":   func(v *document.Value) { log.EndTime = &client.Time{Time: v.Time()} },
	}
}

// completeLog checks the times of a log, sets a missing end, and adds the log.
func (o *orgReader) completeLog(v *document.Value, l *pastLog) {
	running := l.Status == api.StatusRunning
	switch {
	case running && l.EndTime != nil:
		v.Errorf("has an end_time, but is running")
	case running:
	case l.EndTime == nil:
		l.EndTime = new(l.StartTime)
	case l.EndTime.Before(l.StartTime.Time):
		v.Errorf("ends before it starts")
	}
	o.logs = append(o.logs, l)
	if o.existing == nil {
		return // there may be a million, and what is to be checked was checked
	}
	o.addPart(part{
		value: v, kind: logPart, time: l.StartTime.Time,
		add: func(s *Sandbox, added *Added) error { return added.log(s.AddPeriodicAgentLog(o.key, l.complete())) },
	})
}

// readLog reads a log of an agent.
func (o *orgReader) readLog(v *document.Value, of *agent) {
	l := &pastLog{agent: of}
	v.Object(logFields(&l.PeriodicAgentLog), "start_time")
	o.completeLog(v, l)
}

// readOrgLog reads a log that names its agent.
func (o *orgReader) readOrgLog(v *document.Value) {
	l := &pastLog{}
	fields := logFields(&l.PeriodicAgentLog)
	fields["periodic_agent"] = func(v *document.Value) {
		o.readAgentName(v, "", math.MaxInt, func(a *agent) { l.agent = a })
	}
	v.Object(fields, "periodic_agent", "start_time")
	o.completeLog(v, l)
}
