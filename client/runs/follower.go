package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const (
	// maxOverlap bounds the overlap that follows from logs that appeared late.
	maxOverlap = time.Hour
	// maxLogs bounds the number of logs that a position holds.
	maxLogs = 1_000_000
	// maxGets is the number of logs that are requested one by one even if pages
	// would be cheaper.
	maxGets = 10
	// maxReadOn is the number of pages that are read before the overlap is read
	// again, after a restart.
	maxReadOn = 20
	// maxRetries is the number of failed runs that one poll hands out again.
	maxRetries = 100
	// maxReports is the number of unreadable logs that are remembered, so that
	// each is reported once.
	maxReports = 1000
)

// follower polls the logs.
type follower struct {
	*lister
	tracker *tracker
	// deliver hands out the log of a finished run. If it returns an error, the
	// poll ends with it.
	deliver func(context.Context, *client.PeriodicAgentLog) error
	// save saves the changes of the position.
	save func(context.Context)
	// report is called with errors that don't end the poll.
	report func(context.Context, error)
	// startsNow means that the position is to be set to the service's present.
	startsNow bool

	// begun means that a poll has begun to read the logs.
	begun bool
	// What the last complete poll has found.
	polled bool
	count  int64
	date   time.Time // the service's time

	// resume is the index at which an interrupted reading of the overlap
	// continues, or 0.
	resume  int64
	wholeAt time.Time     // when the whole overlap was last read, by the program's clock
	extra   time.Duration // the overlap that logs have needed that appeared late
	// isUnsorted means that the service does not sort the list as requested.
	isUnsorted bool
	// reported has the unreadable logs that were reported.
	reported map[string]bool
}

func newFollower(s *settings, c *client.Client, position *Position) *follower {
	return &follower{lister: newLister(s, c), tracker: position.init(), reported: map[string]bool{}}
}

// poll is one poll of the logs.
type poll struct {
	*follower
	now    time.Time // the service's time
	since  time.Time // of the position
	oldID  int64     // the highest id of the logs before the position
	latest time.Time // the latest time of creation that is not ahead of now
	count  int64     // the number of logs in the list
	found  int       // the number of new logs
	// finished is the number of runs that were handed out.
	finished int
	// resolved has the open logs that were seen.
	resolved map[int64]bool
	isWhole  bool // whether the whole overlap was read
	// until is the time that a former process has reached, if this poll has read on
	// from there to the end: then it need not read the logs after it again.
	until   time.Time
	lacksID bool
}

// errUnsorted is returned by poll.walk if the list is not sorted as requested.
var errUnsorted = errors.New("the list is not sorted")

// poll hands out the logs of the runs that have finished since the last poll.
// It advances the position if it has proven that it misses none.
func (f *follower) poll(ctx context.Context) (*poll, error) {
	f.requests = 0
	p := &poll{follower: f, resolved: map[int64]bool{}}
	head, err := f.head(ctx)
	switch {
	case err == nil:
		p.count = head.count
		p.observe(head)
	case !isUnreadable(err) || f.startsNow:
		return p, err
	default:
		head, p.count = nil, f.count
	}
	if f.startsNow {
		if err := p.start(ctx, head); err != nil {
			return p, err
		}
	}
	p.since, _ = f.tracker.bounds()
	p.checkAhead(ctx)
	if err := p.read(ctx, head); err != nil {
		return p, err
	}
	if err := p.retry(ctx); err != nil {
		return p, err
	}
	p.complete(ctx)
	if p.lacksID {
		return p, ErrNoLogID
	}
	return p, nil
}

// observe learns the service's time and the latest logs from a page. Without a
// Date header, the logs themselves are the clock.
func (p *poll) observe(head *page) {
	for _, log := range head.logs {
		p.latest = later(p.latest, created(log))
	}
	p.now = head.date
	if p.now.IsZero() {
		p.now = p.latest
	}
	p.latest = earlier(p.latest, p.now)
}

