package django

import (
	"fmt"
	"time"
)

// DateTime is a time as a database stores it, in microseconds. The start of year 1 is
// 1, and the zero DateTime is null. It takes a third of the memory of a [time.Time].
type DateTime int64

// epoch is the time of the zero DateTime, in microseconds of Unix time.
const epoch = -62_135_596_800_000_000 - 1

// maxDateTime is the end of the year 9999.
const maxDateTime = 253_402_300_799_999_999 - epoch

// NewDateTime returns t, truncated to microseconds. The zero time is null.
func NewDateTime(t time.Time) DateTime {
	if t.IsZero() {
		return 0
	}
	return dateTime(t)
}

func dateTime(t time.Time) DateTime { return DateTime(t.UnixMicro() - epoch) }

// IsNull reports whether d is null.
func (d DateTime) IsNull() bool { return d == 0 }

// Time returns d in UTC. Null is the zero time.
func (d DateTime) Time() time.Time {
	if d.IsNull() {
		return time.Time{}
	}
	return time.UnixMicro(int64(d) + epoch).UTC()
}

// String formats d as Django does: ISO 8601 in UTC, with six fractional digits or
// none.
func (d DateTime) String() string {
	if (int64(d)+epoch)%1e6 == 0 {
		return d.Time().Format("2006-01-02T15:04:05Z")
	}
	return d.Time().Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON encodes d as a string or null. It fails for a year that Python doesn't
// have.
func (d DateTime) MarshalJSON() ([]byte, error) {
	if d.IsNull() {
		return []byte("null"), nil
	}
	if d < 0 || d > maxDateTime {
		return nil, fmt.Errorf("the time %v is not in the years 1 to 9999", d.Time())
	}
	return []byte(`"` + d.String() + `"`), nil
}

// IsRepresentable reports whether Python and JSON can represent a time.
func IsRepresentable(t time.Time) bool {
	const maxYear = 9999
	year := t.UTC().Year()
	return year >= 1 && year <= maxYear
}
