package crontab_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
)

// oracle is a second crontab, written from celery's rules as simply as can be
// and not for speed: lists of values, and a crawl from minute to minute.
type oracle struct {
	minutes, hours, days, months, weekdays []int
}

func newOracle(line string) oracle {
	f := strings.Fields(line)
	return oracle{
		minutes:  oracleValues(f[0], 0, 59),
		hours:    oracleValues(f[1], 0, 23),
		days:     oracleValues(f[2], 1, 31),
		months:   oracleValues(f[3], 1, 12),
		weekdays: oracleValues(f[4], 0, 6),
	}
}

func oracleValues(field string, low, high int) []int {
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			panic(err)
		}
		return n
	}
	var all []int
	for part := range strings.SplitSeq(field, ",") {
		numbers, step, stepped := strings.Cut(part, "/")
		var some []int
		if first, last, ranged := strings.Cut(numbers, "-"); ranged {
			for v := number(first); v != number(last); {
				some = append(some, v)
				if v++; v > high {
					v = low
				}
			}
			some = append(some, number(last))
		} else if numbers == "*" {
			for v := low; v <= high; v++ {
				some = append(some, v)
			}
		} else {
			some = append(some, number(numbers))
		}
		for i, v := range some {
			if !stepped || i%number(step) == 0 {
				all = append(all, v)
			}
		}
	}
	return all
}

// matches takes a wall clock, whatever its zone.
func (o oracle) matches(wall time.Time) bool {
	return slices.Contains(o.minutes, wall.Minute()) &&
		slices.Contains(o.hours, wall.Hour()) &&
		slices.Contains(o.days, wall.Day()) &&
		slices.Contains(o.months, int(wall.Month())) &&
		slices.Contains(o.weekdays, int(wall.Weekday()))
}

// next crawls through the minutes after from, at most as long as within. A wall
// clock that was already passed doesn't count again, and the minutes that a
// clock skips count as if it had not yet been changed.
func (o oracle) next(from time.Time, within time.Duration) (time.Time, bool) {
	wallOf := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	t := from.Truncate(time.Minute)
	wall := wallOf(t)
	passed := wall
	for t.Sub(from) <= within {
		previous, previousWall := t, wall
		t = t.Add(time.Minute)
		wall = wallOf(t)
		for skipped := previousWall.Add(time.Minute); skipped.Before(wall); skipped = skipped.Add(time.Minute) {
			if skipped.After(passed) && o.matches(skipped) {
				return previous.Add(skipped.Sub(previousWall)), true
			}
		}
		if wall.After(passed) {
			if o.matches(wall) {
				return t, true
			}
			passed = wall
		}
	}
	return time.Time{}, false
}

// randomLine makes a schedule that the oracle can read.
func randomLine(rng *rand.Rand) string {
	field := func(low, high int) string {
		value := func() int { return low + rng.IntN(high-low+1) }
		part := func() string {
			switch rng.IntN(5) {
			case 0:
				return fmt.Sprintf("*/%d", 1+rng.IntN(high))
			case 1:
				return fmt.Sprintf("%d-%d", value(), value())
			case 2:
				return fmt.Sprintf("%d-%d/%d", value(), value(), 1+rng.IntN(9))
			}
			return strconv.Itoa(value())
		}
		var parts []string
		switch rng.IntN(6) {
		case 0, 1:
			return "*"
		case 2:
			for range 1 + rng.IntN(20) {
				parts = append(parts, strconv.Itoa(value()))
			}
		default:
			for range 1 + rng.IntN(3) {
				parts = append(parts, part())
			}
		}
		return strings.Join(parts, ",")
	}
	return strings.Join([]string{field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)}, " ")
}

func loadZone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func TestNextAgreesWithOracle(t *testing.T) {
	t.Parallel()
	const tenDays = 10 * 24 * time.Hour
	zones := []*time.Location{
		time.UTC, loadZone(t, "Europe/Berlin"), loadZone(t, "America/New_York"), loadZone(t, "Australia/Lord_Howe"),
		loadZone(t, "America/Sao_Paulo"), loadZone(t, "Asia/Kathmandu"), time.FixedZone("far", 100*3600),
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		line := randomLine(rng)
		schedule, err := crontab.Parse(line)
		require.NoError(t, err, line)
		zone := zones[rng.IntN(len(zones))]
		from := time.Date(2018, 1, 1, 0, 0, rng.IntN(2*365*86400), rng.IntN(2)*500, time.UTC).In(zone)

		want, found := newOracle(line).next(from, tenDays)
		got, ok := schedule.In(zone).Next(from)

		if found {
			require.True(t, ok, "%q from %v", line, from)
			require.True(t, want.Equal(got), "%q from %v: want %v, got %v", line, from, want, got)
		} else {
			require.True(t, !ok || got.Sub(from) > tenDays, "%q from %v: got %v", line, from, got)
		}
	}
}

func TestNextAgreesWithOracleWhereClocksChange(t *testing.T) {
	t.Parallel()
	changes := map[string][]time.Time{
		"Europe/Berlin":       {time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)},
		"America/New_York":    {time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)},
		"Australia/Lord_Howe": {time.Date(2026, 10, 3, 15, 30, 0, 0, time.UTC), time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC)},
		"America/Sao_Paulo":   {time.Date(2018, 11, 4, 3, 0, 0, 0, time.UTC), time.Date(2018, 2, 18, 2, 0, 0, 0, time.UTC)},
		"Pacific/Apia":        {time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC)}, // a whole day is skipped
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for name, moments := range changes {
		zone := loadZone(t, name)
		for _, change := range moments {
			for range 150 {
				line := fmt.Sprintf("%d,%d %d-%d * * *", rng.IntN(60), rng.IntN(60), rng.IntN(4), 1+rng.IntN(4))
				if rng.IntN(4) == 0 {
					line = fmt.Sprintf("*/%d * * * *", 1+rng.IntN(30))
				}
				schedule, err := crontab.Parse(line)
				require.NoError(t, err, line)
				from := change.Add(time.Duration(rng.IntN(8*3600)-4*3600) * time.Second).In(zone)

				want, found := newOracle(line).next(from, 72*time.Hour)
				got, ok := schedule.In(zone).Next(from)

				require.True(t, found && ok)
				require.True(t, want.Equal(got), "%q from %v: want %v, got %v", line, from, want, got)
			}
		}
	}
}
