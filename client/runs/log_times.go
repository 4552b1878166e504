package runs

import (
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// isFinished reports whether a run has finished. If the status is unknown, the
// run has finished if it has an end.
func isFinished(log *client.PeriodicAgentLog) bool {
	switch normalize(log.Status) {
	case api.StatusSuccess, api.StatusError:
		return true
	case api.StatusRunning:
		return false
	default:
		return log.EndTime != nil && !log.EndTime.IsZero()
	}
}

// created returns the time of creation of a log. If it is unknown, created
// returns the start of the run.
func created(log *client.PeriodicAgentLog) time.Time {
	if log.CreatedAt.IsZero() {
		return log.StartTime.Time
	}
	return log.CreatedAt.Time
}

// ended returns the end of a run. If it is unknown, ended returns the time of
// creation of the log.
func ended(log *client.PeriodicAgentLog) time.Time {
	if log.EndTime == nil || log.EndTime.IsZero() {
		return created(log)
	}
	return log.EndTime.Time
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
