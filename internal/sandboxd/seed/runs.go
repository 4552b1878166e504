package seed

import (
	"time"

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

// readLog reads the log of a run in the past.
func readLog(v *document.Value, agent int64) client.PeriodicAgentLog {
	log := client.PeriodicAgentLog{PeriodicAgent: agent, Status: api.StatusSuccess}
	var end time.Time
	v.Object(document.Fields{
		"status":     func(v *document.Value) { log.Status = api.Status(v.OneOf(statuses...)) },
		"content":    func(v *document.Value) { log.Content = v.Text(maxText) },
		"start_time": func(v *document.Value) { log.StartTime = client.Time{Time: v.Time()} },
		"end_time":   func(v *document.Value) { end = v.Time() },
	}, "start_time")
	running := log.Status == api.StatusRunning
	switch {
	case running && !end.IsZero():
		v.Errorf("has an end_time, but is running")
	case running:
	case end.IsZero():
		log.EndTime = new(log.StartTime)
	case end.Before(log.StartTime.Time):
		v.Errorf("ends before it starts")
	default:
		log.EndTime = new(client.Time{Time: end})
	}
	return log
}
