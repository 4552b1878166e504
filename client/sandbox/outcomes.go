package sandbox

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// An Outcome describes how a run of an agent goes. The zero Outcome is a success
// that takes no time.
type Outcome struct {
	// Status is the status with which the run finishes. The default is
	// [api.StatusSuccess]. With [api.StatusRunning] the run never finishes, and no
	// callback is posted.
	Status api.Status
	// Output is the mentor's response. It is a part of the log's content, and dependent
	// agents receive it with their prompt.
	Output string
	// Log is the part of the log's content before the Output. If both are empty, the
	// content is one generated line.
	Log string
	// Duration is how long the run takes on the sandbox's clock. It must not be
	// negative. [Sandbox.RunNow] doesn't wait for it.
	Duration time.Duration
}

// complete validates the outcome of an argument and sets the default status.
func (o Outcome) complete(argument string) (Outcome, error) {
	setDefault(&o.Status, api.StatusSuccess)
	if !slices.Contains(logStatuses, o.Status) {
		return o, invalid(argument+".Status", "is %q, but must be success, error or running", o.Status)
	}
	if o.Duration < 0 {
		return o, invalid(argument+".Duration", "is %v, but must not be negative", o.Duration)
	}
	return o, nil
}

// content returns the content of the run's log, which holds the complete output as
// the service's does.
func (o *Outcome) content() string {
	content := o.Log
	if !strings.Contains(content, o.Output) {
		if content != "" {
			content += "\n\n"
		}
		content += o.Output
	}
	return django.ReplaceInvalidUTF8(content)
}

// A Run is a run of an agent that starts, as [WithOutcomeFunc] receives it.
type Run struct {
	// Org is the key of the agent's org.
	Org string
	// AgentID is the agent's id.
	AgentID int64
	// Title is the agent's title.
	Title string
	// MentorID is the unique id of the agent's mentor.
	MentorID string
	// Prompt is the agent's prompt, followed by the output of its previous agent if
	// there is any.
	Prompt string
	// LogID is the id of the run's log.
	LogID int64
	// StartTime is the time of the start on the sandbox's clock.
	StartTime time.Time
	// Cause says why the run started.
	Cause RunCause
}

// script returns an outcome function for a list of outcomes.
func script(outcomes []Outcome) func(context.Context, Run) Outcome {
	var mu sync.Mutex
	runs := map[int64]int{} // by agent
	return func(_ context.Context, run Run) Outcome {
		if len(outcomes) == 0 {
			return Outcome{}
		}
		mu.Lock()
		defer mu.Unlock()
		turn := min(runs[run.AgentID], len(outcomes)-1)
		runs[run.AgentID]++
		return outcomes[turn]
	}
}

// logStatuses are the choices of a log's status.
var logStatuses = []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning}

// A RunCause says why a run started when it did.
type RunCause string

// The causes of runs.
const (
	// RunCauseSchedule means that the crontab has this time.
	RunCauseSchedule RunCause = "schedule"
	// RunCauseOverdue means that the crontab had a time since the agent's last run: the
	// scheduler was down, or the crontab was changed.
	RunCauseOverdue RunCause = "overdue"
	// RunCauseStartTime means that the agent has a start_time, and that the scheduler
	// took a time of the crontab before it for a missed run.
	RunCauseStartTime RunCause = "start_time"
	// RunCauseChain means that the agent had been due, and that its previous agent now
	// has the status that previous_agent_status asks for.
	RunCauseChain RunCause = "chain"
	// RunCauseCall means that [Sandbox.RunNow] or [Sandbox.RunAsScheduled] started the
	// run.
	RunCauseCall RunCause = "call"
)

// RunDetails are what the sandbox knows of a run beyond its log.
type RunDetails struct {
	// Org is the key of the agent's org.
	Org string
	// AgentID is the agent's id.
	AgentID int64
	// LogID is the id of the run's log.
	LogID int64
	// Cause says why the run started. It is empty if [WithPeriodicAgentLog] added the
	// log.
	Cause RunCause
	// DueAt is the time at which the agent was due. It is zero if the cause is
	// [RunCauseCall] or empty.
	DueAt time.Time
	// Prompt is the prompt that the run received, with the output of the previous
	// agent.
	Prompt string
	// PreviousLogID is the id of the latest log of the agent's previous agent when the
	// run started, 0 if there was none.
	PreviousLogID int64
	// Output is the mentor's response, empty while the run is running.
	Output string
	// Log is the log of the run without the output.
	Log string
}
