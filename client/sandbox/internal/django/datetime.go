package django

import "time"

// DateTime is a time as a database stores it, in microseconds since the start of
// year 1. The zero DateTime is null. It takes a third of the memory of a
// [time.Time].
type DateTime int64

// year1 is the start of year 1, in microseconds of Unix time.
const year1 = -62_135_596_800_000_000

// NewDateTime returns t, truncated to microseconds.
func NewDateTime(t time.Time) DateTime { return DateTime(t.UnixMicro() - year1) }

// IsNull reports whether d is null.
func (d DateTime) IsNull() bool { return d == 0 }

// Time returns d in UTC.
func (d DateTime) Time() time.Time { return time.UnixMicro(int64(d) + year1).UTC() }

// String formats d as Django does: ISO 8601 in UTC, with six fractional digits or
// none.
func (d DateTime) String() string {
	if d%1e6 == 0 {
		return d.Time().Format("2006-01-02T15:04:05Z")
	}
	return d.Time().Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON encodes d as a string or null. It never fails.
func (d DateTime) MarshalJSON() ([]byte, error) {
	if d.IsNull() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}
