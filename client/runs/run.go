package runs

import (
	"log/slog"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Run is a run of an agent, as a callback or a log reports it.
type Run struct {
	// LogID is the id of the run's log.
	LogID int64
	// Status is how the run went.
	Status api.Status
	// Content is the log's text.
	Content string
	// Event is the callback that reported the run, with the prompt and the
	// agent's output. It is nil if the run was found in the logs.
	Event *callback.Event
	// Log is the log in which the run was found, with its agent and times. It is
	// nil if a callback reported the run.
	Log *client.PeriodicAgentLog
}

// LogValue groups the id and the status. The texts may be long and confidential.
func (r Run) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("log_id", r.LogID), slog.String("status", string(r.Status)))
}
