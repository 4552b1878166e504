package runs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// walk reads the list of logs from an index to the end, and proves that it
// misses no row although rows are created and deleted meanwhile. Each page is
// chosen so that it begins with a row of the page before: then no row lies
// between them. That costs more pages, so a long walk begins with pages that
// only adjoin, and proves from time to time that the list is as it was.
type walk struct {
	*lister
	// isAnchor reports whether a row proves that the walk began early enough;
	// isKnown, that it continues early enough.
	isAnchor, isKnown func(*client.PeriodicAgentLog) bool
	// report is called with the error of a row that can't be read.
	report func(key string, err error)

	next    int64          // the index of the next row
	barrier int64          // no page may begin before it, since a row before it can't be read
	tail    map[int64]bool // the ids of the rows of the last page; nil before the first
	lastID  int64          // of the last row of the last page
	skipped int64          // the rows after it that can't be read
	// isAscending and isDescending say whether the rows of the last page, and the
	// row before them, are in that order.
	isAscending, isDescending bool
	lastCreated               time.Time // of the last row that has a time
	count                     int64     // of the last page
	back                      int64     // by how much a walk that began too late is moved back
	early                     int64     // an index that is early enough to begin; -1 if none is known
	late                      int64     // an index that is too late to begin; 0 if none is known
	moves                     int       // of the beginning
	stalled                   int       // pages in a row that have brought nothing
	begun                     bool      // whether a page was accepted
	// overlaps means that pages must overlap from the beginning.
	overlaps bool
	// adjoins means that pages adjoin, and that the walk returns to proven if the
	// list turns out to have changed since then.
	adjoins bool
	proven  int64
	checked *signature
	pages   int // since the last check
}

const (
	// longWalk is the number of pages from which on pages adjoin.
	longWalk = 50
	// checkEvery is the number of adjoining pages between two checks.
	checkEvery = 20
	// maxStalled is the number of pages in a row that may bring nothing.
	maxStalled = 20
	// maxMoves is how often the beginning of a walk may be moved.
	maxMoves = 100
)

// signature tells whether the list has changed: unless logs were added or
// deleted, both fields stay the same.
type signature struct {
	count  int64
	newest int64
}

func signatureOf(head *page) *signature {
	s := &signature{count: head.count}
	for _, log := range head.logs {
		s.newest = max(s.newest, log.ID)
	}
	return s
}

// begin sets where the walk begins, from the page with the newest logs, if it
// could be read.
func (w *walk) begin(start int64, head *page) {
	w.next, w.back, w.early = max(0, start), w.size, -1
	w.proven = w.next
	if head != nil {
		w.checked = signatureOf(head)
	}
}

// window returns the number and the size of a page that begins at next, if
// pages adjoin, or else before it.
func (w *walk) window() (number, size int64) {
	if w.isFixed || w.adjoins && w.next%w.size == 0 && w.next >= w.barrier {
		return w.next/w.size + 1, w.size
	}
	best := int64(0)
	for s := w.size; s > best; s-- {
		overlap := w.next % s
		if w.next-overlap < w.barrier || overlap == 0 && w.tail != nil && w.next > w.barrier && s > 1 {
			continue
		}
		if s-overlap > best {
			best, size = s-overlap, s
		}
	}
	return w.next/size + 1, size
}

// read returns the next page with the rows that the page before did not have.
// Rows that were read before may come again.
func (w *walk) read(ctx context.Context) (p *page, fresh []*client.PeriodicAgentLog, err error) {
	for {
		switch {
		case w.moves > maxMoves, w.stalled > maxStalled:
			return nil, nil, ErrUnstableList
		}
		number, size := w.window()
		p, err := w.list(ctx, oldestFirst, "", number, size)
		switch {
		case isNotFound(err) && w.next == w.barrier && w.barrier > 0: // the last row can't be read
			return &page{start: w.next, count: w.next, last: true}, nil, nil
		case isNotFound(err) && number > 1: // the list has become shorter
			w.stepBack()
			continue
		case isUnreadable(err):
			if err := w.isolate(ctx, number, size, err); err != nil {
				return nil, nil, err
			}
			continue
		case err != nil:
			return nil, nil, err
		}
		if p.start > w.next || p.end() < w.next && !p.last { // the service has another page size
			w.stalled++
			continue
		}
		ok, err := w.prove(ctx, &p, number, size)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			return p, w.accept(p), nil
		}
	}
}

// prove reports whether no row lies between the last page and p. It may replace
// p by another page, and move the walk back.
func (w *walk) prove(ctx context.Context, p **page, number, size int64) (bool, error) {
	page := *p
	switch {
	case page.start == 0, w.hasRowOf(page):
		return true, nil
	case w.tail == nil:
		return w.isFirst(page), nil
	case w.adjoins && page.start == w.next && page.count == w.count:
		return true, nil
	case w.adjoins:
		w.restart()
		return false, nil
	case page.start != w.next:
		w.stepBack()
		return false, nil
	case page.start == w.barrier:
		return true, nil
	}
	// The pages adjoin, since no others can be requested: the page before must
	// end as it did.
	before, err := w.list(ctx, oldestFirst, "", number-1, size)
	switch {
	case isUnreadable(err):
		return true, nil
	case err != nil:
		return false, err
	case before.end() == page.start && len(before.logs) > 0 && before.logs[len(before.logs)-1].ID == w.lastID:
		return true, nil
	case w.hasRowOf(before):
		*p = before
		w.stalled++
		return true, nil
	}
	w.stepBack()
	return false, nil
}

// hasRowOf reports whether the last page has a row of p.
func (w *walk) hasRowOf(p *page) bool {
	return slices.ContainsFunc(p.logs, func(log *client.PeriodicAgentLog) bool { return w.tail[log.ID] })
}

// isFirst reports whether the walk can begin with a page: it begins with a row
// that is no later than necessary, and not much earlier. Otherwise it moves the
// walk.
func (w *walk) isFirst(p *page) bool {
	if len(p.logs) > 0 && (w.isAnchor(p.logs[0]) || w.begun && w.isKnown(p.logs[0])) {
		w.early = p.start
		if w.late <= p.end() || w.late-p.start <= 2*w.size {
			return true
		}
		w.next = (w.early + w.late) / 2
	} else {
		w.late = p.start
		w.moveBack(p.start)
	}
	w.barrier, w.proven = 0, w.next
	w.moves++
	return false
}

// moveBack moves a walk that began too late back from an index.
func (w *walk) moveBack(index int64) {
	switch {
	case w.early < 0:
		w.next = max(0, index-w.back)
		w.back *= 2
	case index-w.early > 2*w.size:
		w.next = (w.early + index) / 2
	default:
		w.next = w.early
		w.early -= w.size
	}
}

// stepBack moves the walk back by a page.
func (w *walk) stepBack() {
	w.next = max(0, w.next-w.size)
	w.barrier, w.lastCreated = 0, time.Time{}
	w.stalled++
}

// restart moves the walk back to where the list was last proven to be as it
// was. From there on the pages overlap.
func (w *walk) restart() {
	w.adjoins = false
	w.stalled++
	w.next, w.tail, w.barrier, w.lastCreated = w.proven, nil, 0, time.Time{}
	w.back, w.early, w.late = w.size, -1, 0
}

// accept makes p the last page, and returns the rows that the page before did
// not have.
func (w *walk) accept(p *page) []*client.PeriodicAgentLog {
	tail := make(map[int64]bool, len(p.logs))
	var fresh []*client.PeriodicAgentLog
	if p.start != w.next {
		w.lastCreated = time.Time{}
	}
	w.isAscending, w.isDescending = true, true
	for _, log := range p.logs {
		if at := created(log); !at.IsZero() {
			if !w.lastCreated.IsZero() {
				w.isAscending = w.isAscending && !at.Before(w.lastCreated)
				w.isDescending = w.isDescending && !at.After(w.lastCreated)
			}
			w.lastCreated = at
		}
		if !w.tail[log.ID] && !tail[log.ID] {
			fresh = append(fresh, log)
		}
		tail[log.ID] = true
		w.lastID, w.skipped = log.ID, 0
	}
	if len(fresh) > 0 || p.last {
		w.stalled = 0
	} else {
		w.stalled++
	}
	if !w.begun {
		w.begun = true
		w.adjoins = w.checked != nil && !w.overlaps && (p.count-p.end())/w.size >= longWalk
	}
	w.tail, w.next, w.count = tail, p.end(), p.count
	if !w.isFixed {
		w.size = min(2*w.size, w.largest)
	}
	w.pages++
	return fresh
}

// check proves that the list has not changed since the last check. It is to be
// called after each page; isProven says whether all rows up to this page are
// proven to be complete. If the list has changed, the walk is moved back.
func (w *walk) check(ctx context.Context, isLast bool) (isProven, movedBack bool, err error) {
	if !w.adjoins {
		return true, false, nil
	}
	if w.pages < checkEvery && !isLast {
		return false, false, nil
	}
	head, err := w.head(ctx)
	if err != nil {
		return false, false, err
	}
	w.pages = 0
	if *signatureOf(head) != *w.checked {
		w.restart()
		return false, true, nil
	}
	w.proven = w.next
	return true, false, nil
}

// isolate makes the next page smaller, since one can't be read. If it has a
// single row that can't be read although the rows beside it can, the walk
// passes the row.
func (w *walk) isolate(ctx context.Context, number, size int64, cause error) error {
	w.stalled++
	if w.isFixed {
		return cause
	}
	if size > 1 {
		w.size = size / 2
		return nil
	}
	beside := number - 1
	if beside < 1 {
		beside = number + 1
	}
	if _, err := w.list(ctx, oldestFirst, "", beside, 1); err != nil {
		if !isUnreadable(err) && !isNotFound(err) {
			return err
		}
		// Two adjacent rows, or no row at all can be read.
		if _, err := w.list(ctx, oldestFirst, "", number+1, 1); err != nil {
			return cause
		}
	}
	if _, err := w.list(ctx, oldestFirst, "", number, 1); !isUnreadable(err) {
		return err
	}
	if w.tail == nil && w.next > 0 { // what is before it must be read first
		w.moveBack(w.next)
		return nil
	}
	if w.tail == nil {
		w.tail = map[int64]bool{}
	}
	w.skipped++
	place := fmt.Sprintf("number %d after log %d", w.skipped, w.lastID)
	w.report(place, fmt.Errorf("%w: %s: %w", ErrUnreadableLog, place, cause))
	w.next++
	w.barrier, w.stalled = w.next, 0
	return nil
}
