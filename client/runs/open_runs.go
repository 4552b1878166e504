package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// findFinished returns the logs that were running in earlier polls and that are
// not in the service's list of running logs, oldest first.
func (p *poll) findFinished(ctx context.Context, head *page, needsOverlap bool) ([]logRef, error) {
	if head != nil {
		for _, log := range head.logs {
			p.resolved[log.ID] = true
		}
	}
	watched := p.tracker.selectOpen(func(log *openLog) bool { return log.isRunning && (needsOverlap || !log.isStuck) })
	watched = slices.DeleteFunc(watched, func(log logRef) bool { return p.resolved[log.id] })
	if len(watched) == 0 {
		return nil, nil
	}
	isRunning := map[int64]bool{}
	_, err := p.readRunning(ctx, watched[0].created, func(log *client.PeriodicAgentLog) error {
		if !isFinished(log) {
			isRunning[log.ID] = true
		}
		return nil
	})
	return slices.DeleteFunc(watched, func(log logRef) bool { return isRunning[log.id] }), err
}

// readRunning lists the running logs that were created at since or later. It
// reports whether the list had the same size on all pages: otherwise runs may
// have finished between two pages, so that a log was skipped.
func (p *poll) readRunning(ctx context.Context, since time.Time, visit func(*client.PeriodicAgentLog) error) (isStable bool, err error) {
	seen := map[int64]bool{}
	stalled := 0
	count := int64(0)
	isStable = true
	for number, size := int64(1), p.size; ; number++ {
		page, err := p.list(ctx, newestFirst, api.StatusRunning, number, size)
		switch {
		case isNotFound(err) && number > 1:
			return false, nil
		case isUnreadable(err) && size > 1 && !p.isFixed:
			number, size = 0, size/2
			continue
		case err != nil:
			return false, err
		}
		isStable = isStable && (number == 1 || page.count == count)
		count = page.count
		if n := int64(len(page.logs)); !page.last {
			size = n
		}
		fresh, isPast := 0, false
		for _, log := range page.logs {
			if !seen[log.ID] {
				fresh++
			}
			seen[log.ID] = true
			p.watchdog.observe(log)
			isPast = isPast || created(log).Before(since) && !created(log).IsZero()
			if err := visit(log); err != nil {
				return false, err
			}
		}
		switch {
		case page.last, isPast:
			return isStable, nil
		case fresh > 0:
			stalled = 0
		default:
			if stalled++; stalled > maxStalled {
				return false, ErrUnstableList
			}
		}
		if len(seen) > maxLogs {
			return false, fmt.Errorf("%w: %d", ErrTooManyLogs, maxLogs)
		}
	}
}

// getMissing requests the logs that no page contained.
func (p *poll) getMissing(ctx context.Context, missing []logRef) error {
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

// retry requests the logs of runs whose next attempt is due.
func (p *poll) retry(ctx context.Context) error {
	now := time.Now()
	due := p.tracker.selectOpen(func(log *openLog) bool { return !log.isRunning && !log.isClaimed && !log.retryAt.After(now) })
	for _, log := range due[:min(len(due), p.maxRetries)] {
		if err := p.getOpen(ctx, log.id); err != nil {
			return err
		}
	}
	return nil
}

// getOpen requests an open log and delivers it if its run has finished.
func (p *poll) getOpen(ctx context.Context, id int64) error {
	log, err := p.get(ctx, id)
	switch {
	case isNotFound(err):
		p.tracker.remove(id) // it was deleted with its agent
		p.watchdog.forget(id)
		return nil
	case errors.Is(err, client.ErrBodyTooLarge):
		p.reportOnce(ctx, fmt.Sprint(id), fmt.Errorf("%w: log %d: %w", ErrUnreadableLog, id, err))
		p.tracker.remove(id)
		return nil
	case err != nil:
		return fmt.Errorf("runs: log %d can't be requested: %w", id, err)
	}
	p.watchdog.observe(log)
	if !p.tracker.updateOpen(id, created(log), time.Now(), !isFinished(log)) {
		return nil
	}
	return p.deliverRun(ctx, log)
}
