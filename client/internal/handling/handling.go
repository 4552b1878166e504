// Package handling handles each key once, with a store that several processes
// may share. Packages callback and runs handle runs with it.
package handling

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
)

// Store is a callback.Store.
type Store interface {
	Claim(ctx context.Context, key, owner string) error
	Done(ctx context.Context, key string) error
	Release(ctx context.Context, key, owner string) error
}

const (
	// maxUnmarked limits the number of handled keys that are still to be marked as
	// done in the store.
	maxUnmarked = 100_000
	// maxMarks limits the number of keys that one call of Handle marks as done for
	// others.
	maxMarks = 100
)

// Handler claims keys, and marks or releases them. The zero Handler has no store
// and handles every key.
type Handler struct {
	Store  Store
	Caller *Caller
	// Duplicate and InProgress are the errors by which the store refuses a claim.
	Duplicate, InProgress error

	mu sync.Mutex
	// unmarked holds the handled keys that could not be marked as done.
	unmarked map[string]bool
}

// ClaimError reports that the store failed to claim a key.
type ClaimError struct{ Err error }

func (e *ClaimError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the store.
func (e *ClaimError) Unwrap() error { return e.Err }

// Handle calls handle if the key is not done and nobody else handles it. If
// handle returns nil, the key is done. If handle fails, or ends its goroutine,
// the key is released.
//
// Handle returns the error of handle, or Duplicate, InProgress or a *ClaimError
// without calling it. The other error says that the result could not be recorded
// in the store. If a key could not be marked as done, handle is not called for it
// again, and the marking is retried once the store works again.
func (h *Handler) Handle(ctx context.Context, key string, handle func(context.Context) error) (recordErr, err error) {
	if h.Store == nil {
		return nil, handle(ctx)
	}
	if h.isUnmarked(key) {
		return h.markDone(ctx, key), h.Duplicate
	}
	owner := rand.Text()
	err = h.Caller.Call(ctx, func(ctx context.Context) error { return h.Store.Claim(ctx, key, owner) })
	switch {
	case errors.Is(err, h.Duplicate):
		return nil, h.Duplicate
	case errors.Is(err, h.InProgress):
		return nil, h.InProgress
	case err != nil:
		// The claim may have succeeded although the store's response was lost.
		return h.release(ctx, key, owner), &ClaimError{h.storeError("claim", key, err)}
	}
	isHandled := false
	defer func() { // handle may end the goroutine
		if isHandled {
			recordErr = h.markDone(ctx, key)
		} else {
			recordErr = h.release(ctx, key, owner)
		}
	}()
	err = handle(ctx)
	isHandled = err == nil
	return nil, err
}

func (h *Handler) storeError(call, key string, err error) error {
	return fmt.Errorf("%s: store: %s %s: %w", h.Caller.Name, call, key, err)
}

func (h *Handler) isUnmarked(key string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.unmarked[key]
}

// markDone marks a key as done. If that succeeds, it also marks others for which
// that failed before.
func (h *Handler) markDone(ctx context.Context, key string) error {
	if err := h.mark(ctx, key); err != nil {
		return err
	}
	return h.markPending(ctx, maxMarks)
}

// MarkPending marks the keys as done for which that failed before. It returns
// after the first failure.
func (h *Handler) MarkPending(ctx context.Context) error { return h.markPending(ctx, maxUnmarked) }

func (h *Handler) markPending(ctx context.Context, limit int) error {
	for _, key := range h.pending(limit) {
		if err := h.mark(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) pending(limit int) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var keys []string
	for key := range h.unmarked {
		if len(keys) == limit {
			break
		}
		keys = append(keys, key)
	}
	return keys
}

func (h *Handler) mark(ctx context.Context, key string) error {
	err := h.Caller.Call(ctx, func(ctx context.Context) error { return h.Store.Done(ctx, key) })
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		delete(h.unmarked, key)
		return nil
	}
	if h.unmarked == nil {
		h.unmarked = map[string]bool{}
	}
	if len(h.unmarked) < maxUnmarked {
		h.unmarked[key] = true
	}
	return h.storeError("done", key, err)
}

func (h *Handler) release(ctx context.Context, key, owner string) error {
	err := h.Caller.Call(ctx, func(ctx context.Context) error { return h.Store.Release(ctx, key, owner) })
	if err != nil {
		return h.storeError("release", key, err)
	}
	return nil
}
