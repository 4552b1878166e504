package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Follow polls the logs and yields the log of every finished run once, until
// the context ends. It yields the logs of one poll in the order in which the
// runs ended.
//
// Follow starts at position: new(Position) for all logs, or [At] a time. It
// records every log in the position before it yields the log. If a program
// saves the position after it has handled a log, it gets after a crash all logs
// again that it had not handled.
//
// If a poll fails, Follow yields the error without a log. If the loop
// continues, it polls again, with exponential backoff. When the context ends,
// it yields the context's error and returns. If an argument or an option is
// invalid, it yields an [*api.ArgumentError] and returns. It sends nothing
// then.
func Follow(ctx context.Context, c *client.Client, position *Position, opts ...FollowOption) iter.Seq2[*client.PeriodicAgentLog, error] {
	return func(yield func(*client.PeriodicAgentLog, error) bool) {
		f, err := newFollower(ctx, c, position, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		for failures := 0; ; {
			_, err := f.poll(ctx, func(log *client.PeriodicAgentLog) bool { return yield(log, nil) })
			switch {
			case err == errStopped: //nolint:errorlint // poll returns it as it is
				return
			case err == nil:
				failures = 0
			case ctx.Err() != nil: // sleep returns its error
			case !yield(nil, err) || isArgumentError(err):
				return
			default:
				failures++
			}
			if err := sleep(ctx, backoff(f.interval, failures)); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

func newFollower(ctx context.Context, c *client.Client, position *Position, opts []FollowOption) (*follower, error) {
	switch {
	case ctx == nil:
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case c == nil:
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	case position == nil:
		return nil, &api.ArgumentError{Argument: "position", Reason: "is nil: give new(Position) for all logs, or At a time"}
	}
	s, err := applyOptions(defaultFollowInterval, opts, FollowOption.applyToFollow)
	if err != nil {
		return nil, err
	}
	return &follower{settings: s, client: c, position: position}, nil
}

// follower polls the logs.
type follower struct {
	*settings
	client   *client.Client
	position *Position
}

// errStopped is returned by poll when deliver returns false.
var errStopped = errors.New("the delivery was stopped")

// poll delivers the logs of the runs that have finished since the last poll and
// advances the position. It returns the number of these runs, also with an
// error.
func (f *follower) poll(ctx context.Context, deliver func(*client.PeriodicAgentLog) bool) (found int, err error) {
	p, err := f.find(ctx)
	found = len(p.finished)
	for _, log := range p.finished {
		if p.stripped[log.ID] {
			whole, err := f.get(ctx, log.ID)
			if isNotFound(err) {
				continue // the log was deleted with its agent
			}
			if err != nil {
				return found, err
			}
			log = whole
		}
		f.position.markDelivered(log.ID, created(log))
		if !deliver(log) {
			return found, errStopped
		}
	}
	if err == nil {
		f.position.advance(p.newest.Add(-f.overlap))
	}
	return found, err
}

// polled is the result of one poll.
type polled struct {
	finished []*client.PeriodicAgentLog // to be delivered
	stripped map[int64]bool             // those of them without their content, by id
	seen     map[int64]bool             // the listed logs, by id
	newest   time.Time                  // the time of creation of the newest log
	lacksID  bool                       // whether a log has no id
}

// maxHeld is the number of logs that a poll holds with their contents. The
// contents of the others are fetched when they are delivered.
const maxHeld = 1000

func (p *polled) add(log *client.PeriodicAgentLog) {
	if len(p.finished) >= maxHeld {
		log = &client.PeriodicAgentLog{ID: log.ID, CreatedAt: log.CreatedAt, StartTime: log.StartTime, EndTime: log.EndTime}
		p.stripped[log.ID] = true
	}
	p.finished = append(p.finished, log)
}

// find returns the logs of the runs that have finished since the last poll, in
// the order in which the runs ended. With an error, it returns those that it
// has found before.
func (f *follower) find(ctx context.Context) (*polled, error) {
	p := &polled{stripped: map[int64]bool{}, seen: map[int64]bool{}}
	err := f.findNew(ctx, p)
	if err == nil {
		err = f.findRunning(ctx, p)
	}
	if err == nil && p.lacksID {
		err = ErrNoLogID
	}
	slices.SortStableFunc(p.finished, func(a, b *client.PeriodicAgentLog) int {
		return cmp.Or(ended(a).Compare(ended(b)), cmp.Compare(a.ID, b.ID))
	})
	return p, err
}

// findNew lists the logs from the newest one to those before the position. If
// the service doesn't sort them as requested, it lists all.
func (f *follower) findNew(ctx context.Context, p *polled) error {
	params := f.params
	newestFirst := client.WithQuery("ordering", "-created_at") // which the client doesn't check
	var before time.Time
	descending, ascending := false, false
	for log, err := range f.client.PeriodicAgentLogs.All(ctx, &params, append(f.allOptions(), newestFirst)...) {
		if err != nil {
			return err
		}
		if log.ID < 1 {
			p.lacksID = true
			continue
		}
		created := created(log)
		if len(p.seen) > 0 {
			descending = descending || created.Before(before)
			ascending = ascending || created.After(before)
		}
		before = created
		if created.After(p.newest) {
			p.newest = created
		}
		p.seen[log.ID] = true
		switch _, delivered := f.position.delivered[log.ID]; {
		case f.position.isBefore(created) && !f.position.running[log.ID]:
			if descending && !ascending {
				return nil
			}
		case delivered:
		case isFinished(log):
			p.add(log)
		default:
			f.position.markRunning(log.ID)
		}
	}
	return nil
}

// findRunning gets the running logs that findNew has not listed.
func (f *follower) findRunning(ctx context.Context, p *polled) error {
	for id := range f.position.running {
		if p.seen[id] {
			continue
		}
		log, err := f.get(ctx, id)
		switch {
		case isNotFound(err):
			delete(f.position.running, id) // the log was deleted with its agent
		case err != nil:
			return fmt.Errorf("runs: log %d, which is still to be delivered: %w", id, err)
		case isFinished(log):
			p.add(log)
		}
	}
	return nil
}

func (f *follower) get(ctx context.Context, id int64) (*client.PeriodicAgentLog, error) {
	log, err := f.client.PeriodicAgentLogs.Get(ctx, id, f.callOptions...)
	if err == nil && log.ID != id {
		return nil, ErrNoLogID
	}
	return log, err
}

// isFinished reports whether a run has finished. A run with an unknown status
// has finished if it has an end.
func isFinished(log *client.PeriodicAgentLog) bool {
	switch log.Status {
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
