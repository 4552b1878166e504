package django

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// isoDate matches the forms of a date in ISO 8601: of a day of a month or of a week,
// with hyphens or without.
var isoDate = regexp.MustCompile(`^(\d{4})(?:-(\d\d)-(\d\d)|(\d\d)(\d\d)|-W(\d\d)(?:-(\d))?|W(\d\d)(\d)?)$`)

// parseISODateTime parses a time as Python's datetime.fromisoformat does: a date, then
// any character and a time of day with or without an offset, or nothing. A time
// without an offset is in UTC.
func parseISODateTime(s string) (time.Time, bool) {
	end := isoDateLength(s)
	if end > len(s) {
		return time.Time{}, false
	}
	date, ok := parseISODate(s[:end])
	if end == len(s) || !ok {
		return date, ok
	}
	_, separator := utf8.DecodeRuneInString(s[end:])
	clock, zone := s[end+separator:], ""
	if i := strings.IndexAny(clock, "+-Z"); i >= 0 {
		clock, zone = clock[:i], clock[i:]
	}
	// Before an offset, Python ignores the rest of a time of day that is too long.
	sinceMidnight, rest, ok := parseISOClock(clock)
	const day = 24 * time.Hour
	if !ok || sinceMidnight.hour > 23 || sinceMidnight.minute > 59 || sinceMidnight.second > 59 || rest && zone == "" {
		return time.Time{}, false
	}
	t := date.Add(sinceMidnight.duration())
	if zone == "" || zone == "Z" {
		return t, true
	}
	offset, rest, ok := parseISOClock(zone[1:])
	if !ok || rest || zone[0] == 'Z' || offset.duration() >= day {
		return time.Time{}, false
	}
	if zone[0] == '-' {
		return t.Add(offset.duration()), true
	}
	return t.Add(-offset.duration()), true
}

// isoDateLength returns the length of the date at the start of s as Python guesses it,
// or more than the length of s.
func isoDateLength(s string) int {
	const (
		week    = len("2026W01")
		weekday = len("2026W011")
		none    = 1 << 10
	)
	isDigit := func(i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
	switch {
	case len(s) <= week:
		return week
	case s[4] != '-' && s[4] != 'W':
		return len("20260105")
	case s[4] == '-' && s[5] != 'W':
		return len("2026-01-05")
	case s[4] == '-' && (len(s) == weekday || s[weekday] != '-'):
		return len("2026-W01")
	case s[4] == '-' && len(s) == len("2026-W01-"):
		return none
	case s[4] == '-' && isDigit(len("2026-W01-1")): // a time of day after a hyphen
		return len("2026-W01")
	case s[4] == '-':
		return len("2026-W01-1")
	}
	end := week
	for isDigit(end) {
		end++
	}
	switch {
	case end <= weekday:
		return end
	case end%2 == 0:
		return week
	default:
		return weekday
	}
}

func parseISODate(s string) (time.Time, bool) {
	parts := isoDate.FindStringSubmatch(s)
	if parts == nil {
		return time.Time{}, false
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(parts[i]) // of digits, or empty
		return n
	}
	year := number(1)
	if week := number(6) + number(8); parts[6]+parts[8] != "" {
		weekday := number(7) + number(9)
		if parts[7]+parts[9] == "" {
			weekday = 1
		}
		const thursday = 4 // of the first week is the first of a year
		first := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
		monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
		t := monday.AddDate(0, 0, 7*(week-1)+weekday-1)
		inYear := monday.AddDate(0, 0, 7*(week-1)+thursday-1).Year() == year
		return t, year > 0 && week > 0 && inYear && weekday >= 1 && weekday <= 7 && t.Year() > 0 && t.Year() <= 9999
	}
	month, day := number(2)+number(4), number(3)+number(5)
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, year > 0 && t.Year() == year && int(t.Month()) == month && t.Day() == day
}

// An isoClock is a time of day, or an offset.
type isoClock struct{ hour, minute, second, micros int }

func (c isoClock) duration() time.Duration {
	return time.Duration(c.hour)*time.Hour + time.Duration(c.minute)*time.Minute + time.Duration(c.second)*time.Second + time.Duration(c.micros)*time.Microsecond
}

// parseISOClock parses hours, minutes, seconds and a fraction, of which only the hours
// are required, and reports whether more text follows. A fraction may follow any of
// them, as in CPython, and counts as one of a second.
func parseISOClock(s string) (c isoClock, more, ok bool) {
	hasColons := len(s) > 2 && s[2] == ':'
	for _, at := range []*int{&c.hour, &c.minute, &c.second} {
		if *at, ok = twoDigits(s); !ok {
			return c, false, false
		}
		s = s[2:]
		if s == "" {
			return c, false, true
		}
		next := s[0]
		switch {
		case len(s) == 1:
			return c, true, true
		case hasColons && next == ':':
			s = s[1:]
			continue
		case next == '.' || next == ',':
			return fractionOf(c, s[1:])
		case hasColons:
			return c, false, false
		}
	}
	return fractionOf(c, s)
}

// fractionOf adds a fraction of at most six digits to c. It ignores more digits.
func fractionOf(c isoClock, s string) (_ isoClock, more, ok bool) {
	digits := min(len(s), len("000000"))
	for _, b := range []byte(s[:digits]) {
		if b < '0' || b > '9' {
			return c, false, false
		}
	}
	c.micros, _ = strconv.Atoi((s[:digits] + "000000")[:len("000000")])
	return c, strings.Trim(s[digits:], "0123456789") != "", true
}

func twoDigits(s string) (int, bool) {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}
