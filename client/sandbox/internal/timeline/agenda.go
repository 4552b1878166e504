package timeline

import (
	"cmp"
	"container/heap"
	"context"
	"time"
)

// An Entry is a function that a [Timeline] runs once, when its clock reaches a
// time. Its fields must not be changed after it is added.
type Entry struct {
	At time.Time
	// Rank and ID order the entries of the same time: the lowest Rank is first, and
	// of the same Rank the lowest ID.
	Rank int
	ID   int64
	Run  func(ctx context.Context)

	index int // in the agenda
}

func (e *Entry) compare(other *Entry) int {
	return cmp.Or(e.At.Compare(other.At), cmp.Compare(e.Rank, other.Rank), cmp.Compare(e.ID, other.ID))
}

// An agenda is a heap of entries, the earliest first.
type agenda []*Entry

func (a *agenda) add(e *Entry) { heap.Push(a, e) }

// remove removes an entry, unless it is nil or was removed before.
func (a *agenda) remove(e *Entry) {
	if e != nil && e.index < len(*a) && (*a)[e.index] == e {
		heap.Remove(a, e.index)
	}
}

// first returns the earliest entry, nil if there is none.
func (a agenda) first() *Entry {
	if len(a) == 0 {
		return nil
	}
	return a[0]
}

// Len implements [heap.Interface], as the following methods do.
func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].compare(a[j]) < 0 }
func (a agenda) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].index, a[j].index = i, j
}

func (a *agenda) Push(x any) {
	e := x.(*Entry) //nolint:forcetypeassert // add pushes only entries
	e.index = len(*a)
	*a = append(*a, e)
}

func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	return e
}
