package sandbox

import "time"

// A moment is a time as a database keeps it: in microseconds, here since the
// beginning of the year 1. That beginning itself is null. It is a third of the size of a
// [time.Time], of which a million logs have four million.
type moment int64

// beginning is that of the year 1, in Unix time.
const beginning = -62_135_596_800_000_000

func momentOf(t time.Time) moment { return moment(t.UnixMicro() - beginning) }

func (m moment) isNull() bool { return m == 0 }

func (m moment) time() time.Time { return time.UnixMicro(int64(m) + beginning).UTC() }

// String is the moment in ISO 8601 as Django writes it: in UTC, with six fraction
// digits or none.
func (m moment) String() string {
	if m%1e6 == 0 {
		return m.time().Format("2006-01-02T15:04:05Z")
	}
	return m.time().Format("2006-01-02T15:04:05.000000Z")
}

// MarshalJSON never fails.
func (m moment) MarshalJSON() ([]byte, error) {
	if m.isNull() {
		return []byte("null"), nil
	}
	return []byte(`"` + m.String() + `"`), nil
}
