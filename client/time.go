package client

import (
	"bytes"
	"encoding/json"
	"time"

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
	*t = Time{}
	if len(data) > 2 && data[0] == '"' && !bytes.ContainsRune(data, '\\') {
		if t.UnmarshalText(data[1:len(data)-1]) == nil {
			return nil
		}
	}
	var text *string
	if json.Unmarshal(data, &text) != nil { // neither a string nor null
		t.text = string(data)
		return nil //nolint:nilerr // it is kept as text
	}
	if text == nil {
		return nil
	}
	at, err := timestamp.Parse(*text)
	if err != nil {
		t.text = *text
		return nil //nolint:nilerr // it is kept as text
	}
	t.Time = at
	return nil
}
