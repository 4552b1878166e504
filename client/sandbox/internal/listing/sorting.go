package listing

import (
	"math/rand/v2"
	"slices"
)

// sorted returns rows[from:to] of the rows in the order of the parameter ordering.
func (l *Listing[R]) sorted(rows []R, ordering string, from, to int) []R {
	compare := l.compare(ordering)
	if compare == nil {
		compare = l.Default
	}
	if compare == nil {
		return rows[from:to]
	}
	rows = slices.Clone(rows)
	sortRange(rows, from, to, compare)
	return rows[from:to]
}

// sortRange moves rows so that rows[from:to] are what they are after a sort of all
// rows. For a short range it takes linear time on average: the row of the logs by
// -content in internal/benchmark needs it.
func sortRange[R any](rows []R, from, to int, compare func(a, b R) int) {
	for to-from <= len(rows)/2 {
		if from == to {
			return
		}
		middle := partition(rows, compare)
		switch {
		case to <= middle:
			rows = rows[:middle]
			continue
		case from < middle:
			sortRange(rows[:middle], from, middle, compare)
		}
		rows, from, to = rows[middle+1:], max(0, from-middle-1), to-middle-1
	}
	slices.SortFunc(rows, compare)
}

// partition moves a row chosen at random to its place in the order, and the other
// rows to their side of it. It returns that place.
func partition[R any](rows []R, compare func(a, b R) int) int {
	last := len(rows) - 1
	chosen := rand.IntN(len(rows)) //nolint:gosec // any choice gives the same order
	rows[chosen], rows[last] = rows[last], rows[chosen]
	middle := 0
	for i, row := range rows[:last] {
		if compare(row, rows[last]) < 0 {
			rows[middle], rows[i] = row, rows[middle]
			middle++
		}
	}
	rows[middle], rows[last] = rows[last], rows[middle]
	return middle
}
