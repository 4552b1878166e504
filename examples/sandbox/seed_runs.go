package main

import (
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// statuses are how a run may go.
var statuses = []string{
	string(api.StatusSuccess),
	string(api.StatusError),
	string(api.StatusRunning),
}

// readOutcome reads how a run shall go.
func readOutcome(v *value) (outcome sandbox.Outcome) {
	v.object(fields{
		"status":   func(v *value) { outcome.Status = api.Status(v.oneOf(statuses...)) },
		"output":   func(v *value) { outcome.Output = v.text(maxText) },
		"log":      func(v *value) { outcome.Log = v.text(maxText) },
		"duration": func(v *value) { outcome.Duration = v.duration(maxRun) },
	})
	return outcome
}

// readLog reads the log of a run of an agent that is over, or began long ago.
func readLog(v *value, agent int64) client.PeriodicAgentLog {
	log := client.PeriodicAgentLog{PeriodicAgent: agent, Status: api.StatusSuccess}
	var end time.Time
	v.object(fields{
		"status":     func(v *value) { log.Status = api.Status(v.oneOf(statuses...)) },
		"content":    func(v *value) { log.Content = v.text(maxText) },
		"start_time": func(v *value) { log.StartTime = client.Time{Time: v.time()} },
		"end_time":   func(v *value) { end = v.time() },
	}, "start_time")
	running := log.Status == api.StatusRunning
	switch {
	case running && !end.IsZero():
		v.fault("has an end_time, but is running")
	case running:
	case end.IsZero():
		log.EndTime = new(log.StartTime)
	case end.Before(log.StartTime.Time):
		v.fault("ends before it starts")
	default:
		log.EndTime = new(client.Time{Time: end})
	}
	return log
}
