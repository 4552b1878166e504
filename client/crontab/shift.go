package crontab

import (
	"slices"
	"time"
)

// shifted returns the crontabs in UTC for an offset in minutes in a year.
func (s Schedule) shifted(offset, year int) []Fields {
	var all []Schedule
	for _, times := range s.shiftedTimes(offset) {
		for _, dates := range s.shiftedDates(times.days, year) {
			all = append(all, Schedule{chosen: [fieldCount]set{
				minute: times.minutes, hour: times.hours,
				dayOfMonth: dates.days, monthOfYear: dates.months, dayOfWeek: shiftWeekdays(s.set(dayOfWeek), times.days),
			}})
		}
	}
	var fields []Fields
	for _, merged := range merge(all) {
		for i, values := range merged.chosen {
			merged.choose(i, values)
		}
		merged.hourRanged = s.hourRanged && merged.set(hour).count() == 1
		fields = append(fields, merged.Fields())
	}
	return fields
}

// times are the minutes and hours of runs, and the day in UTC on which they are: 0
// for the local day, -1 for the day before it and 1 for the day after it.
type times struct {
	minutes, hours set
	days           int
}

// shiftedTimes groups the times of the schedule by what happens to them: all
// minutes of a group have the same carry, and all hours the same day.
func (s Schedule) shiftedTimes(offset int) []times {
	groups := map[[2]int]*times{} // by carry and day
	for m := s.set(minute).first(); m != none; m = s.set(minute).from(m + 1) {
		for h := s.set(hour).first(); h != none; h = s.set(hour).from(h + 1) {
			utc := h*60 + m - offset
			day := floorDiv(utc, 24*60)
			utc -= day * 24 * 60
			// The hours of all minutes with one carry are the same.
			key := [2]int{floorDiv(m-offset, 60), day}
			if groups[key] == nil {
				groups[key] = &times{days: day}
			}
			groups[key].minutes |= 1 << (utc % 60)
			groups[key].hours |= 1 << (utc / 60)
		}
	}
	var all []times
	for _, group := range groups {
		all = append(all, *group)
	}
	return all
}

// dates are days of months.
type dates struct{ days, months set }

// shiftedDates returns the dates of the schedule, moved by -1, 0 or 1 day.
func (s Schedule) shiftedDates(by, year int) []dates {
	allDays, allMonths := specs[dayOfMonth].full(), specs[monthOfYear].full()
	if by == 0 || s.set(dayOfMonth) == allDays && s.set(monthOfYear) == allMonths {
		return []dates{{s.set(dayOfMonth), s.set(monthOfYear)}}
	}
	var moved [13]set // the days by month
	for month := 1; month <= 12; month++ {
		if !s.set(monthOfYear).has(month) {
			continue
		}
		for day := 1; day <= monthLength(year, month); day++ {
			if s.set(dayOfMonth).has(day) {
				date := time.Date(year, time.Month(month), day+by, 0, 0, 0, 0, time.UTC)
				moved[date.Month()] |= 1 << date.Day()
			}
		}
	}
	var all []dates
	for month := 1; month <= 12; month++ {
		days := moved[month]
		if days == 0 {
			continue
		}
		if days == rangeSet(1, monthLength(year, month)) {
			days = allDays
		}
		all = append(all, dates{days, 1 << month})
	}
	return all
}

func monthLength(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// shiftWeekdays returns days of the week, moved by -1, 0 or 1 day.
func shiftWeekdays(days set, by int) set {
	var moved set
	for day := days.first(); day != none; day = days.from(day + 1) {
		moved |= 1 << ((day + by + 7) % 7)
	}
	return moved
}

// merge joins schedules that differ in one field only, in an order that depends on
// nothing else.
func merge(all []Schedule) []Schedule {
	slices.SortFunc(all, func(a, b Schedule) int { return slices.Compare(a.chosen[:], b.chosen[:]) })
	for merged := true; merged; {
		merged = false
		for i := 0; i < len(all); i++ {
			for j := len(all) - 1; j > i; j-- {
				if field, ok := onlyDifference(all[i], all[j]); ok {
					all[i].chosen[field] |= all[j].chosen[field]
					all = slices.Delete(all, j, j+1)
					merged = true
				}
			}
		}
	}
	return all
}

// onlyDifference returns the field in which two schedules differ. Ok is false if
// there are more.
func onlyDifference(a, b Schedule) (field int, ok bool) {
	different := 0
	for i := range fieldCount {
		if a.chosen[i] != b.chosen[i] {
			field = i
			different++
		}
	}
	return field, different <= 1
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}
