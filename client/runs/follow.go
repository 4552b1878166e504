package runs

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Follow polls the logs and yields the log of every finished run once, until
// the context ends. It yields the oldest logs first, and those of one page in
// the order in which the runs ended.
//
// Follow starts at position: new(Position) for all logs, or [At] a time. It
// records every log in the position before it yields the log. If a program
// saves the position after it has handled a log, it gets after a crash all logs
// again that it had not handled.
//
// If a poll fails, Follow yields the error without a log. If the loop
// continues, it polls again, with exponential backoff. It also yields errors
// that it reports, such as [ErrStuck]. When the context ends, it yields the
// context's error and returns. If an argument or an option is invalid, it
// yields an [*api.ArgumentError] and returns. It sends nothing then.
//
// Saving a position after each log writes all logs within the overlap each
// time. A [Receiver] with [WithPositionFile] writes only what has changed.
func Follow(ctx context.Context, c *client.Client, position *Position, opts ...FollowOption) iter.Seq2[*client.PeriodicAgentLog, error] {
	return func(yield func(*client.PeriodicAgentLog, error) bool) {
		f, err := followerOf(ctx, c, position, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		isStopped := false
		f.save = func(context.Context) { f.tracker.takeChanges() }
		f.report = func(_ context.Context, err error) { isStopped = isStopped || !yield(nil, err) }
		f.deliver = func(_ context.Context, log *client.PeriodicAgentLog) error {
			if isStopped {
				return errStopped
			}
			if f.tracker.claim(log.ID, created(log), time.Time{}) != isNew {
				return nil
			}
			f.tracker.finish(log.ID)
			if isStopped = !yield(log, nil); isStopped {
				return errStopped
			}
			return nil
		}
		for failures := 0; ; {
			_, err := f.poll(ctx)
			switch {
			case isStopped:
				return
			case err == nil:
				failures = 0
			case ctx.Err() != nil: // sleep returns its error
			case !yield(nil, err) || isArgumentError(err):
				return
			default:
				failures++
			}
			if err := sleep(ctx, backoff(f.interval, max(f.interval, maxBackoff), failures), nil); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// errStopped ends a poll when the loop has ended.
var errStopped = errors.New("the loop has ended")

func followerOf(ctx context.Context, c *client.Client, position *Position, opts []FollowOption) (*follower, error) {
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
	if err := s.checkCall(c); err != nil { //nolint:contextcheck // it sends nothing
		return nil, err
	}
	return newFollower(s, c, position), nil
}
