package crontab

import "fmt"

// FieldError reports a field that celery refuses.
type FieldError struct {
	Field  Field
	Value  string // the whole field, unchanged
	Reason string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("crontab: %s %s: %s", e.Field, quote(e.Value), e.Reason)
}

// LineError reports a string that is not a line of five fields.
type LineError struct {
	Line   string // unchanged
	Reason string
}

func (e *LineError) Error() string {
	return fmt.Sprintf("crontab: %s: %s", quote(e.Line), e.Reason)
}

// quote quotes a value, and truncates a long one to keep messages readable.
func quote(value string) string {
	const longest = 60
	characters := 0
	for i := range value {
		if characters == longest {
			return fmt.Sprintf("%q…", value[:i])
		}
		characters++
	}
	return fmt.Sprintf("%q", value)
}
