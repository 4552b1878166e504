package crontab_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the records, wherever the tests run
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

// records reads what testdata/record.py recorded.
func records[T any](t *testing.T, name string) []T {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	require.NoError(t, err)
	defer file.Close()
	var all []T
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var record T
		require.NoError(t, json.Unmarshal(lines.Bytes(), &record))
		all = append(all, record)
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, all)
	return all
}

// only returns fields that are "*" but for one.
func only(field crontab.Field, value string) crontab.Fields {
	var f crontab.Fields
	switch field {
	case crontab.Minute:
		f.Minute = value
	case crontab.Hour:
		f.Hour = value
	case crontab.DayOfMonth:
		f.DayOfMonth = value
	case crontab.MonthOfYear:
		f.MonthOfYear = value
	case crontab.DayOfWeek:
		f.DayOfWeek = value
	}
	return f
}

// values lists what a schedule made by only runs at.
func values(s crontab.Schedule, field crontab.Field) []int {
	matches := func(month, day, hour, minute int) bool {
		return s.Matches(time.Date(2023, time.Month(month), day, hour, minute, 0, 0, time.UTC))
	}
	var all []int
	for v := range 60 {
		matched := false
		switch {
		case field == crontab.Minute:
			matched = matches(1, 1, 0, v)
		case field == crontab.Hour && v < 24:
			matched = matches(1, 1, v, 0)
		case field == crontab.DayOfMonth && v >= 1 && v <= 31:
			matched = matches(1, v, 0, 0)
		case field == crontab.MonthOfYear && v >= 1 && v <= 12:
			matched = matches(v, 1, 0, 0)
		case field == crontab.DayOfWeek && v < 7:
			matched = matches(1, 1+v, 0, 0) // 1 January 2023 is a Sunday
		}
		if matched {
			all = append(all, v)
		}
	}
	return all
}

func TestFieldsAsRecorded(t *testing.T) {
	t.Parallel()
	type record struct {
		Field  crontab.Field
		Value  string
		API    string
		Celery []int
	}
	for _, r := range records[record](t, "fields.jsonl") {
		fields := only(r.Field, r.Value)
		schedule, err := fields.Parse()
		report := crontab.Check(fields)
		about := []any{"%s %q: celery %v, API %q, Check %v", r.Field, r.Value, r.Celery, r.API, report}

		monthName := r.Field == crontab.MonthOfYear && strings.ContainsFunc(r.Value, unicode.IsLetter)
		sundayStep := r.Field == crontab.DayOfWeek && strings.Contains(r.Value, "/7")
		switch {
		case r.API != "":
			require.Equal(t, crontab.Refused, report.Verdict, about...)
			require.Equal(t, r.API, report.Findings[0].Reason, about...)
		case monthName && err == nil:
			require.Equal(t, crontab.DependsOnRelease, report.Verdict, about...)
		case r.Celery == nil:
			require.Equal(t, crontab.NeverRuns, report.Verdict, about...)
		case !sundayStep:
			require.Equal(t, crontab.Runs, report.Verdict, about...)
		}

		switch {
		case err == nil && monthName: // celery 5.2 has no names of months
		case err == nil:
			require.NotNil(t, r.Celery, about...)
			require.Equal(t, r.Celery, values(schedule, r.Field), about...)
		case r.Celery != nil && !sundayStep:
			require.NotEmpty(t, r.API, about...)
		}

		for _, finding := range report.Findings {
			if finding.Suggestion == "" {
				continue
			}
			suggested := only(r.Field, finding.Suggestion)
			require.Equal(t, crontab.Runs, crontab.Check(suggested).Verdict, about...)
			if err == nil && !monthName {
				same, err := suggested.Parse()
				require.NoError(t, err)
				require.Equal(t, r.Celery, values(same, r.Field), about...)
			}
		}
	}
}

func TestRunsAsRecorded(t *testing.T) {
	t.Parallel()
	type record struct {
		Zone string
		Line string
		From time.Time
		Next *time.Time
	}
	for _, r := range records[record](t, "runs.jsonl") {
		zone, err := time.LoadLocation(r.Zone)
		require.NoError(t, err)
		schedule, err := crontab.Parse(r.Line)
		require.NoError(t, err)

		next, ok := schedule.In(zone).Next(r.From)

		if r.Next == nil {
			assert.False(t, ok, "%q from %v", r.Line, r.From)
			continue
		}
		assert.True(t, ok, "%q from %v", r.Line, r.From)
		assert.Equal(t, r.Next.UTC(), next.UTC(), "%q from %v in %s", r.Line, r.From, zone)
	}
}
