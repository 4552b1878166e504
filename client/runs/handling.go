package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

// errClaim reports that the store failed to claim a run.
var errClaim = errors.New("runs: the store can't claim a run")

const (
	// minRetryDelay and maxRetryDelay limit the delay before a failed run is
	// retried.
	minRetryDelay = time.Second
	maxRetryDelay = 5 * time.Minute
	// returnGracePeriod is how long a function may continue after its context has
	// ended before it is reported.
	returnGracePeriod = 5 * time.Second
	// maxUnmarked limits the number of handled runs that are still to be marked as
	// done in the store.
	maxUnmarked = 100_000
)

// runHandler handles each run once, whether it was reported by a callback or
// found in the logs.
type runHandler struct {
	*settings
	org     string
	handle  func(context.Context, *Run) error
	tracker *tracker
	saver   *saver

	mu sync.Mutex
	// unmarked holds the keys of handled runs that could not be marked as done in
	// the store.
	unmarked    map[string]bool
	deadLetters int64
}

// run handles a run that the tracker has claimed. It returns a nil err if the
// function has handled the run. If the result can't be recorded in the stores,
// recordErr is the reason. If another receiver handles or has handled the run,
// err is callback.ErrInProgress or callback.ErrDuplicate.
func (h *runHandler) run(ctx context.Context, run *Run) (recordErr, err error) {
	key, owner := callback.Key(h.org, run.LogID), rand.Text()
	if h.store != nil {
		switch err := callStore(ctx, func(ctx context.Context) error { return h.store.Claim(ctx, key, owner) }); {
		case errors.Is(err, callback.ErrDuplicate):
			return h.finish(ctx, run), callback.ErrDuplicate
		case errors.Is(err, callback.ErrInProgress):
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return nil, callback.ErrInProgress
		case err != nil:
			// The claim may have succeeded although the store's response was lost.
			recordErr = h.release(ctx, key, owner)
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return recordErr, fmt.Errorf("%w: log %d: %w", errClaim, run.LogID, err)
		}
	}
	err = h.call(ctx, run, "the function", h.handle)
	if err == nil {
		return errors.Join(h.markDone(ctx, key), h.finish(ctx, run)), nil
	}
	attempts := h.tracker.countFailure(run.LogID)
	err = fmt.Errorf("runs: log %d: %w", run.LogID, err)
	if h.deadLetter != nil && attempts >= h.maxAttempts {
		failure := err
		callDeadLetter := func(ctx context.Context, run *Run) error { return h.deadLetter(ctx, run, failure) }
		deadLetterErr := h.call(ctx, run, "the dead-letter function", callDeadLetter)
		if deadLetterErr == nil {
			h.mu.Lock()
			h.deadLetters++
			h.mu.Unlock()
			return errors.Join(h.markDone(ctx, key), h.finish(ctx, run)), &DeadLetterError{LogID: run.LogID, Attempts: attempts, Err: failure}
		}
		err = errors.Join(failure, fmt.Errorf("runs: log %d: dead letter: %w", run.LogID, deadLetterErr))
	}
	recordErr = errors.Join(h.release(ctx, key, owner), h.saver.save(ctx, h.tracker))
	h.tracker.release(run.LogID, time.Now().Add(backoff(minRetryDelay, maxRetryDelay, attempts)))
	return recordErr, err
}

// call calls a function of the program and returns when the function has
// returned. If the function continues after its context has ended, call reports
// that.
func (h *runHandler) call(ctx context.Context, run *Run, name string, f func(context.Context, *Run) error) error {
	if h.handleTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.handleTimeout)
		defer cancel()
	}
	returned := make(chan error, 1)
	go func() { returned <- catchPanic(func() error { return f(ctx, run) }) }()
	select {
	case err := <-returned:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(returnGracePeriod)
	defer timer.Stop()
	select {
	case err := <-returned:
		return err
	case <-timer.C:
		h.reports.report(ctx, Outcome{
			Kind: KindRun, LogID: run.LogID, Status: run.Status, Duration: returnGracePeriod,
			Err: fmt.Errorf("%w: log %d: %s", ErrHandlerHangs, run.LogID, name),
		})
		return <-returned
	}
}

// finish marks a run as done in the position.
func (h *runHandler) finish(ctx context.Context, run *Run) error {
	h.tracker.finish(run.LogID)
	return h.saver.save(ctx, h.tracker)
}

// markDone marks a run as done in the store. If that fails, markPending retries
// it.
func (h *runHandler) markDone(ctx context.Context, key string) error {
	if h.store == nil {
		return nil
	}
	if err := callStore(ctx, func(ctx context.Context) error { return h.store.Done(ctx, key) }); err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.unmarked) < maxUnmarked {
			h.unmarked[key] = true
		}
		return fmt.Errorf("runs: run %s was handled but could not be marked as done: %w", key, err)
	}
	return nil
}

// markPending marks the runs as done in the store for which that failed before.
// It returns after the first failure.
func (h *runHandler) markPending(ctx context.Context) error {
	h.mu.Lock()
	keys := slices.Collect(maps.Keys(h.unmarked))
	h.mu.Unlock()
	for _, key := range keys {
		if err := h.markDone(ctx, key); err != nil {
			return err
		}
		h.mu.Lock()
		delete(h.unmarked, key)
		h.mu.Unlock()
	}
	return nil
}

func (h *runHandler) release(ctx context.Context, key, owner string) error {
	if h.store == nil {
		return nil
	}
	if err := callStore(ctx, func(ctx context.Context) error { return h.store.Release(ctx, key, owner) }); err != nil {
		return fmt.Errorf("runs: run %s could not be released: %w", key, err)
	}
	return nil
}
