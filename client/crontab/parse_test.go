package crontab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func mustParse(t testing.TB, line string) crontab.Schedule {
	t.Helper()
	schedule, err := crontab.Parse(line)
	require.NoError(t, err)
	return schedule
}

func TestParseUnderstands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field crontab.Field
		value string
		want  []int
	}{
		{crontab.Minute, "5", []int{5}},
		{crontab.Minute, "005", []int{5}},
		{crontab.Minute, "+5", []int{5}},
		{crontab.Minute, "٣,٣٠", []int{3, 30}},
		{crontab.Minute, "𝟝", []int{5}},
		{crontab.Minute, "1,2,1", []int{1, 2}},
		{crontab.Minute, " 1, 2 ", []int{1, 2}},
		{crontab.Minute, "1,\u00a02", []int{1, 2}},
		{crontab.Minute, "1-3 ,*/30 ", []int{0, 1, 2, 3, 30}},
		{crontab.Minute, "*/15", []int{0, 15, 30, 45}},
		{crontab.Minute, "*/60", []int{0}},
		{crontab.Minute, "*/99999999999999999999", []int{0}},
		{crontab.Minute, "58-1", []int{0, 1, 58, 59}},
		{crontab.Minute, "50-5/5", []int{0, 5, 50, 55}},
		{crontab.Hour, "8-18/2", []int{8, 10, 12, 14, 16, 18}},
		{crontab.Hour, "22-2", []int{0, 1, 2, 22, 23}},
		{crontab.Hour, "21-3/2", []int{1, 3, 21, 23}},
		{crontab.Hour, "6-6", []int{6}},
		{crontab.DayOfMonth, "*/10", []int{1, 11, 21, 31}},
		{crontab.DayOfMonth, "30-2", []int{1, 2, 30, 31}},
		{crontab.DayOfMonth, "30-3/2", []int{1, 3, 30}},
		{crontab.MonthOfYear, "*/4", []int{1, 5, 9}},
		{crontab.MonthOfYear, "nov-feb", []int{1, 2, 11, 12}},
		{crontab.MonthOfYear, "jan,SEPT,december", []int{1, 9, 12}},
		{crontab.DayOfWeek, "mon-fri", []int{1, 2, 3, 4, 5}},
		{crontab.DayOfWeek, "FRI-mon", []int{0, 1, 5, 6}},
		{crontab.DayOfWeek, "mon-5", []int{1, 2, 3, 4, 5}},
		{crontab.DayOfWeek, "Sunday,tues", []int{0, 2}},
		{crontab.DayOfWeek, "fri-tue/2", []int{0, 2, 5}},
		{crontab.DayOfWeek, "*/7", []int{0}},
	}
	for _, test := range tests {
		t.Run(string(test.field)+" "+test.value, func(t *testing.T) {
			t.Parallel()
			schedule, err := only(test.field, test.value).Parse()
			require.NoError(t, err)
			assert.Equal(t, test.want, values(schedule, test.field))
		})
	}
}

