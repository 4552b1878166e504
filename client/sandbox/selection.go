package sandbox

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
)

// sampleSize is how many rows tell roughly where a page begins and ends.
const sampleSize = 1024

// sortedPart returns rows[from:to] as they were if rows were sorted, and leaves
// rows as they are. Of many it sorts those only that a sample says are near. No two
// rows may be equal.
func sortedPart[R any](rows []R, from, to int, compare func(a, b R) int) []R {
	for len(rows) > 2*sampleSize {
		near, before := boundsOf(rows, from, to, compare).within(rows)
		if from < before || to > before+len(near) {
			continue // a sample can mislead, but hardly the next one too
		}
		isMost := len(near) > len(rows)/2
		rows, from, to = near, from-before, to-before
		if isMost {
			break
		}
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compare)
	return rows[from:to]
}

// bounds are the first and the last row of a part; none where that is the first or
// the last of all.
type bounds[R any] struct {
	compare         func(a, b R) int
	low, high       R
	hasLow, hasHigh bool
}

// boundsOf returns bounds of what becomes rows[from:to], and some more. The sample
// is taken by chance, so that no order of the rows misleads always.
func boundsOf[R any](rows []R, from, to int, compare func(a, b R) int) *bounds[R] {
	sample := make([]R, sampleSize)
	for i := range sample {
		sample[i] = rows[rand.IntN(len(rows))] //nolint:gosec // whoever foresees it gains nothing
	}
	slices.SortFunc(sample, compare)
	place := func(index int, deviations float64) int {
		share := float64(index) / float64(len(rows))
		return int(sampleSize*share + deviations*(1+math.Sqrt(sampleSize*share*(1-share))))
	}
	b := &bounds[R]{compare: compare}
	if at := place(from, -3); at >= 0 {
		b.low, b.hasLow = sample[at], true
	}
	if at := place(to, 3); at < sampleSize {
		b.high, b.hasHigh = sample[at], true
	}
	return b
}

// within returns the rows that are within the bounds, and how many come before
// them.
func (b *bounds[R]) within(rows []R) (within []R, before int) {
	var lower atomic.Int64
	within = gather(rows, func(within, share []R) []R {
		count := 0
		for _, r := range share {
			switch {
			case b.hasHigh && b.compare(r, b.high) > 0:
			case b.hasLow && b.compare(r, b.low) < 0:
				count++
			default:
				within = append(within, r)
			}
		}
		lower.Add(int64(count))
		return within
	})
	return within, int(lower.Load())
}
