package crontab

import (
	"iter"
	"time"
)

// Next returns the first run after from, in the schedule's time zone. It is
// false if there is none: ever (31 February), or before the year 10000, where
// celery's calendar ends.
//
// Celery looks from one run to the next, and so does Next: a run that a change of
// clocks skips is found from a time before the change, not from one after it.
func (s Schedule) Next(from time.Time) (time.Time, bool) {
	if from.Unix() < firstSecond {
		from = time.Unix(firstSecond, 0)
	}
	if from.Unix() > lastSecond {
		return time.Time{}, false
	}
	from = from.In(s.zone())
	_, offset := from.Zone()
	wall, ok := s.nextWall(from.Unix() + int64(offset))
	if !ok {
		return time.Time{}, false
	}
	return atWall(from, wall), true
}

// NextN returns the next n runs after from: fewer only if there are no more.
func (s Schedule) NextN(from time.Time, n int) []time.Time {
	var runs []time.Time
	for run := range s.Runs(from) {
		if len(runs) >= n {
			break
		}
		runs = append(runs, run)
	}
	return runs
}

// Runs yields the runs after from, in order. There is no end to most schedules: break out of the loop.
func (s Schedule) Runs(from time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for run, ok := s.Next(from); ok && yield(run); run, ok = s.Next(run) {
		}
	}
}

// Celery's calendar is Python's, the years 1 to 9999. Times far outside of it
// would overflow the arithmetic below.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
	lastYear    = 9999
)

// longestWait is in years: 29 February falls on a given day of the week again
// after 40 at most, where one of the leap years between is missing, as 2100 is.
const longestWait = 40

// nextWall finds the first matching minute after a time on the wall clock. Both
// are counted in seconds since 1970, as if the clock showed UTC. It jumps from
// field to field, so that a rare schedule costs little more than a frequent one.
func (s Schedule) nextWall(wall int64) (int64, bool) {
	after := time.Unix(wall, 0).UTC()
	year, month, day := after.Date()
	h, m, second := after.Clock()
	today := wall - secondsOf(h, m) - int64(second)
	minutes, hours, months := s.set(minute), s.set(hour), s.set(monthOfYear)

	if months.has(int(month)) && s.set(dayOfMonth).has(day) && s.set(dayOfWeek).has(int(after.Weekday())) {
		if later := minutes.from(m + 1); later != none && hours.has(h) {
			return today + secondsOf(h, later), true
		}
		if later := hours.from(h + 1); later != none {
			return today + secondsOf(later, minutes.first()), true
		}
	}

	tomorrow := day + 1
	for limit := min(year+longestWait, lastYear); year <= limit; year++ {
		for ; month <= time.December; month++ {
			if months.has(int(month)) {
				first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
				if d := s.daysOf(first).from(tomorrow); d != none {
					return first.Unix() + int64(d-1)*daySeconds + secondsOf(hours.first(), minutes.first()), true
				}
			}
			tomorrow = 1
		}
		month = time.January
	}
	return 0, false
}

// daysOf returns the days with runs in the month that begins with first, if the month has any.
func (s Schedule) daysOf(first time.Time) set {
	// The week, laid end to end until it covers a month, and shifted so that
	// bit 1 is the first of the month.
	const everySeventh = 1 | 1<<7 | 1<<14 | 1<<21 | 1<<28 | 1<<35
	weekdays := s.set(dayOfWeek) * everySeventh >> first.Weekday() << 1
	length := first.AddDate(0, 1, -1).Day()
	return s.set(dayOfMonth) & weekdays & rangeSet(1, length)
}

const daySeconds = 24 * 60 * 60

func secondsOf(hour, minute int) int64 { return int64(hour*60+minute) * 60 }

// atWall finds the moment after from at which the clock of from's time zone
// first shows wall; or, if the clock skips wall, the moment at which it would
// have shown it without the change. wall is later than what it shows at from.
func atWall(from time.Time, wall int64) time.Time {
	zone := from.Location()
	offset := func(second int64) int64 {
		_, offset := time.Unix(second, 0).In(zone).Zone()
		return int64(offset)
	}
	// No zone is a day off UTC, so these two enclose wall; and none changes its
	// clocks twice within two days.
	before, after := offset(wall-daySeconds), offset(wall+daySeconds)
	early, late := wall-before, wall-after
	if before != after && offset(late) == after && (offset(early) != before || early <= from.Unix()) {
		return time.Unix(late, 0).In(zone)
	}
	return time.Unix(early, 0).In(zone)
}
