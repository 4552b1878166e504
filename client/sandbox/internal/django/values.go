package django

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxIntegerText = 1000 // characters
	invalidInteger = "A valid integer is required."
	wrongFormat    = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)

// IntegerValue returns the integer that an IntegerField accepts, or an error
// message.
func IntegerValue(value any) (n int64, message string) {
	if s, ok := value.(string); ok && len(s) > maxIntegerText {
		return 0, "String value too large."
	}
	digits := trailingZeros.ReplaceAllString(Str(value), "")
	if n, ok := ParseInt(digits); ok {
		return n, ""
	}
	text, ok := integerText(digits)
	switch {
	case !ok:
		return 0, invalidInteger
	case strings.HasPrefix(text, "-"):
		return 0, "Ensure this value is greater than or equal to -9223372036854775808."
	default:
		return 0, "Ensure this value is less than or equal to 9223372036854775807."
	}
}

// trailingZeros are the end of a decimal number without a fractional part.
var trailingZeros = regexp.MustCompile(`\.0*\s*$`)

// DecimalValue returns the integral part of a number that the DecimalField of a
// form accepts, or an error message.
func DecimalValue(s string) (n int64, message string) {
	s = strings.ReplaceAll(Strip(asciiDigits(s)), "_", "")
	if n, ok := ParseInt(s); ok {
		return n, ""
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && f == 0, math.IsNaN(f), math.IsInf(f, 0), strings.ContainsAny(s, "xXpP"):
		return 0, "Enter a number."
	case f > 1e50:
		return 0, "Ensure this value is less than or equal to 1e+50."
	}
	return int64(f), ""
}

var datetimePattern = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?(Z|[+-]\d{2}(?::?\d{2})?)?\n?$`)

// DateTimeValue returns the time that a DateTimeField accepts, or an error
// message. A time without an offset is in UTC.
func (v Version) DateTimeValue(value any) (d DateTime, message string) {
	s, ok := value.(string)
	if !ok {
		return 0, wrongFormat
	}
	if v >= Django42 {
		if t, ok := parseISODateTime(s); ok {
			return inRange(t)
		}
	}
	parts := datetimePattern.FindStringSubmatch(asciiDigits(s))
	if parts == nil {
		return 0, wrongFormat
	}
	const layout = "2006-1-2 15:4:5.000000 -0700"
	second, offset := parts[6], strings.ReplaceAll(parts[8], ":", "")
	if second == "" {
		second = "0"
	}
	switch {
	case offset == "" || offset == "Z":
		offset = "+0000"
	case len(offset) == len("+00"):
		offset += "00"
	}
	micros := (parts[7] + "000000")[:6]
	t, err := time.Parse(layout, strings.Join(parts[1:4], "-")+" "+parts[4]+":"+parts[5]+":"+second+"."+micros+" "+offset)
	if err != nil || t.Year() < 1 || offset[1:] >= "2400" {
		return 0, wrongFormat
	}
	return inRange(t)
}

// inRange returns the DateTime of a time, or an error message.
func inRange(t time.Time) (d DateTime, message string) {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return 0, "Datetime value out of range."
	}
	return dateTime(t), ""
}

// hexNumber matches the hexadecimal numbers that Python's int accepts, without the
// white space at both ends.
var hexNumber = regexp.MustCompile(`^\+?(?:0[xX]_?)?([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)$`)

// ParseUUID parses a UUID as Python's uuid.UUID does, and returns its canonical
// form. Of the 32 characters, some may be those of a number.
func ParseUUID(s string) (string, bool) {
	const length = 32
	s = strings.ReplaceAll(strings.ReplaceAll(s, "urn:", ""), "uuid:", "")
	s = strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
	if utf8.RuneCountInString(s) != length {
		return "", false
	}
	number := hexNumber.FindStringSubmatch(trimInteger(s))
	if number == nil {
		return "", false
	}
	s = strings.ToLower(strings.ReplaceAll(number[1], "_", ""))
	s = strings.Repeat("0", length-len(s)) + s
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], true
}
