package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client"
)

const (
	// maxOverlap limits the extension of the overlap.
	maxOverlap = time.Hour
	// maxLogs limits the number of logs in a position.
	maxLogs = 1_000_000
	// maxGets is the number of logs that are always requested one by one, even if
	// requesting pages would be cheaper.
	maxGets = 10
	// maxStartReads limits how often the list of running logs is read at the start
	// if runs finish in the meantime.
	maxStartReads = 3
	// maxPagesFromReached is the number of pages that are read after a restart
	// before the overlap is read again.
	maxPagesFromReached = 20
	// defaultMaxRetries limits the number of failed runs that are retried in one
	// poll, so that new runs don't wait long for them.
	defaultMaxRetries = 100
	// maxReports limits the number of unreadable logs that are remembered, so that
	// each is reported once.
	maxReports = 1000
)

// follower polls the logs.
type follower struct {
	*lister
	tracker *tracker
	// deliver is called with the log of each finished run. If it returns an error,
	// the poll ends with that error.
	deliver func(context.Context, *client.PeriodicAgentLog) error
	// save saves the changes of the position.
	save func(context.Context)
	// report is called with errors that don't end the poll.
	report func(context.Context, error)
	// startAtPresent means that the next poll sets the position to the service's
	// present.
	startAtPresent bool
	// maxRetries limits the number of failed runs that are retried in one poll.
	maxRetries int

	// hasRead means that a poll has already read the logs.
	hasRead bool
	// The results of the last complete poll.
	hasPolled bool
	count     int64
	date      time.Time // the service's time

	// resumeIndex is the index at which the overlap is read again after an
	// interruption, or 0.
	resumeIndex      int64
	overlapReadAt    time.Time     // when the overlap was last read, by the program's clock
	overlapExtension time.Duration // the extension of the overlap, since logs appeared late
	// isUnsorted means that the service ignores the requested ordering.
	isUnsorted bool
	// reported holds the unreadable logs that were already reported.
	reported map[string]bool
}

func newFollower(s *settings, c *client.Client, position *Position) *follower {
	f := &follower{lister: newLister(s, c), tracker: position.init(), maxRetries: defaultMaxRetries, reported: map[string]bool{}}
	if s.watchdog != nil {
		// After a restart, the watchdog needs the logs of the due times that it has not judged.
		f.overlapExtension = max(0, s.watchdog.grace+2*s.watchdog.earlyStart()-s.overlap)
	}
	return f
}

// poll is one poll of the logs.
type poll struct {
	*follower
	now    time.Time // the service's time
	since  time.Time // the position's time
	oldID  int64     // the highest id seen of logs before the position
	latest time.Time // the latest time of creation that is not after now
	count  int64     // the number of logs in the list
	found  int       // the number of new logs
	// finished is the number of logs that were delivered.
	finished int
	// resolved holds the ids of the open logs that were found in this poll.
	resolved       map[int64]bool
	hasReadOverlap bool // whether the overlap was read
	// until is the time that a previous process reached, if this poll has read all
	// logs since then. The overlap needs to be read only up to until.
	until   time.Time
	lacksID bool
}

// errUnsorted is returned by poll.scan if the list is not sorted as requested.
var errUnsorted = errors.New("the list is not sorted")

// poll delivers the logs of the runs that have finished since the last poll. It
// advances the position if it has verified that no log was skipped.
func (f *follower) poll(ctx context.Context) (*poll, error) {
	f.requests = 0
	_ = f.reportErrors(ctx)
	p := &poll{follower: f, resolved: map[int64]bool{}}
	head, err := f.head(ctx)
	switch {
	case err == nil:
		p.count = head.count
		p.recordNewest(head)
	case !isUnreadable(err) || f.startAtPresent:
		return p, err
	default:
		head, p.count = nil, f.count
	}
	if f.startAtPresent {
		if err := p.start(ctx, head); err != nil {
			return p, err
		}
	}
	p.since, _ = f.tracker.bounds()
	p.checkAhead(ctx)
	f.watchdog.begin(p.since, p.now)
	if err := p.read(ctx, head); err != nil {
		return p, err
	}
	if err := p.retry(ctx); err != nil {
		return p, err
	}
	p.complete(ctx)
	f.watchdog.complete(p.now)
	if p.lacksID {
		return p, ErrNoLogID
	}
	return p, nil
}

// recordNewest records the service's time and the latest time of creation.
// Without a Date header, the latter is used as the service's time.
func (p *poll) recordNewest(head *page) {
	for _, log := range head.logs {
		p.latest = later(p.latest, created(log))
	}
	p.now = head.date
	if p.now.IsZero() {
		p.now = p.latest
	}
	p.latest = earlier(p.latest, p.now)
}

