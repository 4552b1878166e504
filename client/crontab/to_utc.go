package crontab

import (
	"fmt"
	"slices"
	"time"
)

// Period is a time during which a time zone's offset from UTC doesn't change, with
// crontabs in UTC that are right until it ends.
type Period struct {
	From, To time.Time // To is exclusive
	// Fields are one crontab or several, each of which needs an agent of its own. It
	// is empty if the schedule never runs.
	Fields []Fields
}

// maxPeriods bounds the result of ToUTC. A time zone changes its clocks twice a
// year, and Morocco four times.
const maxPeriods = 1000

// RangeError reports that [ToUTC] can't convert crontabs between two times.
type RangeError struct {
	From, To time.Time
	Reason   string
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("crontab: from %s to %s: %s", e.From.Format(time.RFC3339), e.To.Format(time.RFC3339), e.Reason)
}

// ToUTC converts a crontab in local time to crontabs in UTC, which the service
// needs unless its operators have set another time zone. It returns the periods
// between from and to in order. Send the crontabs of the first period now, and those
// of the next one half a minute before its From, when the clocks change. An agent that
// is updated later can miss the run at From itself.
//
// A changed schedule can run at once, since the scheduler plans from the last run:
// after a run at 06:00, "0 7 * * *" is overdue. To prevent that, send the crontab
// together with enabled set to false, and enable the agent in a second update.
// Disabling it makes the scheduler forget the last run.
//
// Within a period, its crontabs match in exactly the minutes in which the local
// clock matches f. A local time that a change of the clocks skips therefore has no
// run on that day, and one that it repeats has two. Nil for the location means UTC.
//
// One local crontab needs several in UTC if some of its times are on another day
// in UTC: "0 0,12 * * mon" in Berlin is "0 11 * * 1" and "0 23 * * 0" in winter.
//
// If celery refuses a field, the error is a [*FieldError]. If to is not after from,
// an offset isn't in whole minutes, or there are more than 1,000 periods, it is a
// [*RangeError].
func ToUTC(f Fields, location *time.Location, from, to time.Time) ([]Period, error) {
	schedule, err := f.Parse()
	if err != nil {
		return nil, err
	}
	switch {
	case !from.Before(to):
		return nil, &RangeError{From: from, To: to, Reason: "the end is not after the start"}
	case from.Unix() < firstSecond || to.Unix() > lastSecond:
		return nil, &RangeError{From: from, To: to, Reason: "celery's calendar has the years 1 to 9999"}
	}
	if location == nil {
		location = time.UTC
	}
	_, runs := schedule.Next(time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC))
	var periods []Period
	for start := from; start.Before(to); {
		local := start.In(location)
		_, end := local.ZoneBounds()
		if !end.IsZero() && !end.After(start) { // as Go 1.26 has it on the last day of leap years from 2040 on
			end = start.AddDate(0, 0, 1)
		}
		if end.IsZero() || end.After(to) {
			end = to
		}
		_, offset := local.Zone()
		if offset%60 != 0 {
			return nil, &RangeError{From: from, To: to, Reason: fmt.Sprintf("the offset of %s isn't in whole minutes in %d", location, local.Year())}
		}
		// Which day precedes 1 March depends on the year.
		if schedule.dependsOnYear(offset) {
			if nextYear := time.Date(start.UTC().Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC); nextYear.Before(end) {
				end = nextYear
			}
		}
		period := Period{From: start.UTC(), To: end.UTC()}
		if runs {
			period.Fields = schedule.shifted(offset/60, start.UTC().Year())
		}
		if last := len(periods) - 1; last >= 0 && slices.Equal(periods[last].Fields, period.Fields) {
			periods[last].To = period.To
		} else if periods = append(periods, period); len(periods) > maxPeriods {
			return nil, &RangeError{From: from, To: to, Reason: fmt.Sprintf("there are more than %d periods", maxPeriods)}
		}
		start = end
	}
	return periods, nil
}

// dependsOnYear reports whether a shift to another day can involve the end of
// February.
func (s Schedule) dependsOnYear(offset int) bool {
	return offset != 0 && (s.chosen[dayOfMonth] != 0 || s.chosen[monthOfYear] != 0)
}
