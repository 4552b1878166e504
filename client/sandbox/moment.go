package sandbox

import (
	"time"

	"github.com/iblai/iblai-go/client"
)

// moment is a time as Django writes it: in UTC, with six fraction digits or
// none. The zero moment is null.
type moment struct{ time.Time }

// momentOf keeps of t what a database does: microseconds.
func momentOf(t time.Time) moment { return moment{t.UTC().Truncate(time.Microsecond)} }

// String is the time in ISO 8601.
func (m moment) String() string {
	if m.Nanosecond() == 0 {
		return m.Format("2006-01-02T15:04:05Z")
	}
	return m.Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON never fails.
func (m moment) MarshalJSON() ([]byte, error) {
	if m.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + m.String() + `"`), nil
}

// nullable is m as the client's models have it.
func (m moment) nullable() *client.Time {
	if m.IsZero() {
		return nil
	}
	t := client.At(m.Time)
	return &t
}
