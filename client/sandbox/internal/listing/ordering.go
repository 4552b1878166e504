package listing

import (
	"cmp"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// compare returns a comparison by the fields of an ordering, which are separated
// by commas, and then by id. It ignores unknown fields. It returns nil if no field
// is left.
func (l *Listing[R]) compare(ordering string) func(a, b R) int {
	var all []func(a, b R) int
	for name := range strings.SplitSeq(ordering, ",") {
		name, descending := strings.CutPrefix(django.Strip(name), "-")
		compare := l.Orderings[name]
		switch {
		case compare == nil:
		case descending:
			all = append(all, func(a, b R) int { return compare(b, a) })
		default:
			all = append(all, compare)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return func(a, b R) int {
		for _, compare := range all {
			if n := compare(a, b); n != 0 {
				return n
			}
		}
		return cmp.Compare(a.RowID(), b.RowID())
	}
}

// By compares rows by a value.
func By[R any, V cmp.Ordered](get func(R) V) func(a, b R) int {
	return func(a, b R) int { return cmp.Compare(get(a), get(b)) }
}

// ByBool compares rows by a boolean; false comes before true.
func ByBool[R any](get func(R) bool) func(a, b R) int {
	number := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	return func(a, b R) int { return number(get(a)) - number(get(b)) }
}

// ByDateTime compares rows by a time. As in PostgreSQL, null comes last.
func ByDateTime[R any](get func(R) django.DateTime) func(a, b R) int {
	return func(a, b R) int {
		x, y := get(a), get(b)
		if x.IsNull() || y.IsNull() {
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	}
}

// ByNullable compares rows by a nullable number. As in PostgreSQL, null comes
// last.
func ByNullable[R any](get func(R) *int64) func(a, b R) int {
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
