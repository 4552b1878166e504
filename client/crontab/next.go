package crontab

import (
	"iter"
	"time"
)

// Next returns the first run after from, in the schedule's time zone. Ok is false
// if there is none, as on 31 February or after the year 9999, where celery's
// calendar ends.
//
// Like celery, Next computes a run from the run before it. If a change of the clocks
// skips a run, Next returns it for a time before the change only.
func (s Schedule) Next(from time.Time) (run time.Time, ok bool) {
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

// NextN returns the next n runs after from, or fewer if there are no more.
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

// Runs yields the runs after from in order. Most schedules have runs up to the year
// 9999: break out of the loop.
func (s Schedule) Runs(from time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for run, ok := s.Next(from); ok && yield(run); run, ok = s.Next(run) {
		}
	}
}

// Celery's calendar is Python's, which has the years 1 to 9999. Times far outside
// of it would overflow the arithmetic below.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
	lastYear    = 9999
)

// longestWait is the longest time between runs in years. 29 February falls on the
// same day of the week again after at most 40 years, if a leap year such as 2100 is
// missing between them.
const longestWait = 40

// nextWall returns the first matching minute after a time on the wall clock. Both
// are in seconds since 1970, as if the clock showed UTC. It skips whole days and
// months that don't match, so that a rare schedule costs little more than a
// frequent one.
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

// daysOf returns the days with runs in the month that begins with first, whichever
// months the schedule has.
func (s Schedule) daysOf(first time.Time) set {
	// The bits of the week are repeated until they cover a month, and shifted so
	// that bit 1 is the first of the month.
	const everySeventh = 1 | 1<<7 | 1<<14 | 1<<21 | 1<<28 | 1<<35
	weekdays := s.set(dayOfWeek) * everySeventh >> first.Weekday() << 1
	length := first.AddDate(0, 1, -1).Day()
	return s.set(dayOfMonth) & weekdays & rangeSet(1, length)
}

const daySeconds = 24 * 60 * 60

func secondsOf(hour, minute int) int64 { return int64(hour*60+minute) * 60 }

// atWall returns the first time after from at which the clock of from's time zone
// shows wall. If the clock skips wall, it returns the time at which the clock would
// have shown it without the change. Wall is later than the clock's time at from.
func atWall(from time.Time, wall int64) time.Time {
	zone := from.Location()
	offset := func(second int64) int64 {
		_, offset := time.Unix(second, 0).In(zone).Zone()
		return int64(offset)
	}
	// Offsets from UTC are less than a day, so the two times enclose wall. No time
	// zone changes its clocks twice within two days.
	before, after := offset(wall-daySeconds), offset(wall+daySeconds)
	early, late := wall-before, wall-after
	if before != after && offset(late) == after && (offset(early) != before || early <= from.Unix()) {
		return time.Unix(late, 0).In(zone)
	}
	return time.Unix(early, 0).In(zone)
}
