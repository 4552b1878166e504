package crontab_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client/crontab"
)

func TestCheckOneField(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field      crontab.Field
		value      string
		verdict    crontab.Verdict
		reason     string
		suggestion string
	}{
		{crontab.Minute, "60", crontab.Refused, "'60', not in 0-59 for Minutes", ""},
		{crontab.Hour, "24", crontab.Refused, "'24', not in 0-23 for Hours", ""},
		{crontab.DayOfMonth, "0", crontab.Refused, "'0', not in 1-31 for Day of Month", ""},
		{crontab.MonthOfYear, "13", crontab.Refused, "'13', not in 1-12 for Month", ""},
		{crontab.DayOfWeek, "8", crontab.Refused, "'8', not in 0-6 for Day of Week", ""},
		{crontab.Minute, "a", crontab.Refused, `"No enumeration for Minutes: 'a'"`, ""},
		{crontab.Minute, "*/0", crontab.Refused, "Sequence can not be divided by zero or max", ""},
		{crontab.Minute, "*/60", crontab.Refused, "'60', not in 0-59 for Minutes", "0"},
		{crontab.Minute, "5/15", crontab.Refused, `Unknown cron range value "5"`, ""},
		{crontab.Minute, " ", crontab.Refused, "This field may not be blank.", ""},
		{crontab.Minute, "1, 2", crontab.Refused, `"No enumeration for Minutes: ' 2 * * * *'"`, "1,2"},
		{crontab.DayOfWeek, "1, 2", crontab.Refused, `"No enumeration for Minutes: '* * * * 1'"`, "1,2"},
		{crontab.Minute, "-~1", crontab.Refused, `"No enumeration for Minutes: '-~1'"`, ""},
		{crontab.Minute, "-~1/2", crontab.Refused, `"No enumeration for Minutes: ''"`, ""},
		{crontab.Minute, "1-~2", crontab.Refused, `"No enumeration for Minutes: '~2'"`, ""},
		{crontab.Minute, "*-~1", crontab.Refused, `"No enumeration for Minutes: '*'"`, ""},
		{crontab.DayOfWeek, "-~1", crontab.Refused, "Unrecognised Day of Week: '-~1'", ""},
		{crontab.Minute, "@every 5", crontab.Refused, "Unknown special '@every 5 * * * *'", ""},
		{crontab.Minute, strings.Repeat("1,", 120) + "1", crontab.Refused, "Ensure this field has no more than 240 characters.", ""},
		{crontab.Hour, "22-2", crontab.Refused, "Bad range '22-2'", "0-2,22,23"},
		{crontab.Hour, "22-4/2", crontab.Refused, "Bad range '22-4'", "0,2,4,22"},
		{crontab.MonthOfYear, "january", crontab.Refused, "Unrecognised Month: 'january'", "1"},
		{crontab.DayOfWeek, "monday", crontab.Refused, "Unrecognised Day of Week: 'monday'", "1"},
		{crontab.DayOfWeek, "fri-mon", crontab.Refused, "Bad range 'fri-mon'", "0,1,5,6"},
		{crontab.DayOfWeek, "mon-5", crontab.Refused, "'<' not supported between instances of 'int' and 'CronValue'", "1-5"},
		{crontab.DayOfWeek, "fri#2", crontab.Refused, "Unrecognised Day of Week: 'fri#2'", ""},

		{crontab.DayOfWeek, "7", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0"},
		{crontab.DayOfWeek, "1,7", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0,1"},
		{crontab.DayOfWeek, "5-7", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0,5,6"},
		{crontab.DayOfWeek, "1-7", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "*"},
		{crontab.DayOfWeek, "1-7/2", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0,1,3,5"},
		{crontab.DayOfWeek, "7-3", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0-3"},
		{crontab.DayOfWeek, "7-3/2", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0,2"},
		{crontab.DayOfWeek, "7-7", crontab.NeverRuns, `"7" is not a number from 0 to 6: Sunday is 0`, "0"},
		{crontab.Hour, ">", crontab.NeverRuns, `">" is not a number from 0 to 23`, "23"},
		{crontab.DayOfMonth, "<-10", crontab.NeverRuns, `"<" is not a number from 1 to 31`, "1-10"},
		{crontab.DayOfWeek, "nonsense/7", crontab.NeverRuns, `the step in "nonsense/7" needs a range or * before it`, ""},

		{crontab.MonthOfYear, "jan", crontab.DependsOnRelease, "names of months run from celery 5.5 on", "1"},
		{crontab.MonthOfYear, "1,JUN-AUG", crontab.DependsOnRelease, "names of months run from celery 5.5 on", "1,6-8"},
	}
	for _, test := range tests {
		t.Run(string(test.field)+" "+test.value, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, crontab.Report{
				Verdict: test.verdict,
				Findings: []crontab.Finding{{
					Field: test.field, Value: test.value, Verdict: test.verdict, Reason: test.reason, Suggestion: test.suggestion,
				}},
			}, crontab.Check(only(test.field, test.value)))
		})
	}
}

func TestCheckFindsNothingWrong(t *testing.T) {
	t.Parallel()
	for _, fields := range []crontab.Fields{
		{},
		{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
		{Minute: " 0 ", Hour: "8-18/2", DayOfMonth: "*/2", MonthOfYear: "*/3", DayOfWeek: "sun,SAT"},
		{Minute: "0", Hour: "0", DayOfMonth: "29", MonthOfYear: "2", DayOfWeek: "1"},
		{DayOfWeek: "*/7"},
		{Minute: "٣"},
	} {
		assert.Equal(t, crontab.Report{}, crontab.Check(fields), "%+v", fields)
	}
}

func TestCheckFindsImpossibleDates(t *testing.T) {
	t.Parallel()
	never := crontab.Finding{
		Field: crontab.DayOfMonth, Value: "31", Verdict: crontab.NeverRuns, Reason: "none of the chosen months has such a day",
	}
	assert.Equal(t, crontab.Report{Verdict: crontab.NeverRuns, Findings: []crontab.Finding{never}},
		crontab.Check(crontab.Fields{DayOfMonth: "31", MonthOfYear: "2,4"}))

	report := crontab.Check(crontab.Fields{DayOfMonth: "31", MonthOfYear: "feb"})
	assert.Equal(t, crontab.NeverRuns, report.Verdict)
	assert.Contains(t, report.Findings, never)
	assert.Len(t, report.Findings, 2)
}

func TestCheckTellsAllAtOnce(t *testing.T) {
	t.Parallel()
	report := crontab.Check(crontab.Fields{Minute: "60", DayOfWeek: "7", MonthOfYear: "jan"})

	var texts []string
	for _, finding := range report.Findings {
		texts = append(texts, finding.String())
	}
	assert.Equal(t, crontab.Refused, report.Verdict)
	assert.Equal(t, []string{
		`minute "60": refused by the API: '60', not in 0-59 for Minutes`,
		`month_of_year "jan": depends on the release of celery: names of months run from celery 5.5 on; write "1"`,
		`day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"`,
	}, texts)
}

func TestVerdictsInWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "runs", crontab.Runs.String())
	assert.Equal(t, "Verdict(9)", crontab.Verdict(9).String())
	assert.Less(t, crontab.NeverRuns, crontab.Refused)
}
