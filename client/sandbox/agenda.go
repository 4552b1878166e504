package sandbox

import (
	"cmp"
	"container/heap"
	"context"
	"time"
)

// An occurrence is what will happen at a time on the sandbox's clock.
type occurrence struct {
	at   time.Time
	kind occurrenceKind
	id   int64 // of the agent or the log; of the same kind and time, the lowest is first
	do   func(context.Context, *drive)

	index int // in the agenda
}

// occurrenceKind is in the order in which things happen that happen at the same
// time: a run that ends lets others begin.
type occurrenceKind int

const (
	endOfRun occurrenceKind = iota
	lateDelivery
	startOfRun
)

func (o *occurrence) compare(other *occurrence) int {
	return cmp.Or(o.at.Compare(other.at), cmp.Compare(o.kind, other.kind), cmp.Compare(o.id, other.id))
}

// An agenda has all that will happen. The store's lock guards it.
type agenda struct{ all occurrences }

func (a *agenda) add(o *occurrence) { heap.Push(&a.all, o) }

// remove takes out what may not be there any more, or nil.
func (a *agenda) remove(o *occurrence) {
	if o != nil && o.index < len(a.all) && a.all[o.index] == o {
		heap.Remove(&a.all, o.index)
	}
}

// first is what happens next, nil if nothing will.
func (a *agenda) first() *occurrence {
	if len(a.all) == 0 {
		return nil
	}
	return a.all[0]
}

// occurrences are a heap.
type occurrences []*occurrence

func (o occurrences) Len() int           { return len(o) }
func (o occurrences) Less(i, j int) bool { return o[i].compare(o[j]) < 0 }
func (o occurrences) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].index, o[j].index = i, j
}

// Push is for package heap.
func (o *occurrences) Push(x any) {
	added := x.(*occurrence) //nolint:forcetypeassert // nothing else is pushed
	added.index = len(*o)
	*o = append(*o, added)
}

// Pop is for package heap.
func (o *occurrences) Pop() any {
	last := len(*o) - 1
	popped := (*o)[last]
	(*o)[last] = nil
	*o = (*o)[:last]
	return popped
}
