package runs

import (
	"errors"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
)

// What is remembered where no store is given: enough to tell a run that both a
// callback and a log tell of.
const (
	rememberedRuns = 100_000
	rememberedFor  = 24 * time.Hour
)

// Option sets up a Receiver.
type Option func(*Receiver) error

// WithStore sets what remembers the runs that were handled. One that outlives
// the process spares the function, after a restart, the runs that it had
// finished with; one that replicas share makes one receiver of them. If not
// set, the last 100,000 runs of a day are remembered in memory.
func WithStore(store callback.Store) Option {
	return func(r *Receiver) error {
		if store == nil {
			return errors.New("runs: WithStore is nil")
		}
		r.store = store
		return nil
	}
}

// WithCursorStore sets where the cursor is kept. If it is not set, a program
// begins with the runs of its start.
func WithCursorStore(cursors CursorStore) Option {
	return func(r *Receiver) error {
		if cursors == nil {
			return errors.New("runs: WithCursorStore is nil")
		}
		r.cursors = cursors
		return nil
	}
}

// WithCursorFile keeps the cursor in a file, which is written anew for every
// run. A program that starts without the file begins with the runs of its start.
func WithCursorFile(path string) Option {
	return func(r *Receiver) error {
		if path == "" {
			return errors.New("runs: WithCursorFile is empty")
		}
		r.cursors = cursorFile(path)
		return nil
	}
}

// WithFollow sets how the logs are followed: the interval, the overlap, and
// what to follow. Its Cursor is the cursor store's to give.
func WithFollow(options client.FollowOptions) Option {
	return func(r *Receiver) error {
		if options.Cursor != nil {
			return errors.New("runs: WithFollow has a Cursor; use WithCursorStore")
		}
		r.follow = options
		return nil
	}
}

// WithOnError sets a function that is told what Follow has failed at and tries
// again: the service's errors, the function's, and the store's.
func WithOnError(onError func(error)) Option {
	return func(r *Receiver) error {
		if onError == nil {
			return errors.New("runs: WithOnError is nil")
		}
		r.onError = onError
		return nil
	}
}
