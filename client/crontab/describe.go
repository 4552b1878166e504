package crontab

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Describe returns a description of the schedule in plain English, such as "Every
// 15 minutes" or "At 08:00 on Monday through Friday". Times have 24 hours and are in
// the schedule's time zone, which isn't named. Schedules that match different
// minutes have different descriptions.
func (s Schedule) Describe() string {
	text := describeTimes(s.set(minute), s.set(hour))
	everyDay := ""
	if strings.Contains(text, ":") { // "At 08:00" needs a day, "Every 15 minutes" doesn't
		everyDay = " every day"
	}
	text += s.describeDays(everyDay)
	if _, ok := s.Next(time.Time{}); !ok {
		text += ", which never comes"
	}
	return text
}

func describeTimes(minutes, hours set) string {
	if minutes.count() == 1 {
		return describeHours(minutes.first(), hours)
	}
	// Even steps continue from one hour to the next without a break.
	step, stepped := minutes.step()
	even := stepped && minutes.last()+step == minutes.first()+60
	switch {
	case hours == specs[hour].full() && even && minutes.first() == 0:
		return every(step, "minute")
	case hours == specs[hour].full():
		return describeMinutes(minutes) + " past every hour"
	case even && hours.contiguous() && minutes.count()*hours.count() > 4,
		minutes.count() > 3 && hours.count() == 1 && (even || minutes.contiguous()):
		return fmt.Sprintf("%s from %s through %s", every(step, "minute"),
			clockTime(hours.first(), minutes.first()), clockTime(hours.last(), minutes.last()))
	case minutes == specs[minute].full():
		return "Every minute of " + numbered("hour", hours)
	case minutes.count()*hours.count() <= 4:
		return "At " + enumerate(clockTimes(minutes, hours), "and")
	}
	return describeMinutes(minutes) + " past " + numbered("hour", hours)
}

// maxListed is the largest number of times that are listed one by one.
const maxListed = 6

// describeHours describes schedules that run at one minute of the hour.
func describeHours(minute int, hours set) string {
	step, stepped := hours.step()
	switch {
	case hours == specs[hour].full() && minute == 0:
		return "Every hour"
	case hours == specs[hour].full():
		return describeMinutes(1<<minute) + " past every hour"
	case hours.count() > maxListed && !stepped:
		return describeManyHours(minute, hours)
	case hours.count() <= 3 || !stepped:
		return "At " + enumerate(clockTimes(1<<minute, hours), "and")
	case minute == 0 && hours.first() == 0 && hours.last()+step == 24:
		return every(step, "hour")
	}
	return every(step, "hour") + " " + fromThrough(hours.first(), hours.last(), minute)
}

// describeManyHours returns "Every hour from 08:00 through 17:00 and at 20:00", or
// "At 0 minutes past hours 0, 2, 5 and 7 through 9" if there are many ranges.
func describeManyHours(minute int, hours set) string {
	ranges, rest := hours.split()
	if len(ranges)+rest.count() > maxListed/2 {
		return describeMinutes(1<<minute) + " past " + numbered("hour", hours)
	}
	var items []string
	for i, r := range ranges {
		text := fromThrough(r.first, r.last, minute)
		if i == 0 {
			text = every(r.step, "hour") + " " + text
		} else if r.step != ranges[i-1].step {
			text = "e" + every(r.step, "hour")[1:] + " " + text
		}
		items = append(items, text)
	}
	if rest != 0 {
		items = append(items, "at "+enumerate(clockTimes(1<<minute, rest), "and"))
	}
	return enumerate(items, "and")
}

func fromThrough(first, last, minute int) string {
	return fmt.Sprintf("from %s through %s", clockTime(first, minute), clockTime(last, minute))
}

// describeMinutes returns "At 5 minutes", "At 0 through 10 minutes" or "At every 7th
// minute from 0 through 56".
func describeMinutes(minutes set) string {
	switch text := numbered("minute", minutes); {
	case strings.HasPrefix(text, "every "):
		return "At " + text
	case minutes == 1<<1:
		return "At 1 minute"
	}
	return "At " + enumerate(throughs(minutes), "and") + " minutes"
}

func every(step int, unit string) string {
	if step == 1 {
		return "Every " + unit
	}
	return fmt.Sprintf("Every %d %ss", step, unit)
}

func clockTimes(minutes, hours set) []string {
	var times []string
	for h := hours.first(); h != none; h = hours.from(h + 1) {
		for m := minutes.first(); m != none; m = minutes.from(m + 1) {
			times = append(times, clockTime(h, m))
		}
	}
	return times
}

func clockTime(hour, minute int) string { return fmt.Sprintf("%02d:%02d", hour, minute) }

// numbered returns "hour 5", "days 1 through 7 and 15", "every 2nd hour from 8
// through 18" or "every 2nd minute from 0 through 58 and minute 7".
func numbered(unit string, values set) string {
	var items []string
	stepped, rest := values.stepRanges()
	for _, r := range stepped {
		items = append(items, fmt.Sprintf("every %s %s from %d through %d", ordinal(r.step), unit, r.first, r.last))
	}
	if rest.count() > 1 {
		unit += "s"
	}
	if rest != 0 {
		items = append(items, unit+" "+enumerate(throughs(rest), "and"))
	}
	return enumerate(items, "and")
}

// throughs returns "1 through 7", "15" and so on.
func throughs(values set) []string { return listed(values, " through ", strconv.Itoa) }

// stepRanges returns ranges with a step and the values of s that are not in them. It
// returns no ranges unless they make a list of the values much shorter.
func (s set) stepRanges() (stepped []stepRange, rest set) {
	ranges, rest := s.split()
	for _, r := range ranges {
		if r.step > 1 {
			stepped = append(stepped, r)
		} else {
			rest |= r.values()
		}
	}
	if 2*(len(stepped)+len(throughs(rest))) > len(throughs(s)) {
		return nil, s
	}
	return stepped, rest
}

// ordinal returns the ordinal of a step, which is below 21 in all texts.
func ordinal(step int) string {
	switch step {
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return strconv.Itoa(step) + "th"
}

// enumerate joins items as in a sentence: "a, b and c".
func enumerate(items []string, conjunction string) string {
	last := len(items) - 1
	if last == 0 {
		return items[0]
	}
	return strings.Join(items[:last], ", ") + " " + conjunction + " " + items[last]
}