func TestParseReadsTheDigitsOfEveryScript(t *testing.T) {
	t.Parallel()
	want := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsDigit(r) {
			continue
		}
		schedule, err := crontab.Fields{Minute: string(r)}.Parse()
		require.NoError(t, err)
		require.Equal(t, []int{want}, values(schedule, crontab.Minute), "%q", r)
		want = (want + 1) % 10
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field  crontab.Field
		value  string
		reason string
	}{
		{crontab.Minute, "60", `"60" is not a number from 0 to 59`},
		{crontab.Minute, "1,60", `"60" is not a number from 0 to 59`},
		{crontab.Minute, "18446744073709551621", `"18446744073709551621" is not a number from 0 to 59`}, // 2⁶⁴ + 5
		{crontab.Minute, "-1", `"-1" is not a number from 0 to 59`},
		{crontab.Minute, "1.5", `"1.5" is not a number from 0 to 59`},
		{crontab.Minute, "1_0", `"1_0" is not a number from 0 to 59`},
		{crontab.Minute, "mon", `"mon" is not a number from 0 to 59`},
		{crontab.Minute, "@daily", `"@daily" is not a number from 0 to 59`},
		{crontab.Minute, "*/0", `the step "0" is not a number from 1`},
		{crontab.Minute, "*/", `the step "" is not a number from 1`},
		{crontab.Minute, "*/-5", `the step "-5" is not a number from 1`},
		{crontab.Minute, "*/5/5", `the step "5/5" is not a number from 1`},
		{crontab.Minute, "*/ 5", `the step " 5" is not a number from 1`},
		{crontab.Minute, "5/15", `the step in "5/15" needs a range or * before it`},
		{crontab.Minute, "1,,2", "a value is missing: is there a comma or a dash too many?"},
		{crontab.Minute, "1,", "a value is missing: is there a comma or a dash too many?"},
		{crontab.Minute, "1-", "a value is missing: is there a comma or a dash too many?"},
		{crontab.Minute, " ", "a value is missing: is there a comma or a dash too many?"},
		{crontab.Minute, "* ,5", `"*" is not a number from 0 to 59`},
		{crontab.Minute, "1- 5", `" 5" is not a number from 0 to 59`},
		{crontab.Minute, "++5", `"++5" is not a number from 0 to 59`},
		{crontab.Hour, "24", `"24" is not a number from 0 to 23`},
		{crontab.Hour, "8-18-20", `"18-20" is not a number from 0 to 23`},
		{crontab.DayOfMonth, "0", `"0" is not a number from 1 to 31`},
		{crontab.DayOfMonth, "L", `"L" is not a number from 1 to 31`},
		{crontab.DayOfMonth, "15W", `"15W" is not a number from 1 to 31`},
		{crontab.DayOfMonth, "?", `"?" is not a number from 1 to 31`},
		{crontab.MonthOfYear, "13", `"13" is not a number from 1 to 12, nor a month such as jan`},
		{crontab.MonthOfYear, "mon", `"mon" is not a number from 1 to 12, nor a month such as jan`},
		{crontab.DayOfWeek, "7", `"7" is not a number from 0 to 6: Sunday is 0`},
		{crontab.DayOfWeek, "5-7", `"7" is not a number from 0 to 6: Sunday is 0`},
		{crontab.DayOfWeek, "8", `"8" is not a number from 0 to 6, nor a day such as mon`},
		{crontab.DayOfWeek, "fri#2", `"fri#2" is not a number from 0 to 6, nor a day such as mon`},
		{crontab.DayOfWeek, "monkey", `"monkey" is not a number from 0 to 6, nor a day such as mon`},
		{crontab.DayOfWeek, "mo", `"mo" is not a number from 0 to 6, nor a day such as mon`},
		{crontab.DayOfWeek, "+mon", `"+mon" is not a number from 0 to 6, nor a day such as mon`},
		{crontab.DayOfWeek, "\xff\xfe", `"\xff\xfe" is not a number from 0 to 6, nor a day such as mon`},
	}
	for _, test := range tests {
		t.Run(string(test.field)+" "+test.value, func(t *testing.T) {
			t.Parallel()
			_, err := only(test.field, test.value).Parse()
			var fieldError *crontab.FieldError
			require.ErrorAs(t, err, &fieldError)
			assert.Equal(t, &crontab.FieldError{Field: test.field, Value: test.value, Reason: test.reason}, fieldError)
		})
	}
}

func TestParseLine(t *testing.T) {
	t.Parallel()
	fields := crontab.Fields{Minute: "30", Hour: "8", DayOfMonth: "1-7", MonthOfYear: "6", DayOfWeek: "mon"}
	want, err := fields.Parse()
	require.NoError(t, err)

	assert.Equal(t, want, mustParse(t, "30 8 1-7 6 mon"))
	assert.Equal(t, want, mustParse(t, "  30\t8  1-7 6 1\n"))
}

func TestParseLineRefuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", " ", "@daily", "* * * *", "0 * * * * *", "0 0 8 ? * MON-FRI 2026"} {
		_, err := crontab.Parse(line)
		var lineError *crontab.LineError
		require.ErrorAs(t, err, &lineError, line)
		assert.Equal(t, line, lineError.Line)
		assert.ErrorContains(t, err, fmt.Sprintf("number of fields is %d, not five", len(strings.Fields(line))))
	}

	_, err := crontab.Parse("0 8 * * 7")
	assert.EqualError(t, err, `crontab: day_of_week "7": "7" is not a number from 0 to 6: Sunday is 0`)
}

func TestParseReportsTheFirstFieldOfALine(t *testing.T) {
	t.Parallel()
	_, err := crontab.Fields{DayOfWeek: "x", Hour: "y"}.Parse()
	assert.EqualError(t, err, `crontab: hour "y": "y" is not a number from 0 to 23`)
}

func TestParseLimitsLength(t *testing.T) {
	t.Parallel()
	limits := map[crontab.Field]int{
		crontab.Minute: 240, crontab.Hour: 96, crontab.DayOfMonth: 124, crontab.MonthOfYear: 64, crontab.DayOfWeek: 64,
	}
	for field, limit := range limits {
		fits := "1" + strings.Repeat(",1", (limit-1)/2)
		fits = strings.Repeat("0", limit-len(fits)) + fits
		_, err := only(field, " "+fits+" ").Parse()
		assert.NoError(t, err, "white space around a field doesn't count")
		_, err = only(field, strings.Replace(fits, "1", "١", 1)).Parse()
		assert.NoError(t, err, "a character of two bytes counts once")
		_, err = only(field, "0"+fits).Parse()
		assert.ErrorContains(t, err, "longer than")
	}
}

func TestParseIsQuickWhateverTheLength(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"1,", "*/2,", "1-", "9", "/", "mon-", " ", "\xff", "１"} {
		for _, length := range []int{10_000, 500_000} {
			value := strings.Repeat(piece, length/len(piece))
			start := time.Now()
			_, err := crontab.Fields{Minute: value}.Parse()
			require.Error(t, err)
			assert.Less(t, len(err.Error()), 1000, "a message stays readable")
			_, err = crontab.Parse(value)
			require.Error(t, err)
			_ = crontab.Check(crontab.Fields{Minute: value})
			assert.Less(t, time.Since(start), 5*time.Second)
		}
	}
}
