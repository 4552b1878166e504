package measure

import "slices"

// spread is the middle of what was measured: its median and quartiles.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	return spread{low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75)}
}

// quantile is the value below which that part of the sorted values is, between two of them where it falls there.
func quantile(sorted []float64, part float64) float64 {
	at := part * float64(len(sorted)-1)
	below := int(at)
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// inverse is the spread of 1 by the values.
func (s spread) inverse() spread {
	return spread{low: 1 / s.high, median: 1 / s.median, high: 1 / s.low}
}
