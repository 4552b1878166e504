package sandbox

import (
	"math/rand/v2"
	"slices"
)

// minCollected is how many rows are collected at least before the lowest of them
// are chosen.
const minCollected = 1024

// sortedPart returns rows[from:to] as they were if rows were sorted, and leaves
// rows as they are. No two of them may be equal.
func sortedPart[R any](rows []R, from, to int, compare func(a, b R) int) []R {
	if before, behind := from, len(rows)-to; behind < before {
		part := sortedPart(rows, behind, len(rows)-before, func(a, b R) int { return compare(b, a) })
		slices.Reverse(part)
		return part
	}
	part := lowest(rows, to, compare)
	split(part, from, compare)
	part = part[from:]
	slices.SortFunc(part, compare)
	return part
}

// lowest returns the count lowest of the rows, in any order. It collects twice as
// many, and goes on with the better half of them. It begins at the end that seems
// to be lower.
func lowest[R any](rows []R, count int, compare func(a, b R) int) []R {
	backwards := compare(rows[0], rows[len(rows)-1]) > 0
	collected := make([]R, 0, min(len(rows), max(2*count, minCollected)))
	limited := false
	var limit R // the highest that can be among the lowest, once there is one
	for i := range rows {
		if backwards {
			i = len(rows) - 1 - i
		}
		if limited && compare(rows[i], limit) > 0 {
			continue
		}
		if len(collected) == cap(collected) {
			split(collected, count-1, compare)
			collected, limit, limited = collected[:count], collected[count-1], true
		}
		collected = append(collected, rows[i])
	}
	split(collected, count-1, compare)
	return collected[:count]
}

// split moves rows so that the one at n is there where it were if rows were
// sorted, and all before and behind it too, in any order among themselves.
func split[R any](rows []R, n int, compare func(a, b R) int) {
	for len(rows) > 1 {
		pivot := pivotBeside(rows, n, compare)
		low, high := 0, len(rows)-1
		for low <= high {
			for compare(rows[low], pivot) < 0 {
				low++
			}
			for compare(rows[high], pivot) > 0 {
				high--
			}
			if low <= high {
				rows[low], rows[high] = rows[high], rows[low]
				low++
				high--
			}
		}
		switch {
		case n <= high:
			rows = rows[:high+1]
		case n >= low:
			rows, n = rows[low:], n-low
		default:
			return
		}
	}
}

// pivotBeside returns a row that should come a little behind the one at n, or
// before it where n is in the upper half: so the larger part is what is done with.
// It is from a sample, which is taken by chance so that no input is always slow.
func pivotBeside[R any](rows []R, n int, compare func(a, b R) int) R {
	size := min(max(1, len(rows)/64), 256)
	for i := range size {
		chosen := i + rand.IntN(len(rows)-i) //nolint:gosec // whoever foresees it gains nothing
		rows[i], rows[chosen] = rows[chosen], rows[i]
	}
	slices.SortFunc(rows[:size], compare)
	at, margin := n*size/len(rows), size/16
	if n >= len(rows)/2 {
		margin = -margin
	}
	return rows[min(max(0, at+margin), size-1)]
}
