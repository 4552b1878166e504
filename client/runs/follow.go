package runs

import (
	"context"
	"errors"
	"iter"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Follow polls the logs and yields the log of every finished run once, until
// the context ends. It yields the logs page by page, oldest first. The logs of
// one page are in the order in which the runs ended.
//
// Follow starts at position: use new(Position) for all logs, or [At] for a
// time. It records each log in the position before it yields the log. A program
// that saves the position each time it has handled a log receives all unhandled
// logs again after a crash.
//
// If a poll fails, Follow yields the error and a nil log. If the loop
// continues, Follow polls again, with exponential backoff. It also yields the
// errors that a Receiver would report, such as [ErrStuck]. When the context
// ends, it yields the context's error and returns. If an argument or an option
// is invalid, it yields an [*api.ArgumentError] and returns without sending a
// request.
//
// The saved text contains all logs within the overlap, so saving it after each
// log writes all of them each time. A [Receiver] with [WithPositionFile] writes
// only changes.
func Follow(ctx context.Context, c *client.Client, position *Position, opts ...FollowOption) iter.Seq2[*client.PeriodicAgentLog, error] {
	return func(yield func(*client.PeriodicAgentLog, error) bool) {
		f, err := buildFollower(ctx, c, position, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		running, err := f.startWatchdog(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = running.stop() }() // a function that hangs is reported below
		isStopped := false
		f.save = func(context.Context) { f.tracker.takeChanges() }
		f.report = func(_ context.Context, err error) { isStopped = isStopped || !yield(nil, err) }
		f.deliver = func(_ context.Context, log *client.PeriodicAgentLog) error {
			if isStopped {
				return errStopped
			}
			if !f.tracker.claimOpen(log.ID) {
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
				yield(nil, errors.Join(err, running.stop()))
				return
			}
		}
	}
}

// errStopped ends a poll after the caller has left the loop.
var errStopped = errors.New("the caller left the loop")

func buildFollower(ctx context.Context, c *client.Client, position *Position, opts []FollowOption) (*follower, error) {
	switch {
	case ctx == nil:
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case c == nil:
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	case position == nil:
		return nil, &api.ArgumentError{Argument: "position", Reason: "is nil: use new(Position) for all logs, or At for a time"}
	}
	s, err := applyOptions(defaultFollowInterval, opts, FollowOption.applyToFollow)
	if err != nil {
		return nil, err
	}
	if err := s.validateCall(c); err != nil { //nolint:contextcheck // it sends no request
		return nil, err
	}
	return newFollower(s, c, position), nil
}
