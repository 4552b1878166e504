package crontab_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	tests := [][2]string{
		{"* * * * *", "Every minute"},
		{"*/15 * * * *", "Every 15 minutes"},
		{"*/7 * * * *", "At every 7th minute from 0 through 56 past every hour"},
		{"5-59/15 * * * *", "At every 15th minute from 5 through 50 past every hour"},
		{"0 * * * *", "Every hour"},
		{"1 * * * *", "At 1 minute past every hour"},
		{"30 * * * *", "At 30 minutes past every hour"},
		{"0-10,30 * * * *", "At 0 through 10 and 30 minutes past every hour"},
		{"*/30 * * * *", "Every 30 minutes"},
		{"1,31 * * * *", "At 1 and 31 minutes past every hour"},
		{"0 */2 * * *", "Every 2 hours"},
		{"30 */2 * * *", "Every 2 hours from 00:30 through 22:30 every day"},
		{"0 */5 * * *", "Every 5 hours from 00:00 through 20:00 every day"},
		{"0 8-18/2 * * *", "Every 2 hours from 08:00 through 18:00 every day"},
		{"30 8-18 * * *", "Every hour from 08:30 through 18:30 every day"},
		{"0 8 * * *", "At 08:00 every day"},
		{"0 8,20 * * *", "At 08:00 and 20:00 every day"},
		{"0,30 8,18 * * *", "At 08:00, 08:30, 18:00 and 18:30 every day"},
		{"*/15 8 * * *", "Every 15 minutes from 08:00 through 08:45 every day"},
		{"*/15 8-18 * * 1-5", "Every 15 minutes from 08:00 through 18:45 on Monday through Friday"},
		{"*/15 8,10,12 * * *", "At every 15th minute from 0 through 45 past hours 8, 10 and 12"},
		{"0-9 8 * * *", "Every minute from 08:00 through 08:09 every day"},
		{"0-9 8-10 * * *", "At 0 through 9 minutes past hours 8 through 10"},
		{"* 8-9 * * *", "Every minute from 08:00 through 09:59 every day"},
		{"* 8,10,12,20 * * *", "Every minute of hours 8, 10, 12 and 20"},
		{"* */6 * * *", "Every minute of every 6th hour from 0 through 18"},
		{"*/20 */2 * * *", "At 0, 20 and 40 minutes past every 2nd hour from 0 through 22"},
		{"3-58/11 0-23/3 * * *", "At every 11th minute from 3 through 58 past every 3rd hour from 0 through 21"},
		{"0 3,9,17,18,22 * * *", "At 03:00, 09:00, 17:00, 18:00 and 22:00 every day"},

		{"0 8 * * mon-fri", "At 08:00 on Monday through Friday"},
		{"0 8 * * sat,sun", "At 08:00 on Saturday and Sunday"},
		{"0 8 * * fri-mon", "At 08:00 on Friday through Monday"},
		{"0 8 * * sun-fri", "At 08:00 on Sunday through Friday"},
		{"0 8 * * sun,mon", "At 08:00 on Monday and Sunday"},
		{"0 8 * * sun,mon,thu", "At 08:00 on Monday, Thursday and Sunday"},
		{"0 8 * 1-3 mon", "At 08:00 on Monday from January through March"},
		{"0 8 * 6,12 *", "At 08:00 every day in June and December"},
		{"*/15 * * 6 *", "Every 15 minutes in June"},
		{"* * * 1-4 *", "Every minute from January through April"},
		{"0 8 * 1-3,7 *", "At 08:00 every day from January through March and in July"},
		{"0 8 1 1-3 *", "At 08:00 on day 1 of every month from January through March"},
		{"0 0-17,20 * * *", "Every hour from 00:00 through 17:00 and at 20:00 every day"},
		{"0 0-17,20 * * 1", "Every hour from 00:00 through 17:00 and at 20:00 on Monday"},
		{"15 0-4,6-23 * * *", "Every hour from 00:15 through 04:15 and from 06:15 through 23:15 every day"},
		{"0 0-6,8-20/4 * * *", "Every hour from 00:00 through 06:00 and every 4 hours from 08:00 through 20:00 every day"},
		{"0 0-6,9,12,13,17,22 * * *", "At 0 minutes past hours 0 through 6, 9, 12, 13, 17 and 22"},
		{"0,30 9-17 * * *", "Every 30 minutes from 09:00 through 17:30 every day"},
		{"*/2,7,49 * * * *", "At every 2nd minute from 0 through 58 and minutes 7 and 49 past every hour"},
		{"0-20/2,30-57/3 4 * * *", "At every 2nd minute from 0 through 20 and every 3rd minute from 30 through 57 past hour 4"},
		{"*/3,8-45 * * * *", "At every 3rd minute from 0 through 57 and minutes 8 through 45 past every hour"},
		{"0 0 */2,30 * *", "At 00:00 on every 2nd day from 1 through 31 and day 30 of every month"},
		{"0 0 1 nov-feb *", "At 00:00 on day 1 of every month from November through February"},
		{"0 0 * nov-feb *", "At 00:00 every day from November through February"},
		{"0 0 1 1,4,12 *", "At 00:00 on day 1 of January, April and December"},
		{"5 0-18 * * *", "Every hour from 00:05 through 18:05 every day"},
		{"0 8-8 * * *", "At 08:00 every day"},
		{"0 0 1 * *", "At 00:00 on day 1 of every month"},
		{"0 0 1,15 * *", "At 00:00 on days 1 and 15 of every month"},
		{"0 0 31 * *", "At 00:00 on day 31 of every month that has it"},
		{"0 0 30,31 * *", "At 00:00 on days 30 and 31 of every month that has them"},
		{"0 0 */2 * *", "At 00:00 on every 2nd day from 1 through 31 of every month"},
		{"0 0 1 jan,jul *", "At 00:00 on day 1 of January and July"},
		{"0 0 25 12 *", "At 00:00 on 25 December"},
		{"0 8 13 * fri", "At 08:00 on day 13 of every month, but only when that is a Friday"},
		{"0 8 1-7 * mon,thu", "At 08:00 on days 1 through 7 of every month, but only when that is a Monday or Thursday"},
		{"0 8 1 * mon-fri", "At 08:00 on day 1 of every month, but only when that is Monday through Friday"},
		{"0 0 29 2 mon", "At 00:00 on 29 February of leap years, but only when that is a Monday"},
		{"0 0 29 2 *", "At 00:00 on 29 February of leap years"},
		{"0 0 29,30 2 *", "At 00:00 on days 29 and 30 of February of leap years"},
		{"0 0 28,29 2 *", "At 00:00 on days 28 and 29 of February (29 February in leap years only)"},
		{"0 0 29 2,7 *", "At 00:00 on day 29 of February and July (29 February in leap years only)"},
		{"0 0 29 * *", "At 00:00 on day 29 of every month that has it"},
		{"0 0 31 2 *", "At 00:00 on 31 February, which never comes"},
	}
	for _, test := range tests {
		assert.Equal(t, test[1], mustParse(t, test[0]).Describe(), test[0])
	}
}

