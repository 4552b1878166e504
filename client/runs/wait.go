package runs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// maxBackoff limits the delay after failed polls, unless the poll interval is
// longer.
const maxBackoff = 5 * time.Minute

// backoff returns the delay after a number of consecutive failures. It is
// chosen at random between shortest and an upper bound that doubles with each
// failure up to longest, so that programs don't retry in lockstep.
func backoff(shortest, longest time.Duration, failures int) time.Duration {
	bound := shortest
	for ; failures > 0 && bound < longest; failures-- {
		bound = min(2*bound, longest)
	}
	return shortest + rand.N(bound-shortest+1) //nolint:gosec // jitter needs no secrecy
}

// sleep waits for d, or until wake receives a value or the context ends.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-wake:
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

// contextError returns the context's error joined with its cause.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err { //nolint:errorlint // it is the same value if there is no cause
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
