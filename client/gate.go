package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// gate holds back the calls of a client while the service limits the rate of
// requests: the limit is per user, so a 429 of one call applies to the others.
// Held-back calls stand in a line, and are sent one after the other.
type gate struct {
	mu      sync.Mutex
	limited time.Time // when the latest 429 was received, or zero
	until   time.Time // until when the service asked to wait, or zero
	entered int       // the number of calls that have entered the line
	left    int       // the number of those that have left it
	first   int       // the place of the call whose turn comes first
}

// steps is the number of steps in which the calls of a line are sent, over a time
// as long as the wait, so that they don't meet the limit all at once.
const steps = 100

// close holds calls back after a 429 that asks to wait for retryAfter, or does
// not say how long if that is 0.
func (g *gate) close(retryAfter time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limited = time.Now()
	g.first = g.left
	if until := g.limited.Add(retryAfter); until.After(g.until) {
		g.until = until
	}
}

// enter returns a call's place in the line. ok is false if there is no need to
// wait.
func (g *gate) enter(policy RetryPolicy) (place int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limited.IsZero() || g.entered == g.left && time.Since(g.limited) >= g.longest(policy) {
		return 0, false
	}
	if g.entered == g.left {
		g.first = g.left
	}
	g.entered++
	return g.entered - 1, true
}

// wait returns the time until it is the turn of a call in the line. The service's
// wait counts as far as the call's own policy accepts it.
func (g *gate) wait(place int, policy RetryPolicy) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	longest := g.longest(policy)
	turn := longest / steps * time.Duration(max(0, place-g.first)%steps)
	return time.Until(g.limited.Add(longest + turn))
}

func (g *gate) longest(policy RetryPolicy) time.Duration {
	if asked := g.until.Sub(g.limited); asked > 0 {
		return min(asked, policy.MaxRetryAfter)
	}
	return policy.BaseDelay
}

// leave takes a call out of the line.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left++
}

// waitForTurn waits for wait and, if the client's calls are held back, until it is
// the call's turn.
func (c *call) waitForTurn(ctx context.Context, wait time.Duration) error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	place, held := 0, false
	if !c.settings.retry.SendWhileRateLimited {
		place, held = c.gate.enter(c.settings.retry)
	}
	if !held {
		return sleep(ctx, wait)
	}
	defer c.gate.leave()
	earliest := time.Now().Add(wait)
	for {
		wait := max(c.gate.wait(place, c.settings.retry), time.Until(earliest))
		if wait <= 0 {
			return nil
		}
		if !fitsDeadline(ctx, wait) {
			return fmt.Errorf("%w, which is past the context's deadline", &HeldBackError{RetryIn: wait})
		}
		begin := time.Now()
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("%w while %w", err, &HeldBackError{RetryIn: wait - time.Since(begin)})
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
	if d <= 0 {
		return nil
	}
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
