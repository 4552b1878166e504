package client

import (
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

// UnrunnableError reports a schedule that the service would store but never run.
// Create, Replace and Update return it in an [*api.ArgumentError], before
// anything is sent. [AllowUnrunnable] sends such a schedule all the same.
type UnrunnableError struct {
	// Report says what is wrong with each field, and what to write instead.
	Report crontab.Report
}

func (e *UnrunnableError) Error() string {
	findings := make([]string, 0, len(e.Report.Findings))
	for _, finding := range e.Report.Findings {
		findings = append(findings, finding.String())
	}
	return strings.Join(findings, "; ")
}

// AllowUnrunnable lets Create, Replace and Update send a schedule that never
// runs, such as one on 31 February or on day 7 of the week.
func AllowUnrunnable() WriteOption {
	return writeOption(func(s *callSettings) error {
		s.allowUnrunnable = true
		return nil
	})
}

// scheduled is a request's body that sets a schedule, or a part of one. A field
// that it leaves out counts as *.
type scheduled interface{ crontab() CrontabSchedule }

func (r *PeriodicAgentCreateRequest) crontab() CrontabSchedule { return r.Task.Crontab }

func (r *PeriodicAgentUpdateRequest) crontab() CrontabSchedule {
	if r.Task == nil || r.Task.Crontab == nil {
		return CrontabSchedule{}
	}
	return *r.Task.Crontab
}

// NewCrontabSchedule returns fields as an agent's schedule.
func NewCrontabSchedule(fields crontab.Fields) CrontabSchedule { return CrontabSchedule(fields) }

// Fields returns s as package crontab parses, checks and describes it.
func (s CrontabSchedule) Fields() crontab.Fields { return crontab.Fields(s) }

// checkSchedule returns an error if the service would store a schedule but never
// run it. A schedule that the service refuses is left to the service.
func checkSchedule(s CrontabSchedule) error {
	if report := crontab.Check(s.Fields()); report.Verdict == crontab.NeverRuns {
		return &api.ArgumentError{Argument: "task.crontab", Reason: "would be stored but never run", Err: &UnrunnableError{Report: report}}
	}
	return nil
}

// NextRuns returns the next n times after from at which the task is due: none if
// it is disabled, and at most one if it runs only once. loc is the service's time
// zone, which the API does not report; nil stands for UTC. A schedule that can't
// be parsed is a [*crontab.FieldError].
//
// These are the times of the crontab. The service's scheduler may also run the agent
// at other times: at once or up to two hours early after a change of the crontab or
// an outage of the scheduler, and once more if the task has a start_time. A one-off
// task of an agent that has run doesn't run again.
func (t *PeriodicTask) NextRuns(from time.Time, n int, loc *time.Location) ([]time.Time, error) {
	schedule, err := t.Crontab.Fields().Parse()
	if err != nil || !t.Enabled {
		return nil, err
	}
	if loc != nil {
		schedule = schedule.In(loc)
	}
	if t.StartTime != nil && t.StartTime.After(from) {
		from = t.StartTime.Add(-time.Nanosecond) // a run at the start time counts
	}
	if t.OneOff {
		n = min(n, 1)
	}
	return schedule.NextN(from, n), nil
}
