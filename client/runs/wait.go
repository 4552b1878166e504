package runs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// maxBackoff bounds the wait after polls that failed, unless the poll interval
// is longer.
const maxBackoff = 5 * time.Minute

// backoff returns the wait before the next poll after so many polls in a row
// have failed: at random between the interval and a bound that is doubled with
// each of them, so that programs don't come back all at once.
func backoff(interval time.Duration, failures int) time.Duration {
	longest := interval
	for ; failures > 0 && longest < maxBackoff; failures-- {
		longest = min(2*longest, maxBackoff)
	}
	return interval + rand.N(longest-interval+1) //nolint:gosec // jitter needs no secrecy
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

// contextError returns why the context has ended, with its cause.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err { //nolint:errorlint // it is the same value if there is no cause
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
