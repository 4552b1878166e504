package crontab

import "strings"

// Field is the API's name of one of the five fields.
type Field string

// The five fields, in the order of a crontab line.
const (
	Minute      Field = "minute"        // 0 to 59
	Hour        Field = "hour"          // 0 to 23
	DayOfMonth  Field = "day_of_month"  // 1 to 31
	MonthOfYear Field = "month_of_year" // 1 to 12, or jan to dec
	DayOfWeek   Field = "day_of_week"   // 0 (Sunday) to 6, or sun to sat
)

// Fields are the five fields of a schedule, named as in the API. An empty field
// means "*", which is the API's default, so that the zero Fields run every minute.
type Fields struct {
	Minute      string // at most 240 characters
	Hour        string // at most 96
	DayOfWeek   string // at most 64
	DayOfMonth  string // at most 124
	MonthOfYear string // at most 64
}

// The indexes of the fields in a crontab line, in specs and in a Schedule.
const (
	minute = iota
	hour
	dayOfMonth
	monthOfYear
	dayOfWeek
	fieldCount
)

func (f Fields) inLineOrder() [fieldCount]string {
	return [fieldCount]string{f.Minute, f.Hour, f.DayOfMonth, f.MonthOfYear, f.DayOfWeek}
}

func fieldsInLineOrder(values [fieldCount]string) Fields {
	return Fields{
		Minute:      values[minute],
		Hour:        values[hour],
		DayOfMonth:  values[dayOfMonth],
		MonthOfYear: values[monthOfYear],
		DayOfWeek:   values[dayOfWeek],
	}
}

// spec describes the values of one field.
type spec struct {
	field     Field
	min, max  int
	maxLength int    // in characters, as the API stores the field
	label     string // the API's name for the field in its messages
	names     []string
	nameKind  string
}

// specs is in the order of a crontab line. Names are in lower case and start with
// that of min.
var specs = [fieldCount]spec{
	{field: Minute, min: 0, max: 59, maxLength: 240, label: "Minutes"},
	{field: Hour, min: 0, max: 23, maxLength: 96, label: "Hours"},
	{field: DayOfMonth, min: 1, max: 31, maxLength: 124, label: "Day of Month"},
	{field: MonthOfYear, min: 1, max: 12, maxLength: 64, label: "Month", nameKind: "a month such as jan", names: []string{
		"january", "february", "march", "april", "may", "june",
		"july", "august", "september", "october", "november", "december",
	}},
	{field: DayOfWeek, min: 0, max: 6, maxLength: 64, label: "Day of Week", nameKind: "a day such as mon", names: []string{
		"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	}},
}

func (sp *spec) full() set { return rangeSet(sp.min, sp.max) }

// named returns the day or the month with a name, which may be abbreviated to three
// letters or more.
func (sp *spec) named(word string) (value int, ok bool) {
	if len(word) < 3 {
		return 0, false
	}
	word = strings.ToLower(word)
	for i, name := range sp.names {
		if strings.HasPrefix(name, word) {
			return sp.min + i, true
		}
	}
	return 0, false
}
