package crontab_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func day(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func TestToUTC(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line, zone string
		from, to   time.Time
		want       []string // a period: its start and its crontabs
	}{
		"weekdays in Berlin": {"0 8 * * mon-fri", "Europe/Berlin", day(2026, 3, 2), day(2026, 12, 1), []string{
			"2026-03-02T00:00:00Z [0 7 * * 1-5]",
			"2026-03-29T01:00:00Z [0 6 * * 1-5]",
			"2026-10-25T01:00:00Z [0 7 * * 1-5]",
		}},
		"another day in UTC":        {"30 0 * * mon", "Europe/Berlin", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z [30 23 * * 0]"}},
		"some times on another day": {"0 0,12 * * mon", "Europe/Berlin", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z [0 11 * * 1 0 23 * * 0]"}},
		"every day":                 {"0 0,12 * * *", "Europe/Berlin", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z [0 11,23 * * *]"}},
		"half an hour":              {"0,30 9 * * *", "Asia/Kolkata", day(2026, 1, 1), day(2028, 1, 1), []string{"2026-01-01T00:00:00Z [0 4 * * * 30 3 * * *]"}},
		"the first of the month":    {"0 0 1 * *", "Europe/Berlin", day(2026, 1, 1), day(2026, 3, 1), []string{"2026-01-01T00:00:00Z [0 23 28 2 * 0 23 30 4,6,9,11 * 0 23 31 1,3,5,7,8,10,12 *]"}},
		"the end of February":       {"0 0 1 3 *", "Africa/Lagos", day(2027, 6, 1), day(2030, 1, 1), []string{"2027-06-01T00:00:00Z [0 23 28 2 *]", "2028-01-01T00:00:00Z [0 23 29 2 *]", "2029-01-01T00:00:00Z [0 23 28 2 *]"}},
		"a month":                   {"0 0 * 6 *", "Africa/Lagos", day(2027, 6, 1), day(2028, 1, 1), []string{"2027-06-01T00:00:00Z [0 23 1-29 6 * 0 23 31 5 *]"}},
		"west of UTC":               {"0 22 * * fri", "America/New_York", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z [0 3 * * 6]"}},
		"an hour in another form":   {"0 8-8 * * *", "Africa/Lagos", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z [0 7-7 * * *]"}},
		"past 2037": {"0 8 * * *", "Europe/Berlin", day(2040, 7, 1), day(2041, 7, 1), []string{
			"2040-07-01T00:00:00Z [0 6 * * *]", "2040-10-28T01:00:00Z [0 7 * * *]", "2041-03-31T01:00:00Z [0 6 * * *]",
		}},
		"UTC":                          {"*/7 8 1 * *", "UTC", day(2026, 1, 1), day(2036, 1, 1), []string{"2026-01-01T00:00:00Z [*/7 8 1 * *]"}},
		"a date that never comes":      {"0 0 31 2 *", "Europe/Berlin", day(2026, 1, 1), day(2026, 2, 1), []string{"2026-01-01T00:00:00Z []"}},
		"a minute that always matches": {"* * * * *", "Asia/Kathmandu", day(2026, 1, 1), day(2027, 1, 1), []string{"2026-01-01T00:00:00Z [* * * * *]"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			periods, err := crontab.ToUTC(mustParse(t, test.line).Fields(), loadZone(t, test.zone), test.from, test.to)
			require.NoError(t, err)
			var got []string
			for i, period := range periods {
				var lines []string
				for _, fields := range period.Fields {
					schedule, err := fields.Parse()
					require.NoError(t, err)
					lines = append(lines, schedule.String())
				}
				got = append(got, fmt.Sprint(period.From.Format(time.RFC3339), " ", lines))
				if i > 0 {
					assert.Equal(t, periods[i-1].To, period.From)
				}
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.to, periods[len(periods)-1].To)
		})
	}
}

// In every minute, the crontabs in UTC match if and only if the local clock
// matches; and the platform runs each of them.
func TestToUTCMatchesTheLocalClock(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 10))
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe",
		"America/St_Johns", "Pacific/Kiritimati", "Pacific/Apia", "Africa/Casablanca", "Pacific/Marquesas",
	}
	for range 30 {
		line, zone := randomLine(rng), loadZone(t, zones[rng.IntN(len(zones))])
		schedule := mustParse(t, line)
		from := day(2009+rng.IntN(25), 1+rng.IntN(12), 1+rng.IntN(28)).Add(time.Duration(rng.IntN(1440)) * time.Minute)
		to := from.Add(time.Duration(1+rng.IntN(800*24)) * time.Hour)
		periods, err := crontab.ToUTC(schedule.Fields(), zone, from, to)
		require.NoError(t, err)
		require.Equal(t, from, periods[0].From)
		require.Equal(t, to, periods[len(periods)-1].To)
		for _, period := range periods {
			require.True(t, period.From.Before(period.To))
			requireMatches(t, rng, schedule.In(zone), period)
		}
	}
}

// requireMatches compares minutes around the borders of a period and of months,
// and others.
func requireMatches(t *testing.T, rng *rand.Rand, local crontab.Schedule, period crontab.Period) {
	t.Helper()
	var utc []crontab.Schedule
	for _, fields := range period.Fields {
		require.Equal(t, crontab.Runs, crontab.Check(fields).Verdict, "%v", fields)
		schedule, err := fields.Parse()
		require.NoError(t, err)
		utc = append(utc, schedule)
	}
	var starts []time.Time
	for at := period.From; at.Before(period.To); at = at.AddDate(0, 1, 1-at.Day()) {
		starts = append(starts, at.AddDate(0, 0, -1))
	}
	starts = append(starts, period.To.AddDate(0, 0, -1), period.From)
	for range 3 {
		starts = append(starts, period.From.Add(time.Duration(rng.Int64N(int64(period.To.Sub(period.From))))))
	}
	for _, start := range starts {
		for minute := range 2 * 24 * 60 {
			at := start.Add(time.Duration(minute) * time.Minute)
			if at.Before(period.From) || !at.Before(period.To) {
				continue
			}
			matches := false
			for _, schedule := range utc {
				matches = matches || schedule.Matches(at)
			}
			if matches != local.Matches(at) {
				require.Failf(t, "another time", "%v in %v, as %v: %v", local, local, period, at)
			}
		}
	}
}

func TestToUTCRefuses(t *testing.T) {
	t.Parallel()
	berlin, from := loadZone(t, "Europe/Berlin"), day(2026, 1, 1)
	for name, test := range map[string]struct {
		fields   crontab.Fields
		zone     *time.Location
		from, to time.Time
		want     string
	}{
		"an invalid field":       {crontab.Fields{Hour: "24"}, berlin, from, from.AddDate(1, 0, 0), `crontab: hour "24": "24" is not a number from 0 to 23`},
		"an empty range":         {crontab.Fields{}, berlin, from, from, "crontab: from 2026-01-01T00:00:00Z to 2026-01-01T00:00:00Z: the end is not after the start"},
		"a range backwards":      {crontab.Fields{}, berlin, from, from.AddDate(0, 0, -1), "crontab: from 2026-01-01T00:00:00Z to 2025-12-31T00:00:00Z: the end is not after the start"},
		"no calendar":            {crontab.Fields{}, berlin, from, day(10000, 1, 1), "crontab: from 2026-01-01T00:00:00Z to 10000-01-01T00:00:00Z: celery's calendar has the years 1 to 9999"},
		"too many periods":       {crontab.Fields{Hour: "8"}, berlin, from, day(9000, 1, 1), "crontab: from 2026-01-01T00:00:00Z to 9000-01-01T00:00:00Z: there are more than 1000 periods"},
		"an offset with seconds": {crontab.Fields{Hour: "8"}, berlin, day(1890, 1, 1), from, "crontab: from 1890-01-01T00:00:00Z to 2026-01-01T00:00:00Z: the offset of Europe/Berlin isn't in whole minutes in 1890"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			periods, err := crontab.ToUTC(test.fields, test.zone, test.from, test.to)
			assert.EqualError(t, err, test.want)
			assert.Nil(t, periods)
		})
	}
	periods, err := crontab.ToUTC(crontab.Fields{Hour: "8", DayOfMonth: "1"}, nil, day(1, 1, 1), day(9999, 1, 1))
	require.NoError(t, err, "nil means UTC")
	assert.Len(t, periods, 1)
}

// A crontab that never runs makes celery's scheduler fail, so it must not be
// sent.
func TestToUTCOfNeverRunning(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, f := range []crontab.Fields{
		{DayOfMonth: "31", MonthOfYear: "2"},
		{Minute: "0", Hour: "12", DayOfMonth: "30-31", MonthOfYear: "2"},
		{Minute: "0", Hour: "0", DayOfMonth: "31", MonthOfYear: "4,6"},
	} {
		periods, err := crontab.ToUTC(f, berlin, day(2026, 1, 1), day(2027, 1, 1))
		require.NoError(t, err)
		require.Len(t, periods, 1, "%v", f)
		assert.Empty(t, periods[0].Fields, "%v", f)
		assert.Equal(t, day(2026, 1, 1), periods[0].From)
		assert.Equal(t, day(2027, 1, 1), periods[0].To)
	}
}
