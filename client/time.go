package client

import (
	"encoding/json"
	"time"

	"github.com/iblai/iblai-go/internal/scan"
	"github.com/iblai/iblai-go/internal/timestamp"
)

// Time is a time in a response. It is parsed from ISO 8601, with or without
// fraction and offset, and with a T or a space before the time of day. A time
// without an offset is in UTC. If the text can't be parsed, the time is zero and
// Text returns the text: one such field does not make a page fail.
type Time struct {
	time.Time

	// text is the service's text if it could not be parsed.
	text string
}

// Text returns the time in RFC 3339, or the service's text if it could not be
// parsed. It is empty if there is neither.
func (t Time) Text() string {
	if t.text != "" || t.IsZero() {
		return t.text
	}
	return t.Format(time.RFC3339Nano)
}

// MarshalJSON returns Text as a string, or null if it is empty.
func (t Time) MarshalJSON() ([]byte, error) {
	text := t.Text()
	if text == "" {
		return []byte("null"), nil
	}
	return json.Marshal(text)
}

// UnmarshalJSON parses any of these spellings. It never fails.
func (t *Time) UnmarshalJSON(data []byte) error {
	var d scan.Decoder
	d.Reset(data)
	*t = readTime(&d)
	return nil
}

func readTime(d *scan.Decoder) Time {
	var t Time
	switch d.Kind() {
	case scan.KindNull:
		d.Null()
	case scan.KindString:
		text := d.Text()
		if t.UnmarshalText(text) == nil || len(text) == 0 {
			break
		}
		at, err := timestamp.Parse(string(text))
		if err != nil {
			return Time{text: string(text)}
		}
		t.Time = at
	default:
		t.text = d.RawText()
	}
	return t
}
