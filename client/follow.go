package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// Cursor is how far a program has followed the logs. It can be kept as JSON and
// given back after a restart. The zero Cursor stands before the first log, and
// Cursor{Since: t} before the first that was created at t or later.
type Cursor struct {
	// Since is the time of creation from which on logs are looked at. It trails
	// behind the newest log, since logs may show up late and out of order.
	Since time.Time `json:"since"`
	// Delivered are the logs since then that were yielded: when they were
	// created, by their ids.
	Delivered map[int64]time.Time `json:"delivered,omitempty"`
	// Running are the ids of logs that are still to be delivered, since their
	// runs had not finished.
	Running map[int64]bool `json:"running,omitempty"`
}

// Retry has the log with this id yielded once more, since the program could not
// handle it.
func (c *Cursor) Retry(id int64) {
	delete(c.Delivered, id)
	if c.Running == nil {
		c.Running = map[int64]bool{}
	}
	c.Running[id] = true
}

// FollowOptions say what to follow, and from where.
type FollowOptions struct {
	// Cursor is where to go on, and is moved on: each log is noted in it before
	// it is yielded. A program that keeps the cursor whenever it has handled a
	// log misses none, and after a crash sees again only what it had not kept.
	// Nil is for the zero Cursor.
	Cursor *Cursor
	// Interval is how long to wait between two looks: 10 s if not set.
	Interval time.Duration
	// Overlap is how long before the newest log another one may have been
	// created that shows up only now: 5 minutes if not set.
	Overlap time.Duration
	// Params narrow down what is followed. Ordering, Page and Status are set by
	// Follow itself.
	Params PeriodicAgentLogListParams
}

