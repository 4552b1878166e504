package crontab

import (
	"strings"
	"time"
)

// Schedule is a crontab as celery understands it. It comes from [Parse] or
// [Fields.Parse]; the zero Schedule runs every minute.
//
// Schedules are small values to be copied, and safe for concurrent use. Two are
// equal (==) if their fields allow the same values, however they were spelled,
// and their time zone is the same [time.Location].
type Schedule struct {
	chosen   [fieldCount]set // the empty set stands for every value
	location *time.Location  // nil for UTC
}

// In returns the schedule as a server in the time zone loc would run it; nil is UTC.
func (s Schedule) In(loc *time.Location) Schedule {
	if loc == time.UTC {
		loc = nil
	}
	s.location = loc
	return s
}

// Matches tells whether all five fields match the minute that t is in, by the
// wall clock of the schedule's time zone. Around a change of clocks a matching
// minute need not have a run, and a run need not match: see the package's text on time zones.
func (s Schedule) Matches(t time.Time) bool {
	t = t.In(s.zone())
	return s.set(minute).has(t.Minute()) &&
		s.set(hour).has(t.Hour()) &&
		s.set(dayOfMonth).has(t.Day()) &&
		s.set(monthOfYear).has(int(t.Month())) &&
		s.set(dayOfWeek).has(int(t.Weekday()))
}

// String returns the schedule as a crontab line, "minute hour day_of_month
// month_of_year day_of_week", in its shortest usual spelling: "0 8 * * mon-fri"
// comes out as "0 8 * * 1-5". Equal schedules give equal lines, and every
// release of the API and of celery takes them. The time zone is not in it.
func (s Schedule) String() string {
	values := s.spelled()
	return strings.Join(values[:], " ")
}

// Fields returns the schedule as the API wants it, spelled as in [Schedule.String].
func (s Schedule) Fields() Fields { return fieldsInLineOrder(s.spelled()) }

func (s Schedule) spelled() (values [fieldCount]string) {
	for i := range values {
		values[i] = specs[i].spell(s.set(i))
	}
	return values
}

// choose keeps the full set as the empty one, so that equal schedules are ==.
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
