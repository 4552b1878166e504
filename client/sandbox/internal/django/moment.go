package django

import "time"

// A moment is a time as a database keeps it: in microseconds, here since the
// beginning of the year 1. That beginning itself is null. It is a third of the size of a
// [time.Time], of which a million logs have four million.
type DateTime int64

// beginning is that of the year 1, in Unix time.
const beginning = -62_135_596_800_000_000

func NewDateTime(t time.Time) DateTime { return DateTime(t.UnixMicro() - beginning) }

func (m DateTime) IsNull() bool { return m == 0 }

func (m DateTime) Time() time.Time { return time.UnixMicro(int64(m) + beginning).UTC() }

// String is the moment in ISO 8601 as Django writes it: in UTC, with six fraction
// digits or none.
func (m DateTime) String() string {
	if m%1e6 == 0 {
		return m.Time().Format("2006-01-02T15:04:05Z")
	}
	return m.Time().Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON never fails.
func (m DateTime) MarshalJSON() ([]byte, error) {
	if m.IsNull() {
		return []byte("null"), nil
	}
	return []byte(`"` + m.String() + `"`), nil
}
