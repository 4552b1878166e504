package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

// CatchUp polls the logs once, calls the function for the runs that have
// finished, and returns when the calls have returned. A program that is started
// periodically uses it instead of [Receiver.Follow], and so does a test that
// advances the clock of a sandbox. Without a saved position and [WithStart], the
// first call sets the position to the present.
//
// Runs that failed before are retried without a delay. Runs that are already
// being handled, for a callback or by another receiver, are left to them.
//
// CatchUp returns an error if the position can't be loaded or saved, if the
// poll fails, or if runs fail. A later call polls again and retries those runs.
// With [WithWatchdog], it also returns the errors of the watchdog. If the context
// ends, CatchUp returns as Follow does. If Follow or CatchUp is already running,
// it returns [ErrFollowing].
func (r *Receiver) CatchUp(ctx context.Context) error {
	return r.follow(ctx, (*following).catchUp)
}

// catchUp polls once and waits for the workers.
func (f *following) catchUp(ctx context.Context) error {
	f.follower.maxRetries = maxLogs
	f.tracker.retryNow()
	start := time.Now()
	p, err := f.follower.poll(ctx)
	handled := make(chan struct{})
	go func() { f.pending.Wait(); close(handled) }()
	select {
	case <-handled:
	case <-ctx.Done():
		return contextError(ctx)
	}
	watchErr := f.watching.finish(ctx)
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	f.save(ctx)
	f.reportPoll(ctx, p, err, start, 0)
	if err != nil {
		err = fmt.Errorf("runs: the logs can't be polled: %w", err)
	}
	return errors.Join(err, f.unsaved, f.once.MarkPending(ctx), f.failure(), watchErr)
}

// countFailure counts a run that has failed and will be retried.
func (f *following) countFailure(err error) {
	_, isDead := errors.AsType[*DeadLetterError](err)
	if err == nil || isDead || err == callback.ErrDuplicate || err == callback.ErrInProgress { //nolint:errorlint // the function may return them wrapped
		return
	}
	f.failedMu.Lock()
	defer f.failedMu.Unlock()
	if f.failed++; f.failed == 1 {
		f.firstFailure = err
	}
}

// failure returns an error if runs have failed.
func (f *following) failure() error {
	f.failedMu.Lock()
	defer f.failedMu.Unlock()
	switch f.failed {
	case 0:
		return nil
	case 1:
		return f.firstFailure
	default:
		return fmt.Errorf("%w (and %d other runs failed)", f.firstFailure, f.failed-1)
	}
}
