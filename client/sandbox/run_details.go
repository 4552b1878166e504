package sandbox

import "time"

// A RunCause says why a run started when it did.
type RunCause string

// The causes of runs.
const (
	// RunCauseSchedule means that the crontab has this time.
	RunCauseSchedule RunCause = "schedule"
	// RunCauseOverdue means that the crontab had a time since the agent's last run: the
	// scheduler was down, or the crontab was changed.
	RunCauseOverdue RunCause = "overdue"
	// RunCauseStartTime means that the agent has a start_time, and that the
	// scheduler considered an earlier time of the crontab a missed run.
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

// RunDetails returns the details of the run with a log. It returns false if there is
// no such log.
func (s *Sandbox) RunDetails(logID int64) (RunDetails, bool) {
	s.store.RLock()
	defer s.store.RUnlock()
	l := s.store.log(logID)
	if l == nil {
		return RunDetails{}, false
	}
	details := l.details
	details.Org, details.AgentID, details.LogID, details.Prompt = l.agent.org.key, l.PeriodicAgent, l.ID, l.prompt
	return details, true
}
