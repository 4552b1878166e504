package runs

import (
	"fmt"
	"log/slog"
	"time"
)

// AlarmKind is the kind of an [Alarm].
type AlarmKind string

// The kinds of alarms.
const (
	// AlarmMissed means that an agent was due at Alarm.Since, and that no run has
	// started within the grace period. One alarm covers all later due times
	// until the agent runs.
	AlarmMissed AlarmKind = "missed"
	// AlarmStuck means that the run with Alarm.LogID, which started at Alarm.Since,
	// has not finished. One alarm covers all stuck runs of the agent.
	AlarmStuck AlarmKind = "stuck"
	// AlarmFailing means that the latest runs of the agent have failed. The first of
	// them that is known started at Alarm.Since, and Alarm.LogID is the latest.
	AlarmFailing AlarmKind = "failing"
	// AlarmSilent means that an agent was due at Alarm.Since, and that no agent has
	// run since. It concerns the scheduler, so that Alarm.AgentID is 0.
	AlarmSilent AlarmKind = "silent"
)

// Resolution says why an [Alarm] is resolved.
type Resolution string

// The reasons why alarms are resolved.
const (
	// ResolvedByRun means that the agent has run, that the stuck run has finished,
	// that a run has succeeded after failures, or that any agent has run after
	// silence, depending on the kind of alarm.
	ResolvedByRun Resolution = "run"
	// ResolvedByChange means that the schedule of the agent was changed.
	ResolvedByChange Resolution = "change"
	// ResolvedByDisabling means that the agent was disabled.
	ResolvedByDisabling Resolution = "disabled"
	// ResolvedByDeletion means that the agent, or the log of the stuck run, was
	// deleted.
	ResolvedByDeletion Resolution = "deleted"
)

// Alarm is a problem that a [Watchdog] has found, or the end of one.
type Alarm struct {
	// Kind is the kind of alarm.
	Kind AlarmKind `json:"kind"`
	// AgentID and AgentTitle belong to the agent. They are zero if Kind is
	// AlarmSilent.
	AgentID    int64  `json:"agent_id,omitempty"`
	AgentTitle string `json:"agent_title,omitempty"`
	// Since is the time at which the problem began: see the kinds.
	Since time.Time `json:"since"`
	// RaisedAt is the service's time when the alarm was raised.
	RaisedAt time.Time `json:"raised_at"`
	// LogID is the id of the run's log, if the alarm concerns one. If an alarm is
	// resolved by a run, it is the id of that run's log.
	LogID int64 `json:"log_id,omitempty"`
	// Failures is the number of runs that have failed in a row, if Kind is
	// AlarmFailing and the alarm is raised. There may be more before them.
	Failures int `json:"failures,omitempty"`
	// Resolution is empty while the alarm is open.
	Resolution Resolution `json:"resolution,omitempty"`
	// ResolvedAt is the service's time when the watchdog found that the alarm is
	// resolved. It is zero while the alarm is open.
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
}

// Key returns a text that identifies the alarm. The alarm has the same key when
// it is raised, resolved, and reported again, so that receivers can recognize
// it.
func (a Alarm) Key() string {
	return fmt.Sprintf("%s/%d/%s", a.Kind, a.AgentID, a.Since.UTC().Format(time.RFC3339Nano))
}

// IsResolved reports whether the alarm is resolved.
func (a Alarm) IsResolved() bool { return a.Resolution != "" }

// String returns a sentence for people. It contains the title of the agent.
func (a Alarm) String() string {
	since := a.Since.UTC().Format(time.RFC3339)
	agent := fmt.Sprintf("agent %d (%q)", a.AgentID, a.AgentTitle)
	problem := ""
	switch a.Kind {
	case AlarmMissed:
		problem = fmt.Sprintf("%s was due at %s and has not run", agent, since)
	case AlarmStuck:
		problem = fmt.Sprintf("%s is stuck in a run that started at %s", agent, since)
	case AlarmFailing:
		problem = fmt.Sprintf("%s has failed in every run since %s", agent, since)
	case AlarmSilent:
		problem = fmt.Sprintf("no agent has run since %s, although agents were due; the scheduler may be down", since)
	}
	if a.IsResolved() {
		return "resolved (" + string(a.Resolution) + "): " + problem
	}
	return problem
}

// LogValue returns a group of the fields that are set. It omits the title.
func (a Alarm) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", string(a.Kind)), slog.Time("since", a.Since)}
	if a.AgentID != 0 {
		attrs = append(attrs, slog.Int64("agent_id", a.AgentID))
	}
	if a.LogID != 0 {
		attrs = append(attrs, slog.Int64("log_id", a.LogID))
	}
	if a.IsResolved() {
		attrs = append(attrs, slog.String("resolution", string(a.Resolution)))
	}
	return slog.GroupValue(attrs...)
}
