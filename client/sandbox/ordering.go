package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// sort returns rows in the order that the call asks for, and those that are
// equal in the order of their ids. Fields that can't be sorted by are ignored.
func (l *listing[R]) sort(c *call, rows []R) []R {
	var compare []func(a, b R) int
	text := last(c.query, "ordering")
	for name := range strings.SplitSeq(text, ",") {
		name, down := strings.CutPrefix(strip(name), "-")
		order := l.orders[name]
		switch {
		case order == nil:
		case down:
			compare = append(compare, func(a, b R) int { return order(b, a) })
		default:
			compare = append(compare, order)
		}
	}
	if len(compare) == 0 {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b R) int {
		for _, by := range compare {
			if n := by(a, b); n != 0 {
				return n
			}
		}
		return cmp.Compare(a.rowID(), b.rowID())
	})
	return rows
}

// by sorts by what get returns.
func by[R any, V cmp.Ordered](get func(R) V) func(a, b R) int {
	return func(a, b R) int { return cmp.Compare(get(a), get(b)) }
}

func byBool[R any](get func(R) bool) func(a, b R) int {
	number := map[bool]int{false: 0, true: 1}
	return func(a, b R) int { return number[get(a)] - number[get(b)] }
}

// byTime sorts null above all times, as PostgreSQL does.
func byTime[R any](get func(R) moment) func(a, b R) int {
	return func(a, b R) int {
		x, y := get(a), get(b)
		if x.IsZero() || y.IsZero() {
			return -x.Compare(y.Time)
		}
		return x.Compare(y.Time)
	}
}

// byNullable sorts null above all numbers.
func byNullable[R any](get func(R) *int64) func(a, b R) int {
	return func(a, b R) int {
		x, y := get(a), get(b)
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		return cmp.Compare(*x, *y)
	}
}
