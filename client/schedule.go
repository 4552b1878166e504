package client

import (
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/crontab"
)

// UnrunnableError is a schedule that the service would store without a word and
// never run. Nothing was sent; [AllowUnrunnable] sends it all the same.
type UnrunnableError struct {
	// Report says what is wrong, field by field, and what to write instead.
	Report crontab.Report
}

func (e *UnrunnableError) Error() string {
	findings := make([]string, 0, len(e.Report.Findings))
	for _, finding := range e.Report.Findings {
		findings = append(findings, finding.String())
	}
	return "ibl.ai: the schedule would be stored but never run: " + strings.Join(findings, "; ")
}

// AllowUnrunnable has Create, Replace and Update send a schedule that never
// runs, such as one on 31 February or on day 7 of the week.
func AllowUnrunnable() CallOption {
	return func(s *callSettings) error {
		s.allowUnrunnable = true
		return nil
	}
}

// scheduled is a request's body that sets a schedule, or a part of one: what it
// leaves out counts as *.
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

// checkSchedule refuses what the service would not: what it does refuse, it
// refuses itself, in its own words.
func checkSchedule(s CrontabSchedule) error {
	if report := crontab.Check(s.Fields()); report.Verdict == crontab.NeverRuns {
		return &UnrunnableError{Report: report}
	}
	return nil
}

// NextRuns are the next n times after from at which the task is due: none if it
// is disabled, and one at most if it runs once only. The service's time zone is
// not told by the API; it is UTC unless loc says otherwise.
func (t *PeriodicTask) NextRuns(from time.Time, n int, loc *time.Location) ([]time.Time, error) {
	schedule, err := t.Crontab.Fields().Parse()
	if err != nil || !t.Enabled {
		return nil, err
	}
	if loc != nil {
		schedule = schedule.In(loc)
	}
	if t.StartTime != nil && t.StartTime.After(from) {
		from = t.StartTime.Add(-time.Nanosecond) // a run at the very start counts
	}
	if t.OneOff {
		n = min(n, 1)
	}
	return schedule.NextN(from, n), nil
}
