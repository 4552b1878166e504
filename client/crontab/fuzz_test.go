package crontab_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func FuzzParse(f *testing.F) {
	for _, seed := range [][5]string{
		{"0", "8", "*", "*", "mon-fri"},
		{"*/15", "8-18/2", "1,15", "*/3", "7"},
		{"", "22-2", "31-1", "nov-feb", "FRI-mon/2"},
		{"60", "@daily", "L", "january", "fri#2"},
		{"1,,2", "*/0", "-5", "+5", "1, 2"},
		{"٣", "<->", "5/15", "\xff", " * "},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(func(t *testing.T, minute, hour, dayOfMonth, monthOfYear, dayOfWeek string) {
		fields := crontab.Fields{Minute: minute, Hour: hour, DayOfMonth: dayOfMonth, MonthOfYear: monthOfYear, DayOfWeek: dayOfWeek}
		start := time.Now()
		schedule, err := fields.Parse()
		report := crontab.Check(fields)
		description := schedule.Describe()
		require.Less(t, time.Since(start), time.Second)
		require.NotEmpty(t, description)

		for _, finding := range report.Findings {
			require.NotEmpty(t, finding.String())
			require.LessOrEqual(t, finding.Verdict, report.Verdict)
			if finding.Suggestion != "" {
				require.Equal(t, crontab.Report{}, crontab.Check(only(finding.Field, finding.Suggestion)))
			}
		}
		if err != nil {
			var fieldError *crontab.FieldError
			require.ErrorAs(t, err, &fieldError)
			require.GreaterOrEqual(t, report.Verdict, crontab.NeverRuns, "what celery refuses doesn't run")
			return
		}
		again, err := crontab.Parse(schedule.String())
		require.NoError(t, err)
		require.Equal(t, schedule, again)
		again, err = schedule.Fields().Parse()
		require.NoError(t, err)
		require.Equal(t, schedule, again)
	})
}

func FuzzNext(f *testing.F) {
	zones := []*time.Location{
		time.UTC, loadZone(f, "Europe/Berlin"), loadZone(f, "America/New_York"), loadZone(f, "Australia/Lord_Howe"),
		loadZone(f, "America/Sao_Paulo"), loadZone(f, "Pacific/Apia"), time.FixedZone("odd", -12345*60),
	}
	f.Add("0 8 * * 1-5", int64(1767600000), uint8(0))
	f.Add("*/15 * * * *", int64(1774745999), uint8(1))
	f.Add("30 2 * * *", int64(1774700000), uint8(1))
	f.Add("30 1 * * *", int64(1793509200), uint8(2))
	f.Add("0 0 29 2 1", int64(1767600000), uint8(3))
	f.Add("0 0 31 2 *", int64(1767600000), uint8(4))
	f.Add("* * * * *", int64(-62135596800), uint8(0))
	f.Add("59 23 31 12 *", int64(253402300799), uint8(5))
	f.Fuzz(func(t *testing.T, line string, second int64, zone uint8) {
		const window = 36 * time.Hour
		schedule, err := crontab.Parse(line)
		if err != nil {
			return
		}
		in := zones[int(zone)%len(zones)]
		schedule = schedule.In(in)
		from := time.Unix(second, 0).In(in)

		start := time.Now()
		next, ok := schedule.Next(from)
		require.Less(t, time.Since(start), time.Second)

		if second < time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Unix() || second > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).Unix() {
			require.True(t, !ok || next.After(from))
			return
		}
		want, found := newOracle(schedule.String()).next(from, window)
		if found {
			require.True(t, ok)
			require.True(t, want.Equal(next), "%q from %v: want %v, got %v", line, from, want, next)
			return
		}
		if ok {
			require.Greater(t, next.Sub(from), window)
			if !schedule.Matches(next) {
				_, before := next.AddDate(0, 0, -2).Zone()
				_, after := next.Zone()
				require.NotEqual(t, before, after, "%q from %v: %v matches only before a change of clocks", line, from, next)
			}
		}
	})
}
