package client

import (
	"context"
	"sync"
	"time"
)

// gate holds back all calls of a client while the service limits the rate of
// requests: the limit is per user, so a 429 of one call applies to the others.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// close holds calls back for at least d.
func (g *gate) close(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.until) {
		g.until = until
	}
}

// remaining returns how long calls are still held back.
func (g *gate) remaining() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.IsZero() {
		return 0
	}
	return time.Until(g.until)
}

// fitsDeadline reports whether a wait ends before the context does.
func fitsDeadline(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait
}

// sleep waits for d, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

// contextError returns the context's error, with its cause if the program gave
// one.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == nil || cause == err { //nolint:errorlint // it is the very same where there is no cause
		return err
	}
	return &canceledError{err: err, cause: cause}
}

// canceledError is a context's error with the cause that the program gave.
type canceledError struct{ err, cause error }

func (e *canceledError) Error() string   { return e.err.Error() + ": " + e.cause.Error() }
func (e *canceledError) Unwrap() []error { return []error{e.err, e.cause} }
