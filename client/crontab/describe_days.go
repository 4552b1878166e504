package crontab

import (
	"strings"
	"time"
)

// describeDays returns the days after a space. If the schedule runs on all days, it
// returns everyDay.
func (s Schedule) describeDays(everyDay string) string {
	days, weekdays := s.set(dayOfMonth), s.set(dayOfWeek)
	everyWeekday := weekdays == specs[dayOfWeek].full()

	if days != specs[dayOfMonth].full() {
		months := s.set(monthOfYear)
		text := " on " + describeDates(days, months) + describeLeapDay(days, months)
		if !everyWeekday {
			text += ", but only when that is " + oneOfWeekdays(weekdays)
		}
		return text
	}

	text := everyDay
	if !everyWeekday {
		text = " on " + enumerate(weekdayNames(weekdays), "and")
	}
	if months := s.set(monthOfYear); months != specs[monthOfYear].full() {
		text += " " + describeMonths(months)
	}
	return text
}

// describeDates returns "25 December", "day 1 of January and July" or "days 1
// through 7 of every month".
func describeDates(days, months set) string {
	const shortestMonth = 28
	everyMonth := months == specs[monthOfYear].full()
	switch {
	case days.count() == 1 && months.count() == 1:
		return strings.TrimPrefix(numbered("day", days), "day ") + " " + monthNames(months)[0]
	case !everyMonth && months.count() > 2 && len(monthNames(months)) == 1:
		return numbered("day", days) + " of every month " + describeMonths(months)
	case !everyMonth:
		return numbered("day", days) + " of " + enumerate(monthNames(months), "and")
	case days.first() <= shortestMonth:
		return numbered("day", days) + " of every month"
	case days.count() == 1:
		return numbered("day", days) + " of every month that has it"
	}
	return numbered("day", days) + " of every month that has them"
}

// describeLeapDay says that 29 February needs a leap year, if that is not obvious.
func describeLeapDay(days, months set) string {
	const february, leapDay = 2, 29
	switch {
	case !days.has(leapDay) || !months.has(february) || months == specs[monthOfYear].full():
		return ""
	case months.count() == 1 && days.first() == leapDay:
		return " of leap years"
	}
	return " (29 February in leap years only)"
}

// describeMonths returns "in January and July", "from January through March" or
// "from January through March and in July".
func describeMonths(months set) string {
	names := monthNames(months)
	if !strings.Contains(strings.Join(names, ""), " through ") {
		return "in " + enumerate(names, "and")
	}
	for i, name := range names {
		if strings.Contains(name, " through ") {
			names[i] = "from " + name
		} else {
			names[i] = "in " + name
		}
	}
	return enumerate(names, "and")
}

// oneOfWeekdays returns "a Friday", "a Monday or Friday" or "Monday through Friday".
func oneOfWeekdays(weekdays set) string {
	names := enumerate(weekdayNames(weekdays), "or")
	if strings.Contains(names, " through ") {
		return names
	}
	return "a " + names
}

// weekdayNames starts the week on Monday, or before if Monday is in the middle of a
// range: "Saturday and Sunday", "Friday through Monday".
func weekdayNames(weekdays set) []string {
	const week = 7
	return cycle(weekdays, week, func(i int) int { return (1 + i) % week }, func(day int) string { return time.Weekday(day).String() })
}

// monthNames starts the year in January, or before if January is in the middle of a
// range: "November through February".
func monthNames(months set) []string {
	const year = 12
	return cycle(months, year, func(i int) int { return 1 + i%year }, func(month int) string { return time.Month(month).String() })
}

// cycle lists the names of values that repeat after count of them. It starts with
// value(0), or before if that is in the middle of a range.
func cycle(values set, count int, value func(i int) int, name func(value int) string) []string {
	const shortest = 3
	first, end := count, 0 // of the range with value(0), if there is one
	for ; first > 0 && values.has(value(first-1)); first-- {
	}
	for ; end < first && values.has(value(end)); end++ {
	}
	if end == 0 || end+count-first < shortest {
		first = 0
	}
	var turned set
	for i := range count {
		if values.has(value(first + i)) {
			turned |= 1 << i
		}
	}
	return listed(turned, " through ", func(i int) string { return name(value(first + i)) })
}
