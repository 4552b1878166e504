package crontab

import "fmt"

// FieldError tells which field celery would refuse, and why.
type FieldError struct {
	Field  Field
	Value  string // the whole field, as given
	Reason string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("crontab: %s %s: %s", e.Field, quote(e.Value), e.Reason)
}

// LineError tells why a text is not a line of five fields.
type LineError struct {
	Line   string // as given
	Reason string
}

func (e *LineError) Error() string {
	return fmt.Sprintf("crontab: %s: %s", quote(e.Line), e.Reason)
}

// quote keeps a message readable when the value in it is long.
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