// start sets the position to the service's present. Runs that have begun and
// not finished come after it.
func (p *poll) start(ctx context.Context, head *page) error {
	highest := int64(0)
	if p.count == 0 {
		highest = -1
	}
	for _, log := range head.logs {
		highest = max(highest, log.ID)
	}
	running := map[int64]time.Time{}
	err := p.readRunning(ctx, time.Time{}, func(log *client.PeriodicAgentLog) error {
		if log.ID > 0 && !isFinished(log) {
			running[log.ID] = p.createdAt(log)
			highest = max(highest, log.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.tracker.start(p.now, highest)
	for id, created := range running {
		p.tracker.watch(id, created, p.now, true)
		p.resolved[id] = true
	}
	p.startsNow = false
	p.polled, p.follower.count, p.wholeAt = true, p.count, time.Now()
	p.save(ctx)
	return nil
}

// checkAhead reports a position that is ahead of the service, and moves it back
// to the service's present: otherwise nothing would come until then.
func (p *poll) checkAhead(ctx context.Context) {
	if p.polled || p.now.IsZero() || !p.since.After(p.now.Add(p.interval)) {
		return
	}
	p.report(ctx, fmt.Errorf("%w: it is at %s, and the service's time is %s; continuing from there",
		ErrPositionAhead, p.since.UTC().Format(time.RFC3339), p.now.UTC().Format(time.RFC3339)))
	_, oldID := p.tracker.bounds()
	p.tracker.restart(p.now, oldID)
	p.since = p.now
}

// read reads what is new: from the head alone if that is enough, otherwise from
// the pages since the last poll, and if these don't account for all logs, or at
// times, from the whole overlap.
func (p *poll) read(ctx context.Context, head *page) error {
	start := int64(-1) // the index of the first log to read; below 0: none
	isWhole := !p.polled || head == nil || time.Since(p.wholeAt) >= p.reread
	switch {
	case head != nil && head.last: // it has the whole list
		p.isWhole, isWhole = isWhole, false
	case !isWhole:
		fresh, isAll := p.countNew(head)
		switch added := head.count - p.follower.count; {
		case fresh == 0 && added <= 0, isAll && fresh >= added: // the head is enough
		case fresh == 0 || p.isUnsorted:
			isWhole = true
		default:
			start = p.indexOf(p.latest.Add(1))
		}
	}
	missing, err := p.findFinished(ctx, head, isWhole)
	if err != nil {
		return err
	}
	if !isWhole && len(missing) > maxGets {
		first := p.indexOf(missing[0].created)
		if (p.count-first)/p.size < int64(len(missing)) && (start < 0 || first < start) {
			start = first
		}
	}
	if !isWhole && start >= 0 {
		if err := p.walk(ctx, start, head, newWalk); err != nil && !errors.Is(err, errUnsorted) {
			return err
		} else if err != nil || int64(p.found) < p.count-p.follower.count {
			isWhole = true
		}
	}
	if isWhole && !p.begun {
		if p.until = p.tracker.reachedAt(); p.until.After(p.since) && p.tracker.size() < maxLogs/2 {
			if err := p.readOn(ctx, head); err != nil {
				return err
			}
		} else {
			p.until = time.Time{}
		}
	}
	p.begun = true
	if isWhole {
		if err := p.readWhole(ctx, head); err != nil {
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

// countNew returns how many logs of the head are new, and whether no other log
// can be new unless it is dated before them.
func (p *poll) countNew(head *page) (fresh int64, isAll bool) {
	isAll = head.last
	for i, log := range head.logs {
		known := p.tracker.know(log.ID, created(log))
		if known == isNew || p.tracker.isUnlisted(log.ID) {
			fresh++
		} else if i == len(head.logs)-1 {
			isAll = true
		}
	}
	return fresh, isAll
}

// indexOf returns the index of the last log before t, as far as the position
// knows the logs since then.
func (p *poll) indexOf(t time.Time) int64 {
	count := p.count
	if p.polled { // then the position does not know later logs
		count = min(count, p.follower.count)
	}
	return max(0, count-1-p.tracker.countCreatedSince(t))
}

// readOn reads on, after a restart, where the last process has ended. A process
// that is killed before it could have read the overlap makes progress, too.
func (p *poll) readOn(ctx context.Context, head *page) error {
	err := p.walk(ctx, p.indexOf(p.until), head, readOnWalk)
	if errors.Is(err, errUnsorted) {
		p.until = time.Time{} // the whole list is to be read
		return nil
	}
	return err
}

// readWhole reads all logs since the position's time.
func (p *poll) readWhole(ctx context.Context, head *page) error {
	p.isWhole = true
	start := int64(0)
	if !p.since.IsZero() && !p.isUnsorted {
		start = cmp.Or(p.resume, p.indexOf(p.since))
	}
	err := p.walk(ctx, start, head, wholeWalk)
	if errors.Is(err, errUnsorted) {
		p.isUnsorted = true
		p.report(ctx, ErrUnsortedList)
		err = p.walk(ctx, 0, head, wholeWalk)
	}
	if err != nil {
		return err
	}
	added := p.count - p.follower.count
	if !p.polled || int64(p.found) >= added || p.isUnsorted {
		return nil
	}
	// Logs have appeared before the position. Those with the highest ids are new.
	if err := p.walk(ctx, start-10*p.size, head, newWalk); err != nil {
		return err
	}
	if lost := p.count - p.follower.count - int64(p.found); lost > 0 {
		p.report(ctx, fmt.Errorf("%w: %d since the last poll", ErrLateLogs, lost))
	}
	return nil
}

// walkKind says where a walk must begin.
type walkKind int

const (
	newWalk    walkKind = iota // with a known log
	readOnWalk                 // with a known log before the time that was reached
	wholeWalk                  // with a log before the position's time; it advances the position
)

// walk visits the logs from an index on.
func (p *poll) walk(ctx context.Context, start int64, head *page, kind walkKind) error {
	isWhole := kind == wholeWalk
	w := &walk{lister: p.lister, report: func(key string, err error) { p.reportOnce(ctx, key, err) }}
	w.isKnown = func(log *client.PeriodicAgentLog) bool {
		return p.tracker.know(log.ID, created(log)) != isNew && !p.tracker.isUnlisted(log.ID)
	}
	w.isAnchor = w.isKnown
	if isWhole {
		w.isAnchor = func(log *client.PeriodicAgentLog) bool {
			return p.isUnsorted || created(log).Before(p.since) && w.isKnown(log)
		}
	}
	if kind == readOnWalk {
		w.isAnchor = func(log *client.PeriodicAgentLog) bool { return created(log).Before(p.until) && w.isKnown(log) }
	}
	w.begin(start, head)
	w.overlaps = p.isUnsorted
	isDescending := p.isUnsorted
	for pages := 1; ; pages++ {
		page, fresh, err := w.read(ctx)
		if err != nil {
			return err
		}
		if !w.isAscending && !p.isUnsorted {
			return errUnsorted
		}
		isDescending = isDescending && w.isDescending
		if err := p.visit(ctx, fresh); err != nil {
			return err
		}
		isProven, movedBack, err := w.check(ctx, page.last)
		switch {
		case err != nil:
			return err
		case movedBack:
			continue
		}
		p.count = page.count
		if isProven && kind == readOnWalk {
			p.tracker.reach(earlier(w.lastCreated, p.now))
			p.save(ctx)
			if pages >= maxReadOn && !page.last {
				p.until = time.Time{} // it goes on from the position's time, and advances that
				return nil
			}
		}
		if isProven && isWhole && !p.isUnsorted {
			if !p.until.IsZero() && w.lastCreated.After(p.until) {
				p.until = time.Time{} // from here on, the logs were read before
				return nil
			}
			p.advance(ctx, earlier(w.lastCreated, p.now))
			since, _ := p.tracker.bounds()
			p.resume = max(0, page.end()-1-p.tracker.countCreatedSince(since))
		}
		if page.last || isDescending && w.lastCreated.Before(p.since) {
			return nil
		}
	}
}

// visit hands out the finished runs among some logs, in the order in which they
// ended, and remembers those that have not finished.
func (p *poll) visit(ctx context.Context, logs []*client.PeriodicAgentLog) error {
	var finished []*client.PeriodicAgentLog
	for _, log := range logs {
		if log.ID < 1 {
			p.lacksID = true
			continue
		}
		if created := created(log); !created.After(p.now) {
			p.latest = later(p.latest, created)
		}
		if p.tracker.list(log.ID, created(log)) {
			p.found++
		}
		known := p.tracker.know(log.ID, created(log))
		if known == isOld {
			p.oldID = max(p.oldID, log.ID)
		}
		if known == isDone || known == isOld {
			continue
		}
		p.resolved[log.ID] = true
		if known == isNew {
			p.found++
			p.measureDelay(log)
			if p.tracker.size() >= maxLogs {
				return fmt.Errorf("%w: %d", ErrTooManyLogs, maxLogs)
			}
		}
		if p.tracker.watch(log.ID, p.createdAt(log), time.Now(), !isFinished(log)) {
			finished = append(finished, log)
		}
	}
	slices.SortStableFunc(finished, func(a, b *client.PeriodicAgentLog) int {
		return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(a.ID, b.ID))
	})
	for _, log := range finished {
		if err := p.handOut(ctx, log); err != nil {
			return err
		}
	}
	return nil
}

func (p *poll) handOut(ctx context.Context, log *client.PeriodicAgentLog) error {
	p.finished++
	return p.deliver(ctx, log)
}

// measureDelay extends the overlap if a log has appeared after a poll that was
// made much later than the log is dated.
func (p *poll) measureDelay(log *client.PeriodicAgentLog) {
	if p.date.IsZero() || created(log).IsZero() {
		return
	}
	if delay := p.date.Sub(created(log)); 2*delay > p.overlap {
		p.extra = max(p.extra, min(2*delay-p.overlap, maxOverlap))
	}
}

// advance moves the position to the overlap before t, and saves it.
func (p *poll) advance(ctx context.Context, t time.Time) {
	if !t.IsZero() {
		p.tracker.advance(t, p.overlap+p.extra)
	}
	p.save(ctx)
}

// findFinished returns the running logs of earlier polls that are no longer
// running, as far as the service's list of running logs tells, the oldest first.
func (p *poll) findFinished(ctx context.Context, head *page, isWhole bool) ([]dueLog, error) {
	if head != nil {
		for _, log := range head.logs {
			p.resolved[log.ID] = true
		}
	}
	watched := p.tracker.selectOpen(func(log *openLog) bool { return log.isRunning && (isWhole || !log.isStuck) })
	watched = slices.DeleteFunc(watched, func(log dueLog) bool { return p.resolved[log.id] })
	if len(watched) == 0 {
		return nil, nil
	}
	isRunning := map[int64]bool{}
	err := p.readRunning(ctx, watched[0].created, func(log *client.PeriodicAgentLog) error {
		if !isFinished(log) {
			isRunning[log.ID] = true
		}
		return nil
	})
	return slices.DeleteFunc(watched, func(log dueLog) bool { return isRunning[log.id] }), err
}

// readRunning lists the running logs that were created at since or later.
func (p *poll) readRunning(ctx context.Context, since time.Time, visit func(*client.PeriodicAgentLog) error) error {
	seen := map[int64]bool{}
	stalled := 0
	for number, size := int64(1), p.size; ; number++ {
		page, err := p.list(ctx, newestFirst, api.StatusRunning, number, size)
		switch {
		case isNotFound(err) && number > 1:
			return nil
		case isUnreadable(err) && size > 1 && !p.isFixed:
			number, size = 0, size/2
			continue
		case err != nil:
			return err
		}
		if n := int64(len(page.logs)); !page.last {
			size = n
		}
		fresh, isPast := 0, false
		for _, log := range page.logs {
			if !seen[log.ID] {
				fresh++
			}
			seen[log.ID] = true
			isPast = isPast || created(log).Before(since) && !created(log).IsZero()
			if err := visit(log); err != nil {
				return err
			}
		}
		switch {
		case page.last, isPast:
			return nil
		case fresh > 0:
			stalled = 0
		default:
			if stalled++; stalled > maxStalled {
				return ErrUnstableList
			}
		}
		if len(seen) > maxLogs {
			return fmt.Errorf("%w: %d", ErrTooManyLogs, maxLogs)
		}
	}
}

// getMissing requests the logs that no page had.
func (p *poll) getMissing(ctx context.Context, missing []dueLog) error {
	for _, log := range missing {
		if p.resolved[log.id] {
			continue
		}
		if err := p.getOpen(ctx, log.id); err != nil {
			return err
		}
	}
	return nil
}

// retry requests the logs of runs that are to be handled again.
func (p *poll) retry(ctx context.Context) error {
	now := time.Now()
	due := p.tracker.selectOpen(func(log *openLog) bool { return !log.isRunning && !log.isClaimed && !log.retryAt.After(now) })
	for _, log := range due[:min(len(due), maxRetries)] {
		if err := p.getOpen(ctx, log.id); err != nil {
			return err
		}
	}
	return nil
}

// getOpen requests an open log and hands it out if its run has finished.
func (p *poll) getOpen(ctx context.Context, id int64) error {
	log, err := p.get(ctx, id)
	switch {
	case isNotFound(err):
		p.tracker.drop(id) // it was deleted with its agent
		return nil
	case errors.Is(err, client.ErrBodyTooLarge):
		p.reportOnce(ctx, fmt.Sprint(id), fmt.Errorf("%w: log %d: %w", ErrUnreadableLog, id, err))
		p.tracker.drop(id)
		return nil
	case err != nil:
		return fmt.Errorf("runs: log %d, which is still to be handled: %w", id, err)
	case !p.tracker.watch(id, p.createdAt(log), time.Now(), !isFinished(log)):
		return nil
	}
	return p.handOut(ctx, log)
}

// complete ends a poll that has missed nothing.
func (p *poll) complete(ctx context.Context) {
	p.polled, p.follower.count, p.resume = true, p.count, 0
	p.tracker.observeOld(p.oldID)
	if !p.now.IsZero() {
		p.date = p.now
	}
	if p.isWhole {
		p.wholeAt = time.Now()
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

// reportOnce reports the error of a log that can't be read, unless it was
// reported before.
func (p *poll) reportOnce(ctx context.Context, key string, err error) {
	if p.reported[key] || len(p.reported) >= maxReports {
		return
	}
	p.reported[key] = true
	p.report(ctx, err)
}

// createdAt returns the time of creation for the position, which is never zero.
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

// isFinished reports whether a run has finished. A run with an unknown status
// has finished if it has an end.
func isFinished(log *client.PeriodicAgentLog) bool {
	switch normalize(log.Status) {
	case api.StatusSuccess, api.StatusError:
		return true
	case api.StatusRunning:
		return false
	default:
		return log.EndTime != nil && !log.EndTime.IsZero()
	}
}

// created returns the time of creation of a log or, if it is unknown, the start
// of the run.
func created(log *client.PeriodicAgentLog) time.Time {
	if log.CreatedAt.IsZero() {
		return log.StartTime.Time
	}
	return log.CreatedAt.Time
}

// ended returns the end of a run or, if it is unknown, the time of creation of
// the log.
func ended(log *client.PeriodicAgentLog) time.Time {
	if log.EndTime == nil || log.EndTime.IsZero() {
		return created(log)
	}
	return log.EndTime.Time
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
