package runs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// scan reads the list of logs from an index to the end, and verifies that it
// skips no row although rows are created and deleted in the meantime. Each page
// starts with a row of the previous page, so that no row lies between them.
// That requires more pages. A long scan therefore starts with adjoining pages,
// and periodically verifies that the list has not changed.
type scan struct {
	*lister
	// isAnchor reports whether a row proves that the scan started early enough.
	// isKnown reports whether a row proves that it continues early enough.
	isAnchor, isKnown func(*client.PeriodicAgentLog) bool
	// report is called with the error of an unreadable row.
	report func(key string, err error)

	next     int64          // the index of the next row
	minStart int64          // no page may start before it, since the row before it is unreadable
	lastIDs  map[int64]bool // the ids of the rows on the last page; nil before the first page
	lastID   int64          // the id of the last row on the last page
	skipped  int64          // the number of unreadable rows after it
	// isAscending and isDescending report whether the rows on the last page, with
	// the row before them, are in that order.
	isAscending, isDescending bool
	lastCreated               time.Time // the time of the last row that has one
	count                     int64     // the size of the list according to the last page
	back                      int64     // how far to move back a scan that started too late
	lowerBound                int64     // an index known to be early enough; -1 if none is known
	upperBound                int64     // an index known to be too late; 0 if none is known
	moves                     int       // how often the start was moved
	stalled                   int       // the number of consecutive pages without new rows
	detours                   int64     // the number of pages that did not continue the scan
	begun                     bool      // whether a page was accepted
	// overlaps means that pages must overlap from the start.
	overlaps bool
	// adjoins means that pages adjoin. If the list turns out to have changed, the
	// scan returns to the index proven.
	adjoins       bool
	proven        int64
	lastSignature *signature
	pages         int // the number of pages since the last check
}

const (
	// longScan is the number of remaining pages from which pages adjoin.
	longScan = 50
	// checkEvery is the number of adjoining pages between two checks.
	checkEvery = 20
	// maxStalled is the number of consecutive pages that may contain no new rows.
	maxStalled = 20
	// maxMoves limits how often the start of a scan is moved.
	maxMoves = 100
)

// signature identifies a state of the list. If logs are created or deleted, at
// least one field usually changes.
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

// begin sets the start of the scan. The head is nil if it could not be read.
func (s *scan) begin(start int64, head *page) {
	s.next, s.back, s.lowerBound = max(0, start), s.size, -1
	s.proven = s.next
	if head != nil {
		s.lastSignature = signatureOf(head)
	}
}

// window returns the number and the size of the next page. The page starts at
// next if pages adjoin, and otherwise before next.
func (s *scan) window() (number, size int64) {
	if s.isFixed || s.adjoins && s.next%s.size == 0 && s.next >= s.minStart {
		return s.next/s.size + 1, s.size
	}
	best := int64(0)
	for candidate := s.size; candidate > best; candidate-- {
		overlap := s.next % candidate
		if s.next-overlap < s.minStart || overlap == 0 && s.lastIDs != nil && s.next > s.minStart && candidate > 1 {
			continue
		}
		if candidate-overlap > best {
			best, size = candidate-overlap, candidate
		}
	}
	return s.next/size + 1, size
}

