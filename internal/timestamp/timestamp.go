// Package timestamp parses the times that the service writes.
//
// Django REST Framework sends ISO 8601 with none to six fraction digits, and "Z"
// or an offset. Python's str(datetime) has a space instead of the T. A time
// without an offset is in UTC.
package timestamp

import (
	"fmt"
	"strings"
	"time"
)

// layouts are tried in turn. Go's parser accepts a fraction of any length after
// the seconds, also if the layout has none.
var layouts = [...]string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02",
}

// Parse parses s. A time without an offset is in UTC.
func Parse(s string) (time.Time, error) {
	text := strings.TrimSpace(s)
	if len(text) > len("2006-01-02") && (text[10] == ' ' || text[10] == 't') {
		text = text[:10] + "T" + text[11:]
	}
	if strings.HasSuffix(text, "z") {
		text = text[:len(text)-1] + "Z"
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not an ISO 8601 date and time", s)
}
