package crontab

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse parses a line of five fields, "minute hour day_of_month month_of_year
// day_of_week", separated by white space. If the line doesn't have five fields, the
// error is a [*LineError]. If celery refuses a field, it is a [*FieldError] for the
// first such field.
func Parse(line string) (Schedule, error) {
	var values [fieldCount]string
	count := 0
	for value := range strings.FieldsSeq(line) {
		if count < fieldCount {
			values[count] = value
		}
		count++
	}
	if count != fieldCount {
		return Schedule{}, &LineError{Line: line, Reason: fmt.Sprintf("number of fields is %d, not five: "+
			"minute hour day_of_month month_of_year day_of_week (celery has no seconds, years or @daily)", count)}
	}
	return parse(values)
}

// Parse parses the five fields as celery does. If celery refuses a field, the error
// is a [*FieldError] for the first such field in the order of a crontab line. White
// space around a field is ignored, since the API strips it.
func (f Fields) Parse() (Schedule, error) { return parse(f.inLineOrder()) }

func parse(values [fieldCount]string) (Schedule, error) {
	var s Schedule
	for i, value := range values {
		if value == "" {
			continue
		}
		chosen, err := specs[i].parse(value)
		if err != nil {
			return Schedule{}, &FieldError{Field: specs[i].field, Value: value, Reason: err.Error()}
		}
		s.choose(i, chosen)
		if i == hour && chosen.count() == 1 {
			s.hourRanged = strings.Trim(trim(value), "0123456789") != ""
		}
	}
	return s, nil
}

// parse parses a whole field. Its errors are reasons of a FieldError.
func (sp *spec) parse(value string) (set, error) {
	if sp.tooLong(value) {
		return 0, fmt.Errorf("longer than %d characters", sp.maxLength)
	}
	var chosen set
	for part := range strings.SplitSeq(trim(value), ",") {
		values, err := sp.parsePart(part)
		if err != nil {
			return 0, err
		}
		chosen |= values
	}
	return chosen, nil
}

// tooLong reports whether a field is too long for the API, which counts characters
// without surrounding white space.
func (sp *spec) tooLong(value string) bool {
	return utf8.RuneCountInString(trim(value)) > sp.maxLength
}

// parsePart parses one item of a list: a value, "*" or a range, with or without a
// step.
func (sp *spec) parsePart(part string) (set, error) {
	if part == "*" {
		return sp.full(), nil
	}
	// Celery ignores white space before a single number, and after anything but a
	// single star.
	part = strings.TrimRightFunc(part, isSpace)
	numbers, steps, stepped := strings.Cut(part, "/")
	step := 1
	if stepped {
		var err error
		if step, err = parseStep(steps); err != nil {
			return 0, err
		}
	}
	if stepped && numbers == "*" {
		return sp.expand(sp.min, sp.max, step), nil
	}
	if low, high, ranged := strings.Cut(numbers, "-"); ranged && low != "" {
		first, err := sp.parseNumber(low)
		if err != nil {
			return 0, err
		}
		last, err := sp.parseNumber(high)
		if err != nil {
			return 0, err
		}
		return sp.expand(first, last, step), nil
	}
	if stepped {
		return 0, fmt.Errorf("the step in %s needs a range or * before it", quote(part))
	}
	digits := strings.TrimPrefix(strings.TrimLeftFunc(part, isSpace), "+")
	if _, ok := parseDigits(digits); ok {
		part = digits
	}
	value, err := sp.parseNumber(part)
	return 1 << value, err
}

// expand returns the values from first to last in steps. If last is below first,
// the range wraps round.
func (sp *spec) expand(first, last, step int) set {
	span := sp.max - sp.min + 1
	if last < first {
		last += span
	}
	var values set
	for v := first; v <= last; v += step {
		values |= 1 << (sp.min + (v-sp.min)%span)
	}
	return values
}

func parseStep(word string) (int, error) {
	step, ok := parseDigits(word)
	if !ok || step == 0 {
		return 0, fmt.Errorf("the step %s is not a number from 1", quote(word))
	}
	return step, nil
}

func (sp *spec) parseNumber(word string) (int, error) {
	if word == "" {
		return 0, errors.New("a value is missing: is there a comma or a dash too many?")
	}
	value, ok := parseDigits(word)
	if !ok {
		value, ok = sp.named(word)
	}
	if ok && value >= sp.min && value <= sp.max {
		return value, nil
	}
	hint := ""
	if sp.nameKind != "" {
		hint = ", nor " + sp.nameKind
	}
	if sp.field == DayOfWeek && value == 7 {
		hint = ": Sunday is 0"
	}
	return 0, fmt.Errorf("%s is not a number from %d to %d%s", quote(word), sp.min, sp.max, hint)
}

// parseDigits parses a number like Python's int, with the digits of every script. A
// number that is too large for any field is capped.
func parseDigits(word string) (number int, ok bool) {
	const tooLarge = 1000
	for _, r := range word {
		digit, ok := digitValue(r)
		if !ok {
			return 0, false
		}
		number = min(number*10+digit, tooLarge)
	}
	return number, word != ""
}

// digitValue returns the value of a digit. It relies on Unicode, where the ten
// digits of a script are adjacent, in order, and preceded by other groups of ten at
// most.
func digitValue(r rune) (digit int, ok bool) {
	if !unicode.IsDigit(r) {
		return 0, false
	}
	for ; unicode.IsDigit(r - 1); r-- {
		digit++
	}
	return digit % 10, true
}

func trim(value string) string { return strings.TrimFunc(value, isSpace) }

// isSpace reports whether Python regards r as white space. Unlike Go, it includes
// the four ASCII separators.
func isSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }
