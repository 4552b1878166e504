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
type scan struct {
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
	adjoins       bool
	proven        int64
	lastSignature *signature
	pages         int // since the last check
}

const (
	// longScan is the number of pages from which on pages adjoin.
	longScan = 50
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
func (s *scan) begin(start int64, head *page) {
	s.next, s.back, s.early = max(0, start), s.size, -1
	s.proven = s.next
	if head != nil {
		s.lastSignature = signatureOf(head)
	}
}

// window returns the number and the size of a page that begins at next, if
// pages adjoin, or else before it.
func (s *scan) window() (number, size int64) {
	if s.isFixed || s.adjoins && s.next%s.size == 0 && s.next >= s.barrier {
		return s.next/s.size + 1, s.size
	}
	best := int64(0)
	for candidate := s.size; candidate > best; candidate-- {
		overlap := s.next % candidate
		if s.next-overlap < s.barrier || overlap == 0 && s.tail != nil && s.next > s.barrier && candidate > 1 {
			continue
		}
		if candidate-overlap > best {
			best, size = candidate-overlap, candidate
		}
	}
	return s.next/size + 1, size
}

// read returns the next page with the rows that the page before did not have.
// Rows that were read before may come again.
func (s *scan) read(ctx context.Context) (p *page, fresh []*client.PeriodicAgentLog, err error) {
	for {
		switch {
		case s.moves > maxMoves, s.stalled > maxStalled:
			return nil, nil, ErrUnstableList
		}
		number, size := s.window()
		p, err := s.list(ctx, oldestFirst, "", number, size)
		switch {
		case isNotFound(err) && s.next == s.barrier && s.barrier > 0: // the last row can't be read
			return &page{start: s.next, count: s.next, last: true}, nil, nil
		case isNotFound(err) && number > 1: // the list has become shorter
			s.stepBack()
			continue
		case isUnreadable(err):
			if err := s.isolateUnreadable(ctx, number, size, err); err != nil {
				return nil, nil, err
			}
			continue
		case err != nil:
			return nil, nil, err
		}
		if p.start > s.next || p.end() < s.next && !p.last { // the service has another page size
			s.stalled++
			continue
		}
		ok, err := s.verifyContiguous(ctx, &p, number, size)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			return p, s.accept(p), nil
		}
	}
}

// verifyContiguous reports whether no row lies between the last page and p. It may replace
// p by another page, and move the walk back.
func (s *scan) verifyContiguous(ctx context.Context, p **page, number, size int64) (bool, error) {
	page := *p
	switch {
	case page.start == 0, s.hasRowOf(page):
		return true, nil
	case s.tail == nil:
		return s.canStartAt(page), nil
	case s.adjoins && page.start == s.next && page.count == s.count:
		return true, nil
	case s.adjoins:
		s.restart()
		return false, nil
	case page.start != s.next:
		s.stepBack()
		return false, nil
	case page.start == s.barrier:
		return true, nil
	}
	// The pages adjoin, since no others can be requested: the page before must
	// end as it did.
	before, err := s.list(ctx, oldestFirst, "", number-1, size)
	switch {
	case isUnreadable(err):
		return true, nil
	case err != nil:
		return false, err
	case before.end() == page.start && len(before.logs) > 0 && before.logs[len(before.logs)-1].ID == s.lastID:
		return true, nil
	case s.hasRowOf(before):
		*p = before
		s.stalled++
		return true, nil
	}
	s.stepBack()
	return false, nil
}

// hasRowOf reports whether the last page has a row of p.
func (s *scan) hasRowOf(p *page) bool {
	return slices.ContainsFunc(p.logs, func(log *client.PeriodicAgentLog) bool { return s.tail[log.ID] })
}

// canStartAt reports whether the walk can begin with a page: it begins with a row
// that is no later than necessary, and not much earlier. Otherwise it moves the
// walk.
func (s *scan) canStartAt(p *page) bool {
	if len(p.logs) > 0 && (s.isAnchor(p.logs[0]) || s.begun && s.isKnown(p.logs[0])) {
		s.early = p.start
		if s.late <= p.end() || s.late-p.start <= 2*s.size {
			return true
		}
		s.next = (s.early + s.late) / 2
	} else {
		s.late = p.start
		s.moveBack(p.start)
	}
	s.barrier, s.proven = 0, s.next
	s.moves++
	return false
}

// moveBack moves a walk that began too late back from an index.
func (s *scan) moveBack(index int64) {
	switch {
	case s.early < 0:
		s.next = max(0, index-s.back)
		s.back *= 2
	case index-s.early > 2*s.size:
		s.next = (s.early + index) / 2
	default:
		s.next = s.early
		s.early -= s.size
	}
}

// stepBack moves the walk back by a page.
func (s *scan) stepBack() {
	s.next = max(0, s.next-s.size)
	s.barrier, s.lastCreated = 0, time.Time{}
	s.stalled++
}

// restart moves the walk back to where the list was last proven to be as it
// was. From there on the pages overlap.
func (s *scan) restart() {
	s.adjoins = false
	s.stalled++
	s.next, s.tail, s.barrier, s.lastCreated = s.proven, nil, 0, time.Time{}
	s.back, s.early, s.late = s.size, -1, 0
}

// accept makes p the last page, and returns the rows that the page before did
// not have.
func (s *scan) accept(p *page) []*client.PeriodicAgentLog {
	tail := make(map[int64]bool, len(p.logs))
	var fresh []*client.PeriodicAgentLog
	if p.start != s.next {
		s.lastCreated = time.Time{}
	}
	s.isAscending, s.isDescending = true, true
	for _, log := range p.logs {
		if at := created(log); !at.IsZero() {
			if !s.lastCreated.IsZero() {
				s.isAscending = s.isAscending && !at.Before(s.lastCreated)
				s.isDescending = s.isDescending && !at.After(s.lastCreated)
			}
			s.lastCreated = at
		}
		if !s.tail[log.ID] && !tail[log.ID] {
			fresh = append(fresh, log)
		}
		tail[log.ID] = true
		s.lastID, s.skipped = log.ID, 0
	}
	if len(fresh) > 0 || p.last {
		s.stalled = 0
	} else {
		s.stalled++
	}
	if !s.begun {
		s.begun = true
		s.adjoins = s.lastSignature != nil && !s.overlaps && (p.count-p.end())/s.size >= longScan
	}
	s.tail, s.next, s.count = tail, p.end(), p.count
	if !s.isFixed {
		s.size = min(2*s.size, s.largest)
	}
	s.pages++
	return fresh
}

// check proves that the list has not changed since the last check. It is to be
// called after each page; isProven says whether all rows up to this page are
// proven to be complete. If the list has changed, the walk is moved back.
func (s *scan) check(ctx context.Context, isLast bool) (isProven, movedBack bool, err error) {
	if !s.adjoins {
		return true, false, nil
	}
	if s.pages < checkEvery && !isLast {
		return false, false, nil
	}
	head, err := s.head(ctx)
	if err != nil {
		return false, false, err
	}
	s.pages = 0
	if *signatureOf(head) != *s.lastSignature {
		s.restart()
		return false, true, nil
	}
	s.proven = s.next
	return true, false, nil
}

// isolateUnreadable makes the next page smaller, since one can't be read. If it has a
// single row that can't be read although the rows beside it can, the walk
// passes the row.
func (s *scan) isolateUnreadable(ctx context.Context, number, size int64, cause error) error {
	s.stalled++
	if s.isFixed {
		return cause
	}
	if size > 1 {
		s.size = size / 2
		return nil
	}
	beside := number - 1
	if beside < 1 {
		beside = number + 1
	}
	if _, err := s.list(ctx, oldestFirst, "", beside, 1); err != nil {
		if !isUnreadable(err) && !isNotFound(err) {
			return err
		}
		// Two adjacent rows, or no row at all can be read.
		if _, err := s.list(ctx, oldestFirst, "", number+1, 1); err != nil {
			return cause
		}
	}
	if _, err := s.list(ctx, oldestFirst, "", number, 1); !isUnreadable(err) {
		return err
	}
	if s.tail == nil && s.next > 0 { // what is before it must be read first
		s.moveBack(s.next)
		return nil
	}
	if s.tail == nil {
		s.tail = map[int64]bool{}
	}
	s.skipped++
	place := fmt.Sprintf("number %d after log %d", s.skipped, s.lastID)
	s.report(place, fmt.Errorf("%w: %s: %w", ErrUnreadableLog, place, cause))
	s.next++
	s.barrier, s.stalled = s.next, 0
	return nil
}