// read returns the next page, and its rows that the previous page did not have.
// Rows from earlier pages may be returned again.
func (s *scan) read(ctx context.Context) (p *page, fresh []*client.PeriodicAgentLog, err error) {
	for {
		switch {
		case s.moves > maxMoves, s.stalled > maxStalled, s.detours > maxMoves+2*min(s.count, maxLogs)/s.size:
			return nil, nil, ErrUnstableList
		}
		number, size := s.window()
		p, err := s.list(ctx, oldestFirst, "", number, size)
		switch {
		case isNotFound(err) && s.next == s.minStart && s.minStart > 0: // the last row is unreadable
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
		if p.start > s.next || p.end() < s.next && !p.last { // the service uses another page size
			s.stalled++
			s.detours++
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

// verifyContiguous reports whether no row lies between the last page and p. It
// may replace p with another page, and it may move the scan back.
func (s *scan) verifyContiguous(ctx context.Context, p **page, number, size int64) (bool, error) {
	page := *p
	switch {
	case page.start == 0, s.hasRowOf(page):
		return true, nil
	case s.lastIDs == nil:
		return s.canStartAt(page), nil
	case s.adjoins && page.start == s.next && page.count == s.count:
		return true, nil
	case s.adjoins:
		s.restart()
		return false, nil
	case page.start != s.next:
		s.stepBack()
		return false, nil
	case page.start == s.minStart:
		return true, nil
	}
	// Only adjoining pages can be requested. Verify that the previous page still
	// ends with the same row.
	before, err := s.list(ctx, oldestFirst, "", number-1, size)
	switch {
	case isUnreadable(err):
		return true, nil
	case isNotFound(err): // the list has become shorter, or its pages longer
		s.stepBack()
		return false, nil
	case err != nil:
		return false, err
	case before.end() == page.start && len(before.logs) > 0 && before.logs[len(before.logs)-1].ID == s.lastID:
		return true, nil
	case s.hasRowOf(before):
		*p = before
		s.stalled++
		s.detours++
		return true, nil
	}
	s.stepBack()
	return false, nil
}

// hasRowOf reports whether the last page contains a row of p.
func (s *scan) hasRowOf(p *page) bool {
	return slices.ContainsFunc(p.logs, func(log *client.PeriodicAgentLog) bool { return s.lastIDs[log.ID] })
}

// canStartAt reports whether the scan can start with a page: its first row must
// be early enough, but not much earlier than necessary. Otherwise canStartAt
// moves the start.
func (s *scan) canStartAt(p *page) bool {
	if len(p.logs) > 0 && (s.isAnchor(p.logs[0]) || s.begun && s.isKnown(p.logs[0])) {
		s.lowerBound = p.start
		if s.upperBound <= p.end() || s.upperBound-p.start <= 2*s.size {
			return true
		}
		s.next = (s.lowerBound + s.upperBound) / 2
	} else {
		s.upperBound = p.start
		s.moveBack(p.start)
	}
	s.minStart, s.proven = 0, s.next
	s.moves++
	return false
}

// moveBack moves back the start of a scan for which index is too late.
func (s *scan) moveBack(index int64) {
	switch {
	case s.lowerBound < 0:
		s.next = max(0, index-s.back)
		s.back *= 2
	case index-s.lowerBound > 2*s.size:
		s.next = (s.lowerBound + index) / 2
	default:
		s.next = s.lowerBound
		s.lowerBound -= s.size
	}
}

// stepBack moves the scan back by a page.
func (s *scan) stepBack() {
	s.next = max(0, s.next-s.size)
	s.minStart, s.lastCreated = 0, time.Time{}
	s.stalled++
	s.detours++
}

// restart moves the scan back to the last index up to which the list is proven
// to be unchanged. From there on, pages overlap.
func (s *scan) restart() {
	s.adjoins = false
	s.stalled++
	s.next, s.lastIDs, s.minStart, s.lastCreated = s.proven, nil, 0, time.Time{}
	s.back, s.lowerBound, s.upperBound = s.size, -1, 0
}

// accept makes p the last page, and returns the rows that the previous page did
// not have.
func (s *scan) accept(p *page) []*client.PeriodicAgentLog {
	ids := make(map[int64]bool, len(p.logs))
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
		if !s.lastIDs[log.ID] && !ids[log.ID] {
			fresh = append(fresh, log)
		}
		ids[log.ID] = true
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
	s.lastIDs, s.next, s.count = ids, p.end(), p.count
	if !s.isFixed {
		s.size = min(2*s.size, s.largest)
	}
	s.pages++
	return fresh
}

// check verifies that the list has not changed since the last check. It must be
// called after each page. isProven means that no row up to this page was
// skipped. If the list has changed, check moves the scan back.
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

// isolateUnreadable reduces the page size after an unreadable page. If a page
// with a single row is unreadable but an adjacent row can be read, the scan
// skips the row and reports it.
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
		// Either two adjacent rows are unreadable, or all rows are.
		if _, err := s.list(ctx, oldestFirst, "", number+1, 1); err != nil {
			return cause
		}
	}
	if _, err := s.list(ctx, oldestFirst, "", number, 1); isNotFound(err) && number > 1 {
		return nil // the list has become shorter, which the next request shows
	} else if !isUnreadable(err) {
		return err
	}
	if s.lastIDs == nil && s.next > 0 { // the row before it must be read first
		s.moveBack(s.next)
		return nil
	}
	if s.lastIDs == nil {
		s.lastIDs = map[int64]bool{}
	}
	s.skipped++
	place := fmt.Sprintf("number %d after log %d", s.skipped, s.lastID)
	s.report(place, fmt.Errorf("%w: %s: %w", ErrUnreadableLog, place, cause))
	s.next++
	s.minStart, s.stalled = s.next, 0
	return nil
}
