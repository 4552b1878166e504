package measure

import (
	"context"
	"fmt"
	"time"
)

// Measure runs the comparison and returns a row of the table for each
// contestant, ours first.
func (c *Comparison) Measure(ctx context.Context, s Settings) ([]Row, error) {
	if c.Rounds > 0 {
		s = Settings{Turns: 1, Rounds: c.Rounds, Wall: s.Wall || c.Waits}
	}
	seconds, err := s.take(ctx, c.Contestants())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Work, err)
	}
	counts := make([]float64, len(seconds))
	if c.Rounds == 0 {
		for i, contestant := range c.Contestants() {
			if counts[i], err = s.allocations(contestant); err != nil {
				return nil, fmt.Errorf("%s: %w", c.Work, err)
			}
		}
	}
	rows := make([]Row, len(seconds))
	for i, contestant := range c.Contestants() {
		rows[i] = Row{Who: contestant.Name, Time: TimeText(spreadOf(seconds[i]).median)}
		if c.Rounds == 0 {
			rows[i].Allocations = allocationText(counts[i], c.Items)
		}
	}
	rows[0].Work, rows[0].Ratio = c.Work, "–"
	rows[0].judge(c.Targets, outcome{seconds: spreadOf(seconds[0]).median, allocations: counts[0] / c.items()})
	for i, other := range c.Others {
		o := outcome{
			speedup:     speedup(seconds[0], seconds[i+1]),
			allocations: counts[0] / c.items(),
			more:        counts[0] - counts[i+1],
		}
		rows[i+1].Ratio = ratioText(o.speedup, other.targets)
		rows[i+1].judge(other.targets, o)
	}
	return rows, nil
}

// speedup compares the times of the same rounds.
func speedup(ours, theirs []float64) spread {
	ratios := make([]float64, len(ours))
	for round := range ours {
		ratios[round] = theirs[round] / ours[round]
	}
	return spreadOf(ratios)
}

// ratioText formats the ratio in the direction of the targets.
func ratioText(speedup spread, targets []Target) string {
	if len(targets) > 0 && targets[0].cost {
		cost := speedup.inverse()
		return fmt.Sprintf("%.2f× its time (%.2f – %.2f)", cost.median, cost.low, cost.high)
	}
	return fmt.Sprintf("%.2f× as fast (%.2f – %.2f)", speedup.median, speedup.low, speedup.high)
}

// TimeText formats a time for a table.
func TimeText(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%.3g ns", seconds*1e9)
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", seconds*1e6)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", seconds*1e3)
	}
	return fmt.Sprintf("%.3g s", seconds)
}

func allocationText(n float64, items int) string {
	if items > 1 {
		return fmt.Sprintf("%.0f (%.0f each)", n, n/float64(items))
	}
	return fmt.Sprintf("%.0f", n)
}
