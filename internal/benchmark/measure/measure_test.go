package measure

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpreadIsMedianAndQuartiles(t *testing.T) {
	assert.Equal(t, spread{low: 2, median: 3, high: 4}, spreadOf([]float64{5, 1, 4, 2, 3}))
	assert.Equal(t, spread{low: 1.25, median: 1.5, high: 1.75}, spreadOf([]float64{2, 1}))
	assert.Equal(t, spread{low: 7, median: 7, high: 7}, spreadOf([]float64{7}))
	assert.Equal(t, spread{low: 0.25, median: 0.5, high: 1}, spread{low: 1, median: 2, high: 4}.inverse())
}

func TestTargets(t *testing.T) {
	of := func(speedup float64) outcome {
		return outcome{seconds: 0.05, speedup: spread{median: speedup}, allocations: 10, more: 3}
	}
	for name, test := range map[string]struct {
		target Target
		of     outcome
		want   Verdict
	}{
		"fast enough":             {TimesAsFast(2), of(2), Met},
		"too slow":                {TimesAsFast(2), of(1.99), Missed},
		"a goal not reached":      {Goal(TimesAsFast(2)), of(1.99), Open},
		"cheap enough":            {TimesItsTime(2), of(0.5), Met},
		"too dear":                {TimesItsTime(2), of(0.49), Missed},
		"in time":                 {Within(50 * time.Millisecond), of(1), Met},
		"late":                    {Within(49 * time.Millisecond), of(1), Missed},
		"few allocations":         {Allocations(10), of(1), Met},
		"too many allocations":    {Allocations(9), of(1), Missed},
		"few more allocations":    {MoreAllocations(3), of(1), Met},
		"too many more than that": {MoreAllocations(2), of(1), Missed},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, test.target.verdict(test.of)) })
	}
}

func TestEachRoundGivesEveryContestantOneTurn(t *testing.T) {
	var turns []string
	contestant := func(name string) Contestant {
		return Contestant{Name: name, Run: func() (any, error) {
			turns = append(turns, name)
			return nil, nil
		}}
	}
	comparison := Comparison{Ours: contestant("a"), Others: []Opponent{Against(contestant("b"))}, Rounds: 3}
	rows, err := comparison.Measure(t.Context(), Settings{Rounds: 100, Turns: 100, Turn: time.Hour})
	require.NoError(t, err)
	assert.Len(t, rows, 2)
	require.Len(t, turns, 6)
	for round := range slices.Chunk(turns, 2) {
		assert.ElementsMatch(t, []string{"a", "b"}, round)
	}
}

// A contestant that always followed the same other one would always find its
// garbage and its caches.
func TestNoneAlwaysFollowsTheSameOther(t *testing.T) {
	var turns []string
	contestant := func(name string) Contestant {
		return Contestant{Name: name, Run: func() (any, error) {
			turns = append(turns, name)
			return nil, nil
		}}
	}
	_, err := Settings{Rounds: 25, Turns: 4}.take(t.Context(), []Contestant{contestant("a"), contestant("b"), contestant("c")})
	require.NoError(t, err)
	require.Len(t, turns, 300)
	times := map[string]int{}
	for turn := range slices.Chunk(turns, 3) {
		times[strings.Join(turn, "")]++
	}
	require.Len(t, times, 6, "all possible orders: %v", times)
	for order, n := range times {
		assert.Greater(t, n, 5, order)
	}
}

func TestAFailingContestantEndsTheMeasurement(t *testing.T) {
	broken := errors.New("broken")
	fails := Contestant{Name: "b", Run: func() (any, error) { return nil, broken }}
	comparison := Comparison{
		Work:   "work",
		Ours:   Contestant{Name: "a", Run: func() (any, error) { return nil, nil }},
		Others: []Opponent{Against(fails)},
	}
	_, err := comparison.Measure(t.Context(), Settings{Rounds: 1, Turns: 1, Turn: time.Microsecond})
	require.ErrorIs(t, err, broken)
	assert.EqualError(t, err, "work: b: broken")
}

func TestTableIsAlignedAndHasItsNotes(t *testing.T) {
	row := Row{Work: "größer", Who: "a", Ratio: "–"}
	row.judge([]Target{TimesAsFast(2).Because("no note for a target that is met"), Goal(TimesAsFast(3)).Because("it is hard")}, outcome{speedup: spread{median: 2.5}})
	var out bytes.Buffer
	require.NoError(t, Write(&out, []Row{row, {Who: "b"}}))
	assert.Equal(t, `
| work   | who | time | allocations | ours is | target           |                  |
| ------ | --- | ---- | ----------- | ------- | ---------------- | ---------------- |
| größer | a   |      |             | –       | ≥ 2×, goal: ≥ 3× | met, not reached |
|        | b   |      |             |         |                  |                  |

*größer*, beside a: it is hard
`, "\n"+out.String())
}
