package runs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/internal/handling"
)

const (
	// minRetryDelay and maxRetryDelay limit the delay before a failed run is
	// retried.
	minRetryDelay = time.Second
	maxRetryDelay = 5 * time.Minute
	// returnGracePeriod is how long a function may continue after its context has
	// ended before it is reported.
	returnGracePeriod = 5 * time.Second
)

// runHandler handles each run once, whether it was reported by a callback or
// found in the logs.
type runHandler struct {
	*settings
	org     string
	handle  func(context.Context, *Run) error
	tracker *tracker
	saver   *saver
	once    *handling.Handler

	mu          sync.Mutex
	deadLetters int64
}

// run handles a run that the tracker has claimed. It returns a nil err if the
// function has handled the run. If the result can't be recorded in the stores,
// recordErr is the reason. If another receiver handles or has handled the run,
// err is callback.ErrInProgress or callback.ErrDuplicate.
func (h *runHandler) run(ctx context.Context, run *Run) (recordErr, err error) {
	var given *DeadLetterError
	attempts := 0
	recordErr, err = h.once.Handle(ctx, callback.Key(h.org, run.LogID), func(ctx context.Context) (err error) {
		if err = h.call(ctx, run, "the function", h.handle); err == nil {
			return nil
		}
		err = fmt.Errorf("runs: log %d: %w", run.LogID, err)
		attempts = h.tracker.countFailure(run.LogID)
		if h.deadLetter == nil || attempts < h.maxAttempts {
			return err
		}
		callDeadLetter := func(ctx context.Context, run *Run) error { return h.deadLetter(ctx, run, err) }
		if deadLetterErr := h.call(ctx, run, "the dead-letter function", callDeadLetter); deadLetterErr != nil {
			return errors.Join(err, fmt.Errorf("runs: log %d: dead letter: %w", run.LogID, deadLetterErr))
		}
		given = &DeadLetterError{LogID: run.LogID, Attempts: attempts, Err: err}
		return nil
	})
	switch {
	case given != nil:
		h.countDeadLetter()
		return errors.Join(recordErr, h.finish(ctx, run)), given
	case err == nil, err == callback.ErrDuplicate: //nolint:errorlint // the function's errors are wrapped
		return errors.Join(recordErr, h.finish(ctx, run)), err
	case attempts == 0: // the function was not called
		h.tracker.release(run.LogID, time.Now().Add(h.interval))
		return recordErr, err
	default:
		recordErr = errors.Join(recordErr, h.saver.save(ctx, h.tracker))
		h.tracker.release(run.LogID, time.Now().Add(backoff(minRetryDelay, maxRetryDelay, attempts)))
		return recordErr, err
	}
}

func (h *runHandler) countDeadLetter() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deadLetters++
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
