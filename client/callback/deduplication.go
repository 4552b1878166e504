package callback

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/iblai/iblai-go/client/internal/handling"
	"github.com/iblai/iblai-go/client/internal/refusal"
)

// newHandling returns what handles each event of a handler with this store once.
func newHandling(store Store) *handling.Handler {
	return &handling.Handler{
		Store:      store,
		Duplicate:  ErrDuplicate,
		InProgress: ErrInProgress,
		Caller: &handling.Caller{
			Name:          "callback",
			Hangs:         ErrStoreHangs,
			NewPanicError: func(value any) error { return fmt.Errorf("panic: %w", newPanicError(value)) },
		},
	}
}

// handleOnce calls the function unless the store knows the event.
func (c *receiver) handleOnce(ctx context.Context, event *Event) (status int, err error) {
	if c.store == nil || event.LogID == 0 {
		return c.call(ctx, event)
	}
	recordErr, err := c.handling.Handle(ctx, event.key(c.org), func(ctx context.Context) (err error) {
		status, err = c.call(ctx, event)
		return err
	})
	_, isClaim := errors.AsType[*handling.ClaimError](err)
	switch {
	case status != 0: // the function was called
	case isClaim, err == ErrInProgress: //nolint:errorlint // Handle doesn't wrap it
		status = http.StatusServiceUnavailable
	default:
		status = http.StatusNoContent
	}
	if recordErr == nil {
		return status, err
	}
	return status, errors.Join(err, recordErr)
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
