package runs

import (
	"log/slog"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Run is a finished run of an agent, as reported by a callback or found in the
// logs.
type Run struct {
	// LogID is the id of the run's log.
	LogID int64
	// AgentID is the id of the agent. It is 0 if a callback reported the run,
	// since callbacks don't contain it; see [WithLogLookup].
	AgentID int64
	// Status is the status of the run: success or error. It is another value only
	// if a log has an end and a status that this release doesn't know.
	Status api.Status
	// Content is the text of the log.
	Content string
	// Event is the callback that reported the run. It contains the prompt and the
	// output of the agent. It is nil if the run was found in the logs.
	Event *callback.Event
	// Log is the log of the run. It contains the agent and the times of the run.
	// It is nil if a callback reported the run; see [WithLogLookup].
	Log *client.PeriodicAgentLog
}

func newRun(log *client.PeriodicAgentLog) *Run {
	return &Run{
		LogID:   log.ID,
		AgentID: log.PeriodicAgent,
		Status:  normalize(log.Status),
		Content: log.Content,
		Log:     log,
	}
}

// Output returns the output of the agent from the callback. If there is none,
// it returns the text of the log, which contains the output.
func (r *Run) Output() string {
	if r.Event != nil && r.Event.AgentOutput != "" {
		return r.Event.AgentOutput
	}
	return r.Content
}

// LogValue returns a group of the ids and the status. It omits the texts, which
// may be long and confidential.
func (r Run) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Int64("log_id", r.LogID), slog.String("status", string(r.Status))}
	if r.AgentID != 0 {
		attrs = append(attrs, slog.Int64("agent_id", r.AgentID))
	}
	return slog.GroupValue(attrs...)
}

// normalize returns a known status in lower case, and any other status
// unchanged.
func normalize(status api.Status) api.Status {
	switch lower := api.Status(strings.ToLower(strings.TrimSpace(string(status)))); lower {
	case api.StatusSuccess, api.StatusError, api.StatusRunning, api.StatusPending:
		return lower
	}
	return status
}

// isFinal reports whether a run with this status has finished.
func isFinal(status api.Status) bool {
	status = normalize(status)
	return status == api.StatusSuccess || status == api.StatusError
}
