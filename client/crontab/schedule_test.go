package crontab_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func TestAllFieldsMustMatch(t *testing.T) {
	t.Parallel()
	fridayThe13th := mustParse(t, "0 8 13 2 5")
	at := func(year, month, day, hour, minute int) time.Time {
		return time.Date(year, time.Month(month), day, hour, minute, 59, 0, time.UTC)
	}
	assert.True(t, fridayThe13th.Matches(at(2026, 2, 13, 8, 0)))
	assert.False(t, fridayThe13th.Matches(at(2027, 2, 13, 8, 0)), "another day of the week")
	assert.False(t, fridayThe13th.Matches(at(2026, 2, 20, 8, 0)), "another day of the month")
	assert.False(t, fridayThe13th.Matches(at(2026, 3, 13, 8, 0)), "another month")
	assert.False(t, fridayThe13th.Matches(at(2026, 2, 13, 9, 0)), "another hour")
	assert.False(t, fridayThe13th.Matches(at(2026, 2, 13, 8, 1)), "another minute")
}

func TestMatchesReadsTheScheduleClock(t *testing.T) {
	t.Parallel()
	berlin := loadZone(t, "Europe/Berlin")
	eight := mustParse(t, "0 8 * * *")
	inBerlin := time.Date(2026, 6, 1, 8, 0, 0, 0, berlin)

	assert.False(t, eight.Matches(inBerlin), "UTC unless told otherwise, whatever the time's own zone")
	assert.True(t, eight.In(berlin).Matches(inBerlin))
	assert.True(t, eight.In(berlin).Matches(inBerlin.UTC()))
}

func TestEqualSchedulesAreEqual(t *testing.T) {
	t.Parallel()
	tests := [][]string{
		{"* * * * *", "*/1 0-23 1-31 jan-dec sun-sat"},
		{"0,15,30,45 * * * *", "*/15 * * * *", "45,0-30/15 * * * *"},
		{"0 0 * * 0,6", "0 0 * * sat-sun", "0 0 * * sun,sat"},
	}
	for _, lines := range tests {
		for _, line := range lines[1:] {
			assert.True(t, mustParse(t, lines[0]) == mustParse(t, line), "%q and %q", lines[0], line)
		}
	}

	var zero crontab.Schedule
	everyMinute, err := crontab.Fields{}.Parse()
	require.NoError(t, err)
	assert.True(t, zero == everyMinute)

	berlin := loadZone(t, "Europe/Berlin")
	assert.True(t, zero == zero.In(time.UTC) && zero == zero.In(berlin).In(nil))
	assert.False(t, zero == zero.In(berlin))
}

func TestString(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"* * * * *":                "* * * * *",
		"0 8 * * mon-fri":          "0 8 * * 1-5",
		"00 08 * * *":              "0 8 * * *",
		"30,0 20,8 * * *":          "0,30 8,20 * * *",
		"0,10,20,30,40,50 * * * *": "*/10 * * * *",
		"*/7 8-18/2 * * *":         "*/7 8-18/2 * * *",
		"0 22-2 * * fri-mon":       "0 0-2,22,23 * * 0,1,5,6",
		"0 0 1-7,15,16 */3 *":      "0 0 1-7,15,16 */3 *",
		"0 0 2-30/2 2,12 */2":      "0 0 2-30/2 2,12 */2",
	} {
		assert.Equal(t, want, mustParse(t, line).String(), line)
	}
	assert.Equal(t, "* * * * *", crontab.Schedule{}.String())
}

// Since django-celery-beat 2.8 an hour that is a plain number is loaded around that
// hour only, so that another form of it must not become one, nor the reverse.
func TestFormOfASingleHour(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"8": "8", "08": "8", "\t8": "8", "８": "8-8",
		"8-8": "8-8", "8,8": "8-8", "+8": "8-8", "*/24": "0-0", "8-9/2": "8-8",
		"8,20": "8,20", "*": "*", "0-23": "*",
	} {
		schedule, err := crontab.Fields{Hour: value}.Parse()
		require.NoError(t, err, value)
		assert.Equal(t, want, schedule.Fields().Hour, value)
		again, err := schedule.Fields().Parse()
		require.NoError(t, err)
		assert.True(t, schedule == again, value)
		assert.Equal(t, crontab.Runs, crontab.Check(schedule.Fields()).Verdict, value)
	}
	plain, err := crontab.Fields{Minute: "5-5", DayOfWeek: "1-1"}.Parse()
	require.NoError(t, err)
	assert.Equal(t, "5 * * * 1", plain.String(), "other fields have one form")
}

func TestFieldsSayTheSame(t *testing.T) {
	t.Parallel()
	fields := mustParse(t, "0 8 1,15 jan mon-fri").Fields()
	assert.Equal(t, crontab.Fields{Minute: "0", Hour: "8", DayOfMonth: "1,15", MonthOfYear: "1", DayOfWeek: "1-5"}, fields)
}

// Whatever a schedule is, its own spelling gives it back and passes the API's check.
func TestSpellingRoundTrips(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		schedule := mustParse(t, randomLine(rng))

		again, err := crontab.Parse(schedule.String())
		require.NoError(t, err)
		require.Equal(t, schedule, again)

		report := crontab.Check(schedule.Fields())
		if _, ok := schedule.Next(time.Time{}); ok {
			require.Equal(t, crontab.Report{}, report, "%v", schedule)
		} else {
			require.Equal(t, crontab.NeverRuns, report.Verdict, "%v", schedule)
		}
	}
}
