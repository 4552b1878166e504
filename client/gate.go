package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// gate holds back the calls of a client while the service limits the rate of
// requests: the limit is per user, so a 429 of one call applies to the others.
type gate struct {
	mu      sync.Mutex
	limited time.Time // when the latest 429 was received, or zero
	until   time.Time // until when the service asked to wait, or zero
	count   int       // the number of 429s
	entered int       // the number of calls held back since the latest
	left    int       // the number of those that no longer wait
}

// places is the number of parts that calls are spread over when they are sent
// after a wait, so that they don't meet the limit all at once.
const places = 100

// close holds calls back after a 429 that asks to wait for retryAfter, or does
// not say how long if that is 0.
func (g *gate) close(retryAfter time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limited = time.Now()
	g.count++
	g.entered, g.left = 0, 0
	if until := g.limited.Add(retryAfter); until.After(g.until) {
		g.until = until
	}
}

// place is a call's place among those that are held back.
type place struct {
	wait  time.Duration // until the call's turn
	count int           // the gate's number of 429s
}

// enter returns a call's place. The wait is the one that the service asked for,
// as far as the call's own policy accepts it. A call whose deadline is before its
// turn takes no place.
func (g *gate) enter(ctx context.Context, policy RetryPolicy) place {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limited.IsZero() {
		return place{}
	}
	longest := policy.BaseDelay
	if asked := g.until.Sub(g.limited); asked > 0 {
		longest = min(asked, policy.MaxRetryAfter)
	}
	p := place{wait: time.Until(g.limited.Add(longest)), count: g.count}
	if g.entered > g.left {
		p.wait += longest / places * time.Duration(g.entered%places)
	}
	if p.wait > 0 && fitsDeadline(ctx, p.wait) {
		g.entered++
	}
	return p
}

// leave ends a call's wait.
func (g *gate) leave(p place) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count == p.count {
		g.left++
	}
}

// isOpenFor reports whether no 429 was received since the call took its place.
func (g *gate) isOpenFor(p place) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count == p.count
}

// waitForRateLimit waits until it is the call's turn.
func (c *call) waitForRateLimit(ctx context.Context) error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	if c.settings.retry.SendWhileRateLimited {
		return nil
	}
	for {
		place := c.gate.enter(ctx, c.settings.retry)
		if place.wait <= 0 {
			return nil
		}
		if !fitsDeadline(ctx, place.wait) {
			return fmt.Errorf("%w, which is past the context's deadline", &HeldBackError{RetryIn: place.wait})
		}
		begin := time.Now()
		err := sleep(ctx, place.wait)
		c.gate.leave(place)
		if err != nil {
			return fmt.Errorf("%w while %w", err, &HeldBackError{RetryIn: place.wait - time.Since(begin)})
		}
		if c.gate.isOpenFor(place) {
			return nil
		}
	}
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
