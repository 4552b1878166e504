package crontab

import (
	"fmt"
	"strings"
)

// refusal returns the message with which the API refuses the value of field i, or
// "" if it accepts it. The value is not empty.
//
// The rules are those of django-celery-beat's validators, which use
// python-crontab, including their bugs.
func (sp *spec) refusal(i int, value string) string {
	value = trim(value)
	switch {
	case value == "":
		return "This field may not be blank."
	case sp.tooLong(value):
		return fmt.Sprintf("Ensure this field has no more than %d characters.", sp.maxLength)
	case strings.Contains(value, " "):
		// The validator puts the field into a line and splits the line at spaces.
		// If there are too many, it parses the whole line as the minutes.
		line := [fieldCount]string{"*", "*", "*", "*", "*"}
		line[i] = value
		all := strings.Join(line[:], " ")
		if strings.HasPrefix(all, "@") {
			return fmt.Sprintf("Unknown special '%s'", all)
		}
		return specs[minute].refuseList(all)
	}
	return sp.refuseList(value)
}

func (sp *spec) refuseList(value string) string {
	for part := range strings.SplitSeq(value, ",") {
		refuse := sp.refuseValue
		if strings.Index(part, "/") > 0 || strings.Index(part, "-") > 0 || part == "*" {
			refuse = sp.refuseRange
		}
		if message := refuse(part); message != "" {
			return message
		}
	}
	return ""
}

func (sp *spec) refuseValue(word string) string {
	_, message := sp.apiValue(word)
	return message
}

func (sp *spec) refuseRange(part string) string {
	const sunday = 7
	numbers := part
	if strings.Count(part, "/") == 1 {
		var steps string
		numbers, steps, _ = strings.Cut(part, "/")
		step, message := sp.apiValue(steps)
		switch {
		case message != "":
			return message
		case step.number == sunday && sp.field == DayOfWeek:
			return "" // parsed as Sunday, without the rest
		case step.number < 1:
			return "Sequence can not be divided by zero or max"
		case step.named:
			return "'>' not supported between instances of 'CronValue' and 'int'"
		}
	}
	if strings.Count(numbers, "-") != 1 {
		if numbers == "*" {
			return ""
		}
		return fmt.Sprintf(`Unknown cron range value "%s"`, numbers)
	}
	low, high, _ := strings.Cut(numbers, "-")
	first, message := sp.apiValue(low)
	if message != "" {
		return message
	}
	last, message := sp.apiValue(high)
	if message != "" {
		return message
	}
	if sp.field == DayOfWeek {
		first.number %= sunday
	}
	switch {
	case first.named && !last.named:
		return "'<' not supported between instances of 'int' and 'CronValue'"
	case last.number < first.number:
		return fmt.Sprintf("Bad range '%s-%s'", first.text(low), last.text(high))
	}
	return ""
}

// apiValue is one value as the API parses it.
type apiValue struct {
	number int
	named  bool
}

// text returns the value as the API repeats it: a name unchanged, a number as a
// number.
func (v apiValue) text(word string) string {
	if v.named {
		return word
	}
	return fmt.Sprint(v.number)
}

// apiValue parses one value, or returns the message with which the API refuses it.
// A day of the week may be 7.
func (sp *spec) apiValue(word string) (value apiValue, message string) {
	switch number, isNumber := parseDigits(word); {
	case word == "<":
		value.number = sp.min
	case word == ">":
		value.number = sp.max
	case isNumber:
		value.number = number
	case isPythonDigits(word): // Python's int refuses them
		return value, fmt.Sprintf("Unrecognised %s: '%s'", sp.label, word)
	case sp.names == nil:
		return value, pythonRepr(fmt.Sprintf("No enumeration for %s: '%s'", sp.label, word)) // the text of a KeyError
	default:
		value.number, value.named = sp.named(word)
		if !value.named || len(word) != 3 {
			return value, fmt.Sprintf("Unrecognised %s: '%s'", sp.label, word)
		}
	}
	if value.number >= sp.min && value.number <= sp.max || value.number == 7 && sp.field == DayOfWeek {
		return value, ""
	}
	return value, fmt.Sprintf("'%s', not in %d-%d for %s", word, sp.min, sp.max, sp.label)
}
