package callback

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/internal/refusal"
)

// storeTimeout limits every call of the store.
const storeTimeout = 10 * time.Second

// handleOnce calls the function unless the store knows the event.
func (c *receiver) handleOnce(ctx context.Context, event *Event) (status int, err error) {
	store := c.store
	if store == nil || event.LogID == 0 {
		return c.call(ctx, event)
	}
	key := event.key(c.org)
	owner := rand.Text()
	release := func() error {
		return detached(ctx, func(ctx context.Context) error { return store.Release(ctx, key, owner) })
	}
	switch err := claim(ctx, store, key, owner); {
	case errors.Is(err, ErrDuplicate):
		return http.StatusNoContent, err
	case errors.Is(err, ErrInProgress):
		return http.StatusServiceUnavailable, err
	case err != nil:
		// The claim may have succeeded although the store's response was lost.
		return http.StatusServiceUnavailable, fmt.Errorf("callback: store: claim: %w", errors.Join(err, release()))
	}

	handled := false
	// Deferred, since the function may end the goroutine.
	defer func() {
		if handled {
			// The event is handled: an error response would make the sender retry.
			if doneErr := detached(ctx, func(ctx context.Context) error { return store.Done(ctx, key) }); doneErr != nil {
				err = fmt.Errorf("callback: store: done: %w", doneErr)
			}
		} else if releaseErr := release(); releaseErr != nil {
			err = errors.Join(err, fmt.Errorf("callback: store: release: %w", releaseErr))
		}
	}()
	status, err = c.call(ctx, event)
	handled = err == nil
	return status, err
}

func claim(ctx context.Context, store Store, key, owner string) error {
	return callStore(ctx, func(ctx context.Context) error { return store.Claim(ctx, key, owner) })
}

// detached calls the store although the request may have ended: a sender that
// hangs up must not leave a claim behind.
func detached(ctx context.Context, call func(context.Context) error) error {
	return callStore(context.WithoutCancel(ctx), call)
}

// callStore calls the store with a deadline, and returns its panic as an error.
func callStore(ctx context.Context, call func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	defer func() {
		if panicked := recovered(recover()); panicked != nil {
			err = fmt.Errorf("panic: %w", panicked)
		}
	}()
	return call(ctx)
}

// call calls the function, and returns its panic as an error.
func (c *receiver) call(ctx context.Context, event *Event) (status int, err error) {
	defer func() {
		if panicked := recovered(recover()); panicked != nil {
			status, err = http.StatusInternalServerError, fmt.Errorf("%w: %w", ErrPanicked, panicked)
		}
	}()
	if err := c.handle(ctx, event); err != nil {
		if refused, ok := errors.AsType[*refusal.Error](err); ok {
			return refused.StatusCode, refused.Err
		}
		return http.StatusInternalServerError, err
	}
	return http.StatusNoContent, nil
}
