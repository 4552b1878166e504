package listing

import (
	"cmp"
	"slices"
)

// A Table holds rows in the order of their ids.
type Table[R Row] []R

// Add inserts a row, whose id must be new.
func (t *Table[R]) Add(row R) {
	i := len(*t)
	if i > 0 && (*t)[i-1].RowID() > row.RowID() { // ids mostly ascend
		i, _ = t.find(row.RowID())
	}
	*t = slices.Insert(*t, i, row)
}

// ByID returns the row with an id, the zero R if there is none.
func (t Table[R]) ByID(id int64) (row R) {
	if i, ok := t.find(id); ok {
		row = t[i]
	}
	return row
}

// After returns the rows with higher ids.
func (t Table[R]) After(id int64) Table[R] {
	i, _ := t.find(id + 1)
	return t[i:]
}

// Delete deletes the rows that match.
func (t *Table[R]) Delete(matches func(R) bool) { *t = slices.DeleteFunc(*t, matches) }

func (t Table[R]) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(t, id, func(row R, id int64) int { return cmp.Compare(row.RowID(), id) })
}
