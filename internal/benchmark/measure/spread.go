package measure

import "slices"

// A spread is the median and the quartiles of a measurement.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	return spread{low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75)}
}

// quantile returns the value below which the given part of the sorted values
// is, interpolated between two of them.
func quantile(sorted []float64, part float64) float64 {
	at := part * float64(len(sorted)-1)
	below := int(at)
	if below+1 == len(sorted) {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// inverse returns the spread of the reciprocals.
func (s spread) inverse() spread {
	return spread{low: 1 / s.high, median: 1 / s.median, high: 1 / s.low}
}
