package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// indexOf estimates the index of the last log before t from the logs in the
// position.
func (p *poll) indexOf(t time.Time) int64 {
	count := p.count
	if p.hasPolled { // the position does not have later logs
		count = min(count, p.follower.count)
	}
	return max(0, count-1-p.tracker.countCreatedSince(t))
}

// readFromReached continues after a restart at the time that the previous
// process reached. Therefore processes make progress even if each of them is
// killed before it could read the overlap.
func (p *poll) readFromReached(ctx context.Context, head *page) error {
	err := p.scan(ctx, p.indexOf(p.until), head, scanFromReached)
	if errors.Is(err, errUnsorted) {
		p.until = time.Time{} // the whole list must be read
		return nil
	}
	return err
}

// readOverlap reads all logs since the position's time.
func (p *poll) readOverlap(ctx context.Context, head *page) error {
	p.hasReadOverlap = true
	start := int64(0)
	if !p.since.IsZero() && !p.isUnsorted {
		start = cmp.Or(p.resumeIndex, p.indexOf(p.since))
	}
	err := p.scan(ctx, start, head, scanOverlap)
	if errors.Is(err, errUnsorted) {
		p.isUnsorted = true
		p.report(ctx, ErrUnsortedList)
		err = p.scan(ctx, 0, head, scanOverlap)
	}
	if err != nil {
		return err
	}
	added := p.count - p.follower.count
	if !p.hasPolled || int64(p.found) >= added || p.isUnsorted {
		return nil
	}
	// Logs have appeared before the position. Those with high ids are new.
	if err := p.scan(ctx, start-10*p.size, head, scanNew); err != nil {
		return err
	}
	if lost := p.count - p.follower.count - int64(p.found); lost > 0 {
		p.report(ctx, fmt.Errorf("%w: %d since the last poll", ErrLateLogs, lost))
	}
	return nil
}

// scanKind says which log a scan must start at or before.
type scanKind int

const (
	scanNew         scanKind = iota // a known log
	scanFromReached                 // a known log before the time that was reached
	scanOverlap                     // a log before the position's time; the scan advances the position
)

// scan visits the logs starting at an index.
func (p *poll) scan(ctx context.Context, start int64, head *page, kind scanKind) error {
	isOverlap := kind == scanOverlap
	s := &scan{lister: p.lister, report: func(key string, err error) { p.reportOnce(ctx, key, err) }}
	s.isKnown = func(log *client.PeriodicAgentLog) bool {
		return p.tracker.classify(log.ID, created(log)) != logNew && !p.tracker.isUnlisted(log.ID)
	}
	s.isAnchor = s.isKnown
	if isOverlap {
		s.isAnchor = func(log *client.PeriodicAgentLog) bool {
			return p.isUnsorted || created(log).Before(p.since) && s.isKnown(log)
		}
	}
	if kind == scanFromReached {
		s.isAnchor = func(log *client.PeriodicAgentLog) bool { return created(log).Before(p.until) && s.isKnown(log) }
	}
	s.begin(start, head)
	s.overlaps = p.isUnsorted
	isDescending := p.isUnsorted
	for pages := 1; ; pages++ {
		page, fresh, err := s.read(ctx)
		if err != nil {
			return err
		}
		if !s.isAscending && !p.isUnsorted {
			return errUnsorted
		}
		isDescending = isDescending && s.isDescending
		if err := p.visit(ctx, fresh); err != nil {
			return err
		}
		isProven, movedBack, err := s.check(ctx, page.last)
		switch {
		case err != nil:
			return err
		case movedBack:
			continue
		}
		p.count = page.count
		if isProven && kind == scanFromReached {
			p.tracker.recordReached(earlier(s.lastCreated, p.now))
			p.save(ctx)
			if pages >= maxPagesFromReached && !page.last {
				p.until = time.Time{} // continue from the position's time, which then advances
				return nil
			}
		}
		if isProven && isOverlap && !p.isUnsorted {
			if !p.until.IsZero() && s.lastCreated.After(p.until) {
				p.until = time.Time{} // the later logs were already read
				return nil
			}
			p.advance(ctx, earlier(s.lastCreated, p.now))
			since, _ := p.tracker.bounds()
			p.resumeIndex = max(0, page.end()-1-p.tracker.countCreatedSince(since))
		}
		if page.last || isDescending && s.lastCreated.Before(p.since) {
			return nil
		}
	}
}

// visit delivers the finished runs among logs in the order in which they ended,
// and records the other runs as open.
func (p *poll) visit(ctx context.Context, logs []*client.PeriodicAgentLog) error {
	var finished []*client.PeriodicAgentLog
	for _, log := range logs {
		if log.ID < 1 {
			p.lacksID = true
			continue
		}
		p.watchdog.observe(log)
		if created := created(log); !created.After(p.now) {
			p.latest = later(p.latest, created)
		}
		if p.tracker.markListed(log.ID, created(log)) {
			p.found++
		}
		class := p.tracker.classify(log.ID, created(log))
		if class == logOld {
			p.oldID = max(p.oldID, log.ID)
		}
		if class == logDone || class == logOld {
			continue
		}
		p.resolved[log.ID] = true
		if class == logNew {
			p.found++
			p.measureDelay(log)
			if p.tracker.size() >= maxLogs {
				return fmt.Errorf("%w: %d", ErrTooManyLogs, maxLogs)
			}
		}
		isDue := false
		if class == logOpen {
			isDue = p.tracker.updateOpen(log.ID, created(log), time.Now(), !isFinished(log))
		} else {
			isDue = p.tracker.addOpen(log.ID, p.createdAt(log), time.Now(), !isFinished(log))
		}
		if isDue {
			finished = append(finished, log)
		}
	}
	slices.SortStableFunc(finished, func(a, b *client.PeriodicAgentLog) int {
		return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(a.ID, b.ID))
	})
	for _, log := range finished {
		if err := p.deliverRun(ctx, log); err != nil {
			return err
		}
	}
	return nil
}
