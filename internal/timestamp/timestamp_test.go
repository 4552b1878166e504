package timestamp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/timestamp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-01-02T03:04:05Z":             at,
		"2026-01-02T03:04:05z":             at,
		"2026-01-02t03:04:05Z":             at,
		"2026-01-02T03:04:05":              at,
		"2026-01-02 03:04:05":              at,
		"2026-01-02 03:04:05+00:00":        at,
		"2026-01-02T05:04:05+02:00":        at,
		"2026-01-02T05:04:05+0200":         at,
		"2026-01-02T05:04:05+02":           at,
		"2026-01-01T19:34:05-07:30":        at,
		" 2026-01-02T03:04:05Z\n":          at,
		"2026-01-02T03:04:05.123456Z":      at.Add(123456 * time.Microsecond),
		"2026-01-02 03:04:05.123456":       at.Add(123456 * time.Microsecond),
		"2026-01-02 03:04:05.1+00:00":      at.Add(100 * time.Millisecond),
		"2026-01-02T03:04:05.123456789Z":   at.Add(123456789),
		"2026-01-02T03:04":                 at.Truncate(time.Minute),
		"2026-01-02T03:04Z":                at.Truncate(time.Minute),
		"2026-01-02":                       at.Truncate(24 * time.Hour),
		"2026-01-02 03:04:05.000001+00:00": at.Add(time.Microsecond),
	} {
		got, err := timestamp.Parse(text)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), "%q: want %v, got %v", text, want, got)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "now", "1767323045", "2026-13-01", "2026-02-30T00:00:00Z", "2026-01-02T", "2026-01-02T25:00:00Z", "02/01/2026"} {
		_, err := timestamp.Parse(text)
		assert.Error(t, err, text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("2026-01-02T03:04:05.123456+02:00")
	f.Add("2026-01-02 03:04:05")
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := timestamp.Parse(text); err == nil {
			again, err := timestamp.Parse(at.Format(time.RFC3339Nano))
			if err == nil && !again.Equal(at) {
				t.Errorf("%q reads as %v, written again as %v", text, at, again)
			}
		}
	})
}
