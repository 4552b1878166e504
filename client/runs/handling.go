package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

// The reasons not to handle a run, as the tracker knows them.
var (
	errAlreadyDone    = callback.ErrDuplicate
	errAlreadyClaimed = callback.ErrInProgress
)

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

func (h *handling) key(run *Run) string {
	return h.org + "/" + strconv.FormatInt(run.LogID, 10)
}

// run handles a run that the tracker has claimed. It returns nil if the
// function has handled the run, even if that can't be recorded: then recorded is
// the reason. The error is callback.ErrDuplicate or callback.ErrInProgress if
// another receiver has the run.
func (h *handling) run(ctx context.Context, run *Run) (recorded, err error) {
	key, owner := h.key(run), rand.Text()
	if h.store != nil {
		switch err := limit(ctx, func(ctx context.Context) error { return h.store.Claim(ctx, key, owner) }); {
		case errors.Is(err, callback.ErrDuplicate):
			return h.finish(ctx, run), callback.ErrDuplicate
		case errors.Is(err, callback.ErrInProgress):
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return nil, callback.ErrInProgress
		case err != nil:
			// The claim may have succeeded although the store's response was lost.
			h.tracker.release(run.LogID, time.Now().Add(h.interval))
			return nil, errors.Join(fmt.Errorf("runs: log %d: claim: %w", run.LogID, err), h.release(ctx, key, owner))
		}
	}
	err = h.call(ctx, run, "the function", h.handle)
	if err == nil {
		h.mark(key)
		return errors.Join(h.markAll(ctx), h.finish(ctx, run)), nil
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
			h.mark(key)
			return errors.Join(h.markAll(ctx), h.finish(ctx, run)), &DeadLetterError{LogID: run.LogID, Attempts: attempts, Err: failure}
		}
		err = errors.Join(failure, fmt.Errorf("runs: log %d: dead letter: %w", run.LogID, buried))
	}
	h.tracker.release(run.LogID, time.Now().Add(backoff(firstRetry, lastRetry, attempts)))
	return errors.Join(h.release(ctx, key, owner), h.saver.save(ctx, h.tracker)), err
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

// mark remembers to tell the store that a run is done.
func (h *handling) mark(key string) {
	if h.store == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.unmarked) < maxUnmarked {
		h.unmarked[key] = true
	}
}

// markAll tells the store of all runs that are done, until a call fails. Those
// that are left are marked at the next call.
func (h *handling) markAll(ctx context.Context) error {
	for {
		h.mu.Lock()
		key, ok := "", false
		for key = range h.unmarked {
			ok = true
			delete(h.unmarked, key)
			break
		}
		h.mu.Unlock()
		if !ok {
			return nil
		}
		if err := limit(ctx, func(ctx context.Context) error { return h.store.Done(ctx, key) }); err != nil {
			h.mark(key)
			return fmt.Errorf("runs: run %s was handled, but not marked as done: %w", key, err)
		}
	}
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