// plainHour returns a schedule with a plain number instead of "8-8" as its hour.
func plainHour(t *testing.T, s crontab.Schedule) crontab.Schedule {
	t.Helper()
	fields := s.Fields()
	if first, last, ok := strings.Cut(fields.Hour, "-"); ok && first == last {
		fields.Hour = first
	}
	plain, err := fields.Parse()
	require.NoError(t, err)
	return plain
}

// A description that leaves something out would be shared by two schedules.
func TestDescribeTellsSchedulesApart(t *testing.T) {
	t.Parallel()
	seen := map[string]crontab.Schedule{}
	tell := func(line string) {
		schedule := mustParse(t, line)
		text := schedule.Describe()
		if other, ok := seen[text]; ok {
			require.Equal(t, plainHour(t, other), plainHour(t, schedule), "%q", text)
		}
		seen[text] = schedule
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		tell(randomLine(rng))
	}
	// Neighbouring schedules, where a wrong border would show.
	for first := range 12 {
		for last := first; last < 24; last++ {
			for step := 1; step <= 6; step++ {
				for _, minutes := range []string{"*", "0", "30", "*/15", "*/7", "0-9", "0,30", "5-59/10", "59"} {
					tell(fmt.Sprintf("%s %d-%d/%d * * *", minutes, first, last, step))
				}
				tell(fmt.Sprintf("%d-%d/%d * * * *", first, last*2, step))
				tell(fmt.Sprintf("0 0 %d-%d/%d * *", first+1, last+1, step))
				tell(fmt.Sprintf("0 0 %d-%d/%d 2-11 1-5", first+1, last+1, step))
			}
		}
	}
}

// A crontab of a few ranges has a description of a few ranges and not of all their
// values, with singulars and plurals.
func TestDescribeIsShort(t *testing.T) {
	t.Parallel()
	const longest = 15 // items, of three ranges with steps that wrap round
	plural := regexp.MustCompile(`\b(minute|hour|day) \d+( through|,| and \d)`)
	singular := regexp.MustCompile(`\b(minutes|hours|days) \d+ [a-z]*\b(past|of|on|in|every)\b`)
	rng := rand.New(rand.NewPCG(11, 12))
	field := func(low, high int) string {
		if rng.IntN(3) == 0 {
			return "*"
		}
		var parts []string
		for range 1 + rng.IntN(3) {
			first, last, step := low+rng.IntN(high-low+1), low+rng.IntN(high-low+1), 1+rng.IntN(high/4)
			parts = append(parts, []string{
				strconv.Itoa(first), fmt.Sprintf("%d-%d", first, last), fmt.Sprintf("%d-%d/%d", first, last, step), fmt.Sprintf("*/%d", step),
			}[rng.IntN(4)])
		}
		return strings.Join(parts, ",")
	}
	for range 5000 {
		for i, line := range []string{
			field(0, 59) + " * * * *", "0 " + field(0, 23) + " * * *", "* " + field(0, 23) + " * * *", "0 0 " + field(1, 31) + " * *",
			"0 0 1 " + field(1, 12) + " *", "0 0 * * " + field(0, 6), strings.Join([]string{field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)}, " "),
		} {
			text := mustParse(t, line).Describe()
			require.NotRegexp(t, plural, text, line)
			require.NotRegexp(t, singular, text, line)
			require.NotContains(t, text, "  ", line)
			if i < 6 {
				require.LessOrEqual(t, strings.Count(text, ",")+strings.Count(text, " and ")+1, longest, "%s: %s", line, text)
			}
		}
	}
}
