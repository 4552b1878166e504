package runs

import (
	"log/slog"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Run is a finished run of an agent, as a callback or a log reports it.
type Run struct {
	// LogID is the id of the run's log.
	LogID int64
	// AgentID is the id of the agent. It is 0 if a callback reported the run,
	// which doesn't name its agent; see [WithLogLookup].
	AgentID int64
	// Status says whether the run has succeeded.
	Status api.Status
	// Content is the log's text.
	Content string
	// Event is the callback that reported the run, with the prompt and the
	// agent's output. It is nil if the run was found in the logs.
	Event *callback.Event
	// Log is the log in which the run was found, with its agent and times. It
	// is nil if a callback reported the run; see [WithLogLookup].
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

// Output returns the text that the agent has written: the output in the
// callback or, if there is none, the log's text, which contains it.
func (r *Run) Output() string {
	if r.Event != nil && r.Event.AgentOutput != "" {
		return r.Event.AgentOutput
	}
	return r.Content
}

// LogValue groups the ids and the status. The texts may be long and
// confidential.
func (r Run) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Int64("log_id", r.LogID), slog.String("status", string(r.Status))}
	if r.AgentID != 0 {
		attrs = append(attrs, slog.Int64("agent_id", r.AgentID))
	}
	return slog.GroupValue(attrs...)
}

// normalize returns a known status in lower case.
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
