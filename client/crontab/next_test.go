package crontab_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func utc(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}

func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, line, from, want string }{
		{"strictly after", "0 8 * * *", "2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z"},
		{"just before", "0 8 * * *", "2026-01-05T07:59:59.999999999Z", "2026-01-05T08:00:00Z"},
		{"within the minute of a run", "0 8 * * *", "2026-01-05T08:00:30Z", "2026-01-06T08:00:00Z"},
		{"every minute", "* * * * *", "2026-12-31T23:59:30Z", "2027-01-01T00:00:00Z"},
		{"later in the hour", "*/15 * * * *", "2026-01-05T08:16:00Z", "2026-01-05T08:30:00Z"},
		{"a later hour begins with its first minute", "5,50 8,10 * * *", "2026-01-05T08:50:00Z", "2026-01-05T10:05:00Z"},
		{"over a weekend", "0 8 * * mon-fri", "2026-01-09T08:00:00Z", "2026-01-12T08:00:00Z"},
		{"day of month and of week", "0 8 13 * fri", "2026-01-01T00:00:00Z", "2026-02-13T08:00:00Z"},
		{"months without the day are left out", "0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"another year", "0 0 1 1 *", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"leap day", "0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"no leap year in 2100", "0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"leap day on a Monday", "0 0 29 2 mon", "2026-01-01T00:00:00Z", "2044-02-29T00:00:00Z"},
		{"the longest wait of all", "0 0 29 2 mon", "2072-02-29T00:00:00Z", "2112-02-29T00:00:00Z"},
		{"other zones are converted", "0 8 * * *", "2026-01-05T09:30:00+02:00", "2026-01-05T08:00:00Z"},
		{"long ago", "0 8 * * *", "0001-01-01T00:00:00Z", "0001-01-01T08:00:00Z"},
		{"the last run of all", "59 23 31 12 *", "9999-01-01T00:00:00Z", "9999-12-31T23:59:00Z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			next, ok := mustParse(t, test.line).Next(utc(t, test.from))
			require.True(t, ok)
			assert.Equal(t, test.want, next.Format(time.RFC3339Nano))
			assert.Equal(t, time.UTC, next.Location())
		})
	}
}

func TestNextSaysWhenThereIsNone(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"0 0 31 2 *", "* * 30 2 *", "0 0 31 2,4,6,9,11 *", "* * 30,31 feb mon"} {
		next, ok := mustParse(t, line).Next(utc(t, "2026-01-01T00:00:00Z"))
		assert.False(t, ok, line)
		assert.True(t, next.IsZero(), line)
	}
	_, ok := mustParse(t, "* * * * *").Next(utc(t, "9999-12-31T23:59:00Z"))
	assert.False(t, ok, "celery's calendar ends with the year 9999")
}

func TestNextFarOutsideTheCalendar(t *testing.T) {
	t.Parallel()
	daily := mustParse(t, "0 8 * * *")
	for _, seconds := range []int64{math.MaxInt64, math.MaxInt64 / 2, 1 << 40} {
		_, ok := daily.Next(time.Unix(seconds, 0))
		assert.False(t, ok)
	}
	for _, seconds := range []int64{math.MinInt64 / 2, -1 << 40} {
		next, ok := daily.Next(time.Unix(seconds, 0))
		assert.True(t, ok)
		assert.Equal(t, "0001-01-01T08:00:00Z", next.Format(time.RFC3339))
	}
}

func TestNextWhereClocksGoForward(t *testing.T) {
	t.Parallel()
	berlin := loadZone(t, "Europe/Berlin") // 02:00 to 03:00 is skipped on 29 March 2026
	tests := []struct{ name, line, from, want string }{
		{"a skipped run is late by the jump", "30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:30:00+02:00"},
		{"and takes place once", "30 2 * * *", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"},
		{"together with one that was due then", "30 2,3 * * *", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"},
		{"several skipped runs become one", "0,30 2 * * *", "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"},
		{"the others go on", "*/15 * * * *", "2026-03-29T01:45:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"after the change", "0 8 * * *", "2026-03-28T08:00:00+01:00", "2026-03-29T08:00:00+02:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			next, ok := mustParse(t, test.line).In(berlin).Next(utc(t, test.from))
			require.True(t, ok)
			assert.Equal(t, test.want, next.Format(time.RFC3339))
			assert.Equal(t, berlin, next.Location())
		})
	}
}

func TestNextWhereClocksGoBack(t *testing.T) {
	t.Parallel()
	berlin := loadZone(t, "Europe/Berlin") // 02:00 to 03:00 comes twice on 25 October 2026
	tests := []struct{ name, line, from, want string }{
		{"the first time round", "30 2 * * *", "2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"and not again", "30 2 * * *", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		{"even every minute pauses", "* * * * *", "2026-10-25T02:59:00+02:00", "2026-10-25T03:00:00+01:00"},
		{"from within the second time", "30 2 * * *", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"},
		{"after the change", "0 8 * * *", "2026-10-24T08:00:00+02:00", "2026-10-25T08:00:00+01:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			next, ok := mustParse(t, test.line).In(berlin).Next(utc(t, test.from))
			require.True(t, ok)
			assert.Equal(t, test.want, next.Format(time.RFC3339))
		})
	}
}

func TestNextN(t *testing.T) {
	t.Parallel()
	from := utc(t, "2026-01-09T12:00:00Z")
	weekdays := mustParse(t, "0 8 * * mon-fri")
	want := []time.Time{utc(t, "2026-01-12T08:00:00Z"), utc(t, "2026-01-13T08:00:00Z"), utc(t, "2026-01-14T08:00:00Z")}

	assert.Equal(t, want, weekdays.NextN(from, 3))
	assert.Empty(t, weekdays.NextN(from, 0))
	assert.Empty(t, weekdays.NextN(from, -1))
	assert.Empty(t, mustParse(t, "0 0 31 2 *").NextN(from, 3))
	assert.Len(t, mustParse(t, "0 0 1 1 *").NextN(utc(t, "9997-06-01T00:00:00Z"), 10), 2)
}

func TestRuns(t *testing.T) {
	t.Parallel()
	from := utc(t, "9999-12-31T21:30:00Z")
	var hours []int
	for run := range mustParse(t, "0 * * * *").Runs(from) {
		hours = append(hours, run.Hour())
	}
	assert.Equal(t, []int{22, 23}, hours)

	count := 0
	for range (crontab.Schedule{}).Runs(from) {
		if count++; count == 5 {
			break
		}
	}
	assert.Equal(t, 5, count)
}
