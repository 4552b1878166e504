package client

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/iblai/iblai-go/internal/timestamp"
)

// Time is a point in time as the API writes it. It reads ISO 8601 with or
// without fraction and offset, a space for the T, and takes a naive time as
// UTC. What can't be read is no error: the time is zero, and Text keeps what
// was sent, so that one odd timestamp never costs a page.
type Time struct {
	time.Time

	// text is what was sent, if it could not be read.
	text string
}

// Text returns what the service sent where it could not be read as a time, and
// the time in RFC 3339 otherwise; for the zero Time it is empty.
func (t Time) Text() string {
	if t.text != "" || t.IsZero() {
		return t.text
	}
	return t.Format(time.RFC3339Nano)
}

// MarshalJSON writes RFC 3339, null for the zero Time, and text that could not
// be read as it came.
func (t Time) MarshalJSON() ([]byte, error) {
	text := t.Text()
	if text == "" {
		return []byte("null"), nil
	}
	return json.Marshal(text)
}

// UnmarshalJSON reads any of the spellings above. It never fails.
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
