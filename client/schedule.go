package client

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

// UnrunnableError reports a schedule that the service stores but never runs.
// Create, Replace and Update return it in an [*api.ArgumentError], before
// anything is written. They return it alone if the agent in the response has such
// a schedule: the agent is stored then. [AllowUnrunnable] turns both off.
type UnrunnableError struct {
	// Report says what is wrong with each field, and what to write instead.
	Report crontab.Report
	// Stored is the agent in the response, or nil if nothing was written.
	Stored *PeriodicAgent
}

func (e *UnrunnableError) Error() string {
	findings := make([]string, 0, len(e.Report.Findings))
	for _, finding := range e.Report.Findings {
		findings = append(findings, finding.String())
	}
	text := strings.Join(findings, "; ")
	if e.Stored != nil {
		text = fmt.Sprintf("ibl.ai: agent %d is stored, but its schedule never runs and may keep other agents from running: %s (change its crontab or delete it)", e.Stored.ID, text)
	}
	return text
}

// AllowUnrunnable lets Create, Replace and Update send a schedule that never
// runs, such as one on 31 February or on day 7 of the week.
func AllowUnrunnable() WriteOption {
	return writeOption(func(s *callSettings) error {
		s.allowUnrunnable = true
		return nil
	})
}

// NewCrontabSchedule returns fields as an agent's schedule.
func NewCrontabSchedule(fields crontab.Fields) CrontabSchedule {
	return CrontabSchedule{
		Minute:      fields.Minute,
		Hour:        fields.Hour,
		DayOfWeek:   fields.DayOfWeek,
		DayOfMonth:  fields.DayOfMonth,
		MonthOfYear: fields.MonthOfYear,
	}
}

// Fields returns s as package crontab parses, checks and describes it.
func (s CrontabSchedule) Fields() crontab.Fields {
	return crontab.Fields{
		Minute:      s.Minute,
		Hour:        s.Hour,
		DayOfWeek:   s.DayOfWeek,
		DayOfMonth:  s.DayOfMonth,
		MonthOfYear: s.MonthOfYear,
	}
}

// isZero reports whether no field of s is set.
func (s CrontabSchedule) isZero() bool { return s.Fields() == crontab.Fields{} }

// orElse returns s with the other schedule's values in its empty fields.
func (s CrontabSchedule) orElse(other CrontabSchedule) CrontabSchedule {
	return CrontabSchedule{
		Minute:      cmp.Or(s.Minute, other.Minute),
		Hour:        cmp.Or(s.Hour, other.Hour),
		DayOfWeek:   cmp.Or(s.DayOfWeek, other.DayOfWeek),
		DayOfMonth:  cmp.Or(s.DayOfMonth, other.DayOfMonth),
		MonthOfYear: cmp.Or(s.MonthOfYear, other.MonthOfYear),
	}
}

// isPartial reports whether s leaves some fields out, but not all.
func (s CrontabSchedule) isPartial() bool {
	return !s.isZero() && s.orElse(CrontabSchedule{}) != s.orElse(everyMinute)
}

// everyMinute has the default of each field.
var everyMinute = CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}

// explicit returns s with * in its empty fields. A service that replaces an agent
// would keep the stored values of fields that are left out.
func (s CrontabSchedule) explicit() CrontabSchedule {
	if s.isZero() {
		return CrontabSchedule{}
	}
	return s.orElse(everyMinute)
}

// checkSchedule returns an error if the service would store a schedule but never
// run it. A schedule that the service refuses is left to the service.
func checkSchedule(s CrontabSchedule) error {
	if report := crontab.Check(s.Fields()); report.Verdict == crontab.NeverRuns {
		return &api.ArgumentError{Argument: "task.crontab", Reason: "would be stored but never run", Err: &UnrunnableError{Report: report}}
	}
	return nil
}

// checkStored returns an error if a stored agent has a schedule that never runs.
func checkStored(a *PeriodicAgent) error {
	if report := crontab.Check(a.Task.Crontab.Fields()); report.Verdict == crontab.NeverRuns {
		return &UnrunnableError{Report: report, Stored: a}
	}
	return nil
}

// NextRuns returns the next n times after from at which the task is due: none if
// it is disabled, and at most one if it runs only once. loc is the service's time
// zone, which the API does not report; nil is UTC. The error for a schedule that
// can't be parsed is a [*crontab.FieldError].
//
// It goes by the crontab, the start time and the flags only. What the scheduler
// does also depends on the last run, which the API does not report:
//
//   - A task with a StartTime may run once more than its crontab says, earlier than
//     NextRuns returns.
//   - After a change of the crontab, the task may run at once.
//   - With OneOff, a task that has run before does not run again.
//   - After the scheduler was down, a missed run is caught up once.
//
// [PeriodicTask.ScheduleWarnings] says which of these the task's fields show.
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

// ScheduleWarnings returns a sentence for each reason, as far as the task's fields
// show it, for which the task may run at other times than [PeriodicTask.NextRuns]
// returns. There is none for changes of the crontab and for missed runs, which can
// concern every task.
func (t *PeriodicTask) ScheduleWarnings() []string {
	var warnings []string
	for _, finding := range crontab.Check(t.Crontab.Fields()).Findings {
		warnings = append(warnings, finding.String())
	}
	if t.Enabled && t.StartTime != nil {
		warnings = append(warnings, "start_time is set: if the task has not run since it was enabled, schedulers since django-celery-beat 2.5 run it once more than its crontab says")
	}
	if t.Enabled && t.OneOff {
		warnings = append(warnings, "one_off is set: if the task has run before, the scheduler disables it without another run")
	}
	return warnings
}
