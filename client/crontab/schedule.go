package crontab

import (
	"strings"
	"time"
)

// Schedule is a crontab as celery interprets it. [Parse] and [Fields.Parse] return
// one. The zero Schedule runs every minute.
//
// A Schedule is a small value that can be copied, and is safe for concurrent use.
// Two schedules are equal (==) if their fields have the same values, however they
// were written, and their time zone is the same [time.Location]. Only an hour that
// is a plain number differs from the same hour in another form, since the scheduler
// treats them differently: see "The scheduler" in the package documentation.
type Schedule struct {
	chosen     [fieldCount]set // the empty set means every value
	hourRanged bool            // the hour is one value, but not a plain number
	location   *time.Location  // nil for UTC
}

// In returns the schedule in the time zone loc. Nil means UTC.
func (s Schedule) In(loc *time.Location) Schedule {
	if loc == time.UTC {
		loc = nil
	}
	s.location = loc
	return s
}

// Matches reports whether all five fields match the minute of t on the wall clock
// of the schedule's time zone. Around a change of the clocks, a minute may match
// without a run, and a run may be in a minute that doesn't match: see "Time zones"
// in the package documentation.
func (s Schedule) Matches(t time.Time) bool {
	t = t.In(s.zone())
	return s.set(minute).has(t.Minute()) &&
		s.set(hour).has(t.Hour()) &&
		s.set(dayOfMonth).has(t.Day()) &&
		s.set(monthOfYear).has(int(t.Month())) &&
		s.set(dayOfWeek).has(int(t.Weekday()))
}

// String returns the schedule as a crontab line, "minute hour day_of_month
// month_of_year day_of_week", in its shortest usual form: "0 8 * * mon-fri"
// becomes "0 8 * * 1-5". Equal schedules have equal lines. Every release of the
// API and of celery accepts them. The line doesn't contain the time zone.
func (s Schedule) String() string {
	values := s.spelled()
	return strings.Join(values[:], " ")
}

// Fields returns the schedule in the form of the API, written as in [Schedule.String].
func (s Schedule) Fields() Fields { return fieldsInLineOrder(s.spelled()) }

func (s Schedule) spelled() (values [fieldCount]string) {
	for i := range values {
		values[i] = specs[i].spell(s.set(i))
	}
	if s.hourRanged {
		values[hour] += "-" + values[hour]
	}
	return values
}

// choose sets the values of field i. It stores the full set as the empty set, so
// that equal schedules are ==.
func (s *Schedule) choose(i int, chosen set) {
	if chosen == specs[i].full() {
		chosen = 0
	}
	s.chosen[i] = chosen
}

func (s Schedule) set(i int) set {
	if s.chosen[i] == 0 {
		return specs[i].full()
	}
	return s.chosen[i]
}

func (s Schedule) zone() *time.Location {
	if s.location == nil {
		return time.UTC
	}
	return s.location
}
