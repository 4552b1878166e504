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

// errClaim is an error of the store to which a run may be unknown.
var errClaim = errors.New("runs: the store can't claim a run")

const (
	// firstRetry and lastRetry bound the wait before a failed run is handled
	// again.
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
	// returnWithin is how long a function may run on after its context has ended
	// before that is reported.
	returnWithin = 5 * time.Second
	// maxUnmarked bounds the handled runs that the store is still to be told of.
	maxUnmarked = 100_000
)

// handling handles each run once, whether a callback or the logs report it.
type handling struct {
	*settings
	org     string
	handle  func(context.Context, *Run) error
	tracker *tracker
	saver   *saver

	mu sync.Mutex
	// unmarked are the keys of handled runs that the store was not told of.
	unmarked map[string]bool
	dead     int64
}

// run handles a run that the tracker has claimed. It returns nil if the
// function has handled the run. If that can't be recorded in the stores,
// recorded is the reason. The error is callback.ErrDuplicate or callback.ErrInProgress if
// another receiver has the run.
func (h *handling) run(ctx context.Context, run *Run) (recorded, err error) {
	key, owner := callback.Key(h.org, run.LogID), rand.Text()
	if h.store != nil {
		switch err := limit(ctx, func(ctx context.Context) error { return h.store.Claim(ctx, key, owner) }); {
		case errors.Is(err, callback.ErrDuplicate):
			return h.finish(ctx, run), callback.ErrDuplicate
		case errors.Is(err, callback.ErrInProgress):
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return nil, callback.ErrInProgress
		case err != nil:
			// The claim may have succeeded although the store's response was lost.
			recorded = h.release(ctx, key, owner)
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return recorded, fmt.Errorf("%w: log %d: %w", errClaim, run.LogID, err)
		}
	}
	err = h.call(ctx, run, "the function", h.handle)
	if err == nil {
		return errors.Join(h.mark(ctx, key), h.finish(ctx, run)), nil
	}
	attempts := h.tracker.fail(run.LogID)
	err = fmt.Errorf("runs: log %d: %w", run.LogID, err)
	if h.deadLetter != nil && attempts >= h.maxAttempts {
		failure := err
		bury := func(ctx context.Context, run *Run) error { return h.deadLetter(ctx, run, failure) }
		buried := h.call(ctx, run, "the dead-letter function", bury)
		if buried == nil {
			h.mu.Lock()
			h.dead++
			h.mu.Unlock()
			return errors.Join(h.mark(ctx, key), h.finish(ctx, run)), &DeadLetterError{LogID: run.LogID, Attempts: attempts, Err: failure}
		}
		err = errors.Join(failure, fmt.Errorf("runs: log %d: dead letter: %w", run.LogID, buried))
	}
	recorded = errors.Join(h.release(ctx, key, owner), h.saver.save(ctx, h.tracker))
	h.tracker.release(run.LogID, time.Now().Add(backoff(firstRetry, lastRetry, attempts)))
	return recorded, err
}

// call calls a function of the program. It returns when the function has
// returned: a function that runs on after its context has ended is reported.
func (h *handling) call(ctx context.Context, run *Run, name string, f func(context.Context, *Run) error) error {
	if h.handleTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, h.handleTimeout)
		defer cancel()
	}
	returned := make(chan error, 1)
	go func() { returned <- recovered(func() error { return f(ctx, run) }) }()
	select {
	case err := <-returned:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(returnWithin)
	defer timer.Stop()
	select {
	case err := <-returned:
		return err
	case <-timer.C:
		h.reports.report(ctx, Outcome{
			Kind: KindRun, LogID: run.LogID, Status: run.Status, Duration: returnWithin,
			Err: fmt.Errorf("%w: log %d: %s ignores the end of its context", ErrHandlerHangs, run.LogID, name),
		})
		return <-returned
	}
}

// finish records in the position that a run is done.
func (h *handling) finish(ctx context.Context, run *Run) error {
	h.tracker.finish(run.LogID)
	return h.saver.save(ctx, h.tracker)
}

// mark tells the store that a run is done. If that fails, markAll tries again.
func (h *handling) mark(ctx context.Context, key string) error {
	if h.store == nil {
		return nil
	}
	if err := limit(ctx, func(ctx context.Context) error { return h.store.Done(ctx, key) }); err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.unmarked) < maxUnmarked {
			h.unmarked[key] = true
		}
		return fmt.Errorf("runs: run %s was handled, but not marked as done: %w", key, err)
	}
	return nil
}

// markAll tells the store of the runs that it was not told of, until a call
// fails.
func (h *handling) markAll(ctx context.Context) error {
	h.mu.Lock()
	keys := slices.Collect(maps.Keys(h.unmarked))
	h.mu.Unlock()
	for _, key := range keys {
		if err := h.mark(ctx, key); err != nil {
			return err
		}
		h.mu.Lock()
		delete(h.unmarked, key)
		h.mu.Unlock()
	}
	return nil
}

func (h *handling) release(ctx context.Context, key, owner string) error {
	if h.store == nil {
		return nil
	}
	if err := limit(ctx, func(ctx context.Context) error { return h.store.Release(ctx, key, owner) }); err != nil {
		return fmt.Errorf("runs: run %s: release: %w", key, err)
	}
	return nil
}
