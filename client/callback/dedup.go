package callback

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A Store remembers which events were handled, for [WithDeduplication]. One
// that several replicas share makes one receiver of them; [MemoryStore] serves
// a single process.
//
// A key is a log id and a status, as in "4711:success". Log ids are the
// platform's own: where one store serves two platforms, prefix the keys.
//
// On Redis 7, Claim is SET key owner NX GET PX lease, Done is SET key done PX ttl,
// and Release a script that deletes key if its value is still owner. The client
// must end with the context, as go-redis does with ContextTimeoutEnabled.
//
// The methods are called concurrently.
type Store interface {
	// Claim takes key for owner, a name used for this delivery only. It
	// returns ErrDuplicate if key is done and ErrInProgress if another owner
	// has claimed it, but nil if owner has, whose first answer may have been
	// lost; any other error means that the store didn't work. A
	// claim must expire after longer than the function ever takes: else the
	// event of a receiver that was killed could never be delivered again.
	Claim(ctx context.Context, key, owner string) error
	// Done marks key as handled, whoever has claimed it by now, for as long as
	// duplicates are to be recognised.
	Done(ctx context.Context, key string) error
	// Release gives up the claim of owner, and does nothing if owner has lost
	// it.
	Release(ctx context.Context, key, owner string) error
}

// storeTimeout bounds what is asked of the store.
const storeTimeout = 10 * time.Second

// once calls the function unless the store has seen the event.
func (h *handler) once(ctx context.Context, event *Event) (status int, err error) {
	if h.store == nil || event.LogID == 0 {
		return h.call(ctx, event)
	}
	key := strconv.FormatInt(event.LogID, 10) + ":" + string(event.Status)
	owner := rand.Text()
	switch err := h.claim(ctx, key, owner); {
	case errors.Is(err, ErrDuplicate):
		return http.StatusNoContent, err
	case errors.Is(err, ErrInProgress):
		return http.StatusServiceUnavailable, err
	case err != nil:
		// The claim may have been made though its answer was lost.
		err = errors.Join(err, h.afterwards(ctx, func(ctx context.Context) error { return h.store.Release(ctx, key, owner) }))
		return http.StatusServiceUnavailable, fmt.Errorf("callback: store: claim: %w", err)
	}

	handled := false
	// Deferred, since a function may panic.
	defer func() {
		if handled {
			// The work is done: to answer with an error would ask for it again.
			if doneErr := h.afterwards(ctx, func(ctx context.Context) error { return h.store.Done(ctx, key) }); doneErr != nil {
				err = fmt.Errorf("callback: store: done: %w", doneErr)
			}
		} else if releaseErr := h.afterwards(ctx, func(ctx context.Context) error { return h.store.Release(ctx, key, owner) }); releaseErr != nil {
			err = errors.Join(err, fmt.Errorf("callback: store: release: %w", releaseErr))
		}
	}()
	status, err = h.call(ctx, event)
	handled = err == nil
	return status, err
}

func (h *handler) claim(ctx context.Context, key, owner string) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return h.store.Claim(ctx, key, owner)
}

// afterwards tells the store something though the request may have ended: a
// sender that has gone away must not leave a claim behind.
func (h *handler) afterwards(ctx context.Context, tell func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return tell(ctx)
}

func (h *handler) call(ctx context.Context, event *Event) (status int, err error) {
	if err := h.handle(ctx, event); err != nil {
		return http.StatusInternalServerError, err
	}
	return http.StatusNoContent, nil
}