// start sets the position to the service's present. Runs that are in progress
// count as after it.
func (p *poll) start(ctx context.Context, head *page) error {
	highest := int64(0)
	if p.count == 0 {
		highest = -1
	}
	for _, log := range head.logs {
		highest = max(highest, log.ID)
	}
	running := map[int64]time.Time{}
	for range maxStartReads {
		isStable, err := p.readRunning(ctx, time.Time{}, func(log *client.PeriodicAgentLog) error {
			if log.ID > 0 && !isFinished(log) {
				running[log.ID] = p.createdAt(log)
				highest = max(highest, log.ID)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if isStable {
			break
		}
	}
	p.tracker.start(p.now, highest)
	for id, created := range running {
		p.tracker.addOpen(id, created, p.now, true)
		p.resolved[id] = true
	}
	p.startAtPresent = false
	p.hasPolled, p.follower.count, p.overlapReadAt = true, p.count, time.Now()
	p.save(ctx)
	return nil
}

// checkAhead reports a position that is ahead of the service's clock, and moves
// it back to the service's present. Otherwise no log would be new until the
// service's clock catches up.
func (p *poll) checkAhead(ctx context.Context) {
	if p.hasPolled || p.now.IsZero() || !p.since.After(p.now.Add(p.interval)) {
		return
	}
	p.report(ctx, fmt.Errorf("%w: it is at %s, and the service's time is %s; continuing from there",
		ErrPositionAhead, p.since.UTC().Format(time.RFC3339), p.now.UTC().Format(time.RFC3339)))
	_, oldID := p.tracker.bounds()
	p.tracker.moveBack(p.now, oldID)
	p.since = p.now
}

// read reads the new logs. It uses the head only if that is sufficient, and
// otherwise the pages since the last poll. If the number of new logs does not
// match the size of the list, or if a reread is due, it reads the whole
// overlap.
func (p *poll) read(ctx context.Context, head *page) error {
	start := int64(-1) // the index of the first log to read, or -1 to read no pages
	needsOverlap := !p.hasPolled || head == nil || time.Since(p.overlapReadAt) >= p.reread
	switch {
	case head != nil && head.last: // the head is the whole list
		p.hasReadOverlap, needsOverlap = needsOverlap, false
	case !needsOverlap:
		fresh, isAll := p.countNew(head)
		switch added := head.count - p.follower.count; {
		case fresh == 0 && added <= 0, isAll && fresh >= added: // the head is sufficient
		case fresh == 0 || p.isUnsorted:
			needsOverlap = true
		default:
			start = p.indexOf(p.latest.Add(1))
		}
	}
	missing, err := p.findFinished(ctx, head, needsOverlap)
	if err != nil {
		return err
	}
	if !needsOverlap && len(missing) > maxGets {
		first := p.indexOf(missing[0].created)
		if (p.count-first)/p.size < int64(len(missing)) && (start < 0 || first < start) {
			start = first
		}
	}
	if !needsOverlap && start >= 0 {
		if err := p.scan(ctx, start, head, scanNew); err != nil && !errors.Is(err, errUnsorted) {
			return err
		} else if err != nil || int64(p.found) < p.count-p.follower.count {
			needsOverlap = true
		}
	}
	if needsOverlap && !p.hasRead {
		if p.until = p.tracker.reachedAt(); p.until.After(p.since) && p.tracker.size() < maxLogs/2 {
			if err := p.readFromReached(ctx, head); err != nil {
				return err
			}
		} else {
			p.until = time.Time{}
		}
	}
	p.hasRead = true
	if needsOverlap {
		if err := p.readOverlap(ctx, head); err != nil {
			return err
		}
	}
	if head != nil {
		if err := p.visit(ctx, head.logs); err != nil {
			return err
		}
	}
	return p.getMissing(ctx, missing)
}

// countNew returns the number of new logs in the head. It also reports whether
// the head contains all new logs, except those that are dated before it.
func (p *poll) countNew(head *page) (fresh int64, isAll bool) {
	isAll = head.last
	for i, log := range head.logs {
		class := p.tracker.classify(log.ID, created(log))
		if class == logNew || p.tracker.isUnlisted(log.ID) {
			fresh++
		} else if i == len(head.logs)-1 {
			isAll = true
		}
	}
	return fresh, isAll
}

func (p *poll) deliverRun(ctx context.Context, log *client.PeriodicAgentLog) error {
	p.finished++
	return p.deliver(ctx, log)
}

// measureDelay extends the overlap if a new log is dated long before the last
// poll, which did not find it.
func (p *poll) measureDelay(log *client.PeriodicAgentLog) {
	if p.date.IsZero() || created(log).IsZero() {
		return
	}
	if delay := p.date.Sub(created(log)); 2*delay > p.overlap {
		p.overlapExtension = max(p.overlapExtension, min(2*delay-p.overlap, maxOverlap))
	}
}

// advance moves the position to t minus the overlap, and saves it.
func (p *poll) advance(ctx context.Context, t time.Time) {
	if !t.IsZero() {
		p.tracker.advance(t, p.overlap+p.overlapExtension)
	}
	p.save(ctx)
}

// complete ends a poll in which no log was skipped.
func (p *poll) complete(ctx context.Context) {
	p.hasPolled, p.follower.count, p.resumeIndex = true, p.count, 0
	p.tracker.recordOldID(p.oldID)
	if !p.now.IsZero() {
		p.date = p.now
	}
	if p.hasReadOverlap {
		p.overlapReadAt = time.Now()
	}
	stuck := p.tracker.selectOpen(func(log *openLog) bool {
		return log.isRunning && !log.isStuck && log.created.Before(p.now.Add(-p.stuckAfter))
	})
	p.tracker.markStuck(stuck)
	for _, log := range stuck {
		p.report(ctx, fmt.Errorf("%w: log %d, since %s", ErrStuck, log.id, log.created.UTC().Format(time.RFC3339)))
	}
	p.advance(ctx, p.latest)
}

// reportOnce reports an unreadable log unless it was already reported.
func (p *poll) reportOnce(ctx context.Context, key string, err error) {
	if p.reported[key] || len(p.reported) >= maxReports {
		return
	}
	p.reported[key] = true
	p.report(ctx, err)
}

// createdAt returns the time of creation of a log for the position. If the time
// is unknown, it returns an estimate, which is never zero.
func (p *poll) createdAt(log *client.PeriodicAgentLog) time.Time {
	t := created(log)
	if t.IsZero() {
		t = later(p.now, p.since)
	}
	if t.IsZero() {
		t = time.Unix(0, 0).UTC()
	}
	return t.Truncate(time.Microsecond)
}
