package crontab_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
		"southern summer time": {"0 8 * * mon-fri", "Australia/Sydney", day(2026, 1, 1), day(2027, 1, 1), []string{
			"2026-01-01T00:00:00Z [0 21 * * 0-4]", "2026-04-04T16:00:00Z [0 22 * * 0-4]", "2026-10-03T16:00:00Z [0 21 * * 0-4]",
		}},
		"summer time of half an hour": {"0 9 * * sun", "Australia/Lord_Howe", day(2026, 1, 1), day(2027, 1, 1), []string{
			"2026-01-01T00:00:00Z [0 22 * * 6]", "2026-04-04T15:00:00Z [30 22 * * 6]", "2026-10-03T15:30:00Z [0 22 * * 6]",
		}},
		"three quarters of an hour": {"0 0,13 1 1 *", "Pacific/Chatham", day(2026, 1, 1), day(2026, 4, 1), []string{
			"2026-01-01T00:00:00Z [15 10,23 31 12 *]",
		}},
		"summer time was abolished": {"0 8 * * *", "America/Mexico_City", day(2022, 1, 1), day(2030, 1, 1), []string{
			"2022-01-01T00:00:00Z [0 14 * * *]", "2022-04-03T08:00:00Z [0 13 * * *]", "2022-10-30T07:00:00Z [0 14 * * *]",
		}},
		"summer time became permanent": {"0 8 * * *", "Europe/Istanbul", day(2015, 12, 1), day(2030, 1, 1), []string{
			"2015-12-01T00:00:00Z [0 6 * * *]", "2016-03-27T01:00:00Z [0 5 * * *]",
		}},
		"a missing day": {"0 8 * * fri", "Pacific/Apia", day(2011, 12, 1), day(2012, 1, 20), []string{
			"2011-12-01T00:00:00Z [0 18 * * 5]", "2011-12-30T10:00:00Z [0 18 * * 4]",
		}},
		"all of day, month and weekday": {"30 23 28 2 6", "America/New_York", day(2027, 1, 1), day(2028, 3, 1), []string{
			"2027-01-01T00:00:00Z [30 4 1 3 0]", "2027-03-14T07:00:00Z [30 3 1 3 0]", "2027-11-07T06:00:00Z [30 4 1 3 0]", "2028-01-01T00:00:00Z [30 4 29 2 0]",
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
// matches, which the test finds out without the package; and the platform runs each
// of them.
func TestToUTCMatchesTheLocalClock(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 10))
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe",
		"America/St_Johns", "Pacific/Kiritimati", "Pacific/Apia", "Africa/Casablanca", "Pacific/Marquesas", "Australia/Sydney",
		"America/Santiago", "America/Sao_Paulo", "Europe/Istanbul", "America/Mexico_City", "Asia/Tehran", "Asia/Pyongyang",
		"America/Caracas", "Antarctica/Troll", "Europe/Dublin", "Pacific/Pago_Pago",
	}
	for i := range 2 * len(zones) {
		line, zone := randomLine(rng), loadZone(t, zones[i%len(zones)])
		from := day(2009+rng.IntN(25), 1+rng.IntN(12), 1+rng.IntN(28)).Add(time.Duration(rng.IntN(1440)) * time.Minute)
		to := from.Add(time.Duration(1+rng.IntN(800*24)) * time.Hour)
		periods, err := crontab.ToUTC(mustParse(t, line).Fields(), zone, from, to)
		require.NoError(t, err)
		require.Equal(t, from, periods[0].From)
		require.Equal(t, to, periods[len(periods)-1].To)
		for i, period := range periods {
			require.True(t, period.From.Before(period.To))
			if i > 0 {
				require.Equal(t, periods[i-1].To, period.From)
				require.NotEqual(t, periods[i-1].Fields, period.Fields, "there is nothing to send")
			}
			requireMatches(t, rng, line, zone, period)
		}
	}
}

// requireMatches compares minutes around the borders of a period and of months,
// and others.
func requireMatches(t *testing.T, rng *rand.Rand, line string, zone *time.Location, period crontab.Period) {
	t.Helper()
	local := newOracle(line)
	var utc []oracle
	for _, fields := range period.Fields {
		require.Equal(t, crontab.Runs, crontab.Check(fields).Verdict, "%v", fields)
		schedule, err := fields.Parse()
		require.NoError(t, err)
		utc = append(utc, newOracle(schedule.String()))
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
			matches := slices.ContainsFunc(utc, func(o oracle) bool { return o.matches(at) })
			if matches != local.matches(at.In(zone)) {
				require.Failf(t, "another time", "%s in %v, as %v: %v", line, zone, period, at)
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
