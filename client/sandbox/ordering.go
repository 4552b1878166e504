package sandbox

import (
	"cmp"
	"sort"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// An order is how the rows of a list are sorted: by one key after the other, and
// those that are equal in the order of their ids. The zero order is that of ids.
type order[R row] struct {
	keys []sortKey[R]
	// standing says that the rows stand in the order of the first key as they are
	// kept, or in its opposite if it is descending.
	standing bool
}

type sortKey[R row] struct {
	compare    func(a, b R) int
	descending bool
}

// order returns the order that the call asks for. Fields that can't be sorted by
// are ignored.
func (l *listing[R]) order(c *call) (o order[R]) {
	for name := range strings.SplitSeq(c.query.Get("ordering"), ",") {
		name, descending := strings.CutPrefix(django.Strip(name), "-")
		compare := l.orders[name]
		if compare == nil {
			continue
		}
		if len(o.keys) == 0 {
			o.standing = name == "id" || l.standing != nil && l.standing(c.org, name)
		}
		o.keys = append(o.keys, sortKey[R]{compare, descending})
	}
	return o
}

func (o *order[R]) compare(a, b R) int {
	for i := range o.keys {
		n := o.keys[i].compare(a, b)
		switch {
		case n == 0:
		case o.keys[i].descending:
			return -n
		default:
			return n
		}
	}
	return cmp.Compare(a.rowID(), b.rowID())
}

// page returns rows[from:to] as they were if rows were sorted. It sorts no more
// of them than it must.
func (o *order[R]) page(rows []R, from, to int) []R {
	if len(o.keys) == 0 || from == to {
		return rows[from:to]
	}
	if o.standing {
		rows, from, to = o.around(rows, from, to)
	}
	return sortedPart(rows, from, to, o.compare)
}

// around narrows rows that stand in the order of the first key down to those
// among which the page is: they are equal to its ends, or between them.
func (o *order[R]) around(rows []R, from, to int) (_ []R, newFrom, newTo int) {
	low, high := from, to
	if o.keys[0].descending {
		low, high = len(rows)-to, len(rows)-from
	}
	first, behind := rows[low], rows[high-1]
	low = sort.Search(low, func(i int) bool { return o.keys[0].compare(rows[i], first) >= 0 })
	high += sort.Search(len(rows)-high, func(i int) bool { return o.keys[0].compare(rows[high+i], behind) > 0 })
	before := low
	if o.keys[0].descending {
		before = len(rows) - high
	}
	return rows[low:high], from - before, to - before
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
func byTime[R any](get func(R) django.DateTime) func(a, b R) int {
	return func(a, b R) int {
		x, y := get(a), get(b)
		if x.IsNull() || y.IsNull() {
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
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