// Follow yields every run that has finished, each once, as they finish; what
// one look finds comes in the order of its end. It goes on until the context
// ends or the loop breaks.
//
// An error is yielded, and the next look comes all the same if the loop goes on:
// a program that must not stop logs the error and continues.
func (s *PeriodicAgentLogsService) Follow(ctx context.Context, options FollowOptions, opts ...CallOption) iter.Seq2[*PeriodicAgentLog, error] {
	return func(yield func(*PeriodicAgentLog, error) bool) {
		f, err := newFollower(s, options, opts)
		if ctx == nil {
			err = &ArgumentError{Argument: "ctx", Reason: "is nil"}
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			goOn, err := f.deliver(ctx, yield)
			if !goOn {
				return
			}
			if ctx.Err() == nil && err != nil && !yield(nil, err) {
				return
			}
			if err := sleep(ctx, f.options.Interval); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// follower goes over the logs again and again.
type follower struct {
	service *PeriodicAgentLogsService
	options FollowOptions
	opts    []CallOption
	cursor  *Cursor
}

func newFollower(s *PeriodicAgentLogsService, options FollowOptions, opts []CallOption) (*follower, error) {
	if options.Interval < 0 || options.Overlap < 0 {
		return nil, &ArgumentError{Argument: "FollowOptions", Reason: "has a negative Interval or Overlap"}
	}
	options.Interval = cmp.Or(options.Interval, 10*time.Second)
	options.Overlap = cmp.Or(options.Overlap, 5*time.Minute)
	options.Params.Ordering, options.Params.Page, options.Params.Status = "-created_at", 0, ""
	cursor := cmp.Or(options.Cursor, &Cursor{})
	if cursor.Delivered == nil {
		cursor.Delivered = map[int64]time.Time{}
	}
	if cursor.Running == nil {
		cursor.Running = map[int64]bool{}
	}
	return &follower{service: s, options: options, opts: opts, cursor: cursor}, nil
}

// deliver yields what one look finds, and moves the cursor behind it once all
// of it is delivered. It reports whether the loop goes on.
func (f *follower) deliver(ctx context.Context, yield func(*PeriodicAgentLog, error) bool) (goOn bool, err error) {
	found, err := f.look(ctx)
	for _, log := range found.finished {
		if found.stripped[log.ID] {
			whole, err := f.service.Get(ctx, log.ID, f.opts...)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return true, err
			}
			log = whole
		}
		delete(f.cursor.Running, log.ID)
		f.cursor.Delivered[log.ID] = created(log)
		if !yield(log, nil) {
			return false, nil
		}
	}
	if err == nil {
		f.advance(found.newest)
	}
	return true, err
}

// found is what one look at the logs finds.
type found struct {
	finished []*PeriodicAgentLog // not delivered yet
	stripped map[int64]bool      // those of them without their content
	seen     map[int64]bool
	newest   time.Time
}

// maxHeld is how many logs are held with their contents while a look goes on.
// Those that come on top are fetched once more when it is their turn.
const maxHeld = 1000

func (f *found) add(log *PeriodicAgentLog) {
	if len(f.finished) >= maxHeld {
		log = &PeriodicAgentLog{ID: log.ID, CreatedAt: log.CreatedAt, StartTime: log.StartTime, EndTime: log.EndTime}
		f.stripped[log.ID] = true
	}
	f.finished = append(f.finished, log)
}

// look finds the logs that have finished since the last look, in the order of
// their ends. With an error come those that were found before it.
func (f *follower) look(ctx context.Context) (*found, error) {
	found := &found{stripped: map[int64]bool{}, seen: map[int64]bool{}}
	err := f.lookAtNew(ctx, found)
	if err == nil {
		err = f.lookAtRunning(ctx, found)
	}
	slices.SortStableFunc(found.finished, func(a, b *PeriodicAgentLog) int {
		return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(a.ID, b.ID))
	})
	return found, err
}

// lookAtNew goes from the newest log back to those before the cursor. Where the
// service does not sort as it is asked to, it goes over all of them.
func (f *follower) lookAtNew(ctx context.Context, found *found) error {
	var before time.Time
	descending, ascending := false, false
	for log, err := range f.service.All(ctx, &f.options.Params, f.opts...) {
		if err != nil {
			return err
		}
		created := created(log)
		if len(found.seen) > 0 {
			descending = descending || created.Before(before)
			ascending = ascending || created.After(before)
		}
		before = created
		if created.After(found.newest) {
			found.newest = created
		}
		found.seen[log.ID] = true
		switch _, delivered := f.cursor.Delivered[log.ID]; {
		case f.isOld(created) && !f.cursor.Running[log.ID]:
			if descending && !ascending {
				return nil
			}
		case delivered:
		case isFinished(log):
			found.add(log)
		default:
			f.cursor.Running[log.ID] = true
		}
	}
	return nil
}

// lookAtRunning gets those of the running logs that lookAtNew has not seen.
func (f *follower) lookAtRunning(ctx context.Context, found *found) error {
	for id := range f.cursor.Running {
		if found.seen[id] {
			continue
		}
		log, err := f.service.Get(ctx, id, f.opts...)
		switch {
		case errors.Is(err, ErrNotFound):
			delete(f.cursor.Running, id) // it was deleted with its agent
		case err != nil:
			return fmt.Errorf("log %d, whose run had not finished: %w", id, err)
		case isFinished(log):
			found.add(log)
		}
	}
	return nil
}

// isOld reports whether a log created then was looked at before, and no longer
// is.
func (f *follower) isOld(created time.Time) bool {
	return !created.IsZero() && created.Before(f.cursor.Since)
}

// advance moves the cursor behind a whole look, and forgets what is before it.
func (f *follower) advance(newest time.Time) {
	if since := newest.Add(-f.options.Overlap); !newest.IsZero() && since.After(f.cursor.Since) {
		f.cursor.Since = since
	}
	for id, created := range f.cursor.Delivered {
		if f.isOld(created) {
			delete(f.cursor.Delivered, id)
		}
	}
}

// isFinished reports whether a run is over. A state that the SDK does not know
// is over when the run has an end.
func isFinished(log *PeriodicAgentLog) bool {
	switch log.Status {
	case api.StatusSuccess, api.StatusError:
		return true
	case api.StatusRunning, api.StatusPending:
		return false
	}
	return log.EndTime != nil && !log.EndTime.IsZero()
}

// created is when a log was created, as well as the service tells.
func created(log *PeriodicAgentLog) time.Time {
	if log.CreatedAt.IsZero() {
		return log.StartTime.Time
	}
	return log.CreatedAt.Time
}

// ended is when a run ended, as well as the service tells.
func ended(log *PeriodicAgentLog) time.Time {
	if log.EndTime == nil || log.EndTime.IsZero() {
		return created(log)
	}
	return log.EndTime.Time
}
