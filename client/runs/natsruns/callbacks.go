package natsruns

import (
	"context"
	"errors"
	"net/http"
	"path"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/internal/refusal"
	"github.com/iblai/iblai-go/client/runs"
)

// publishTimeout limits how long a run may take to be stored. The sender of a
// callback waits that long.
const publishTimeout = 5 * time.Second

// maxCallbackSize is the size of a callback whose log has tens of MiB: the body
// has the output of the mentor twice, and may escape each character.
const maxCallbackSize = 64 << 20

// ServeHTTP receives a callback. The org is the path value of the pattern, as in
// POST /runs/{org}, or else the last segment of the path. If the bridge doesn't
// have the org, the response is 404.
//
// Otherwise it responds as a [callback.Handler] does: with 204 after the run was
// stored in the stream, and with 503 if it can't be stored, so that the sender
// may retry. A callback without a finished run gets 204 and is not stored: the
// run is found in the logs when it has finished. The body of a callback may have
// 64 MiB.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("org")
	if name == "" {
		name = path.Base(r.URL.Path)
	}
	o := b.orgs[name]
	if o == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		b.report(r.Context(), Outcome{Kind: KindCallback, StatusCode: http.StatusNotFound, Err: errors.New("natsruns: the path names no org of the bridge")})
		return
	}
	o.receive.ServeHTTP(w, r)
}

// newCallbackHandler returns the handler of an org's callbacks.
func (b *Bridge) newCallbackHandler(o *org) (http.Handler, error) {
	return callback.NewHandler(o.verifier, func(ctx context.Context, event *callback.Event) error {
		return b.receive(ctx, o, event)
	}, callback.WithMaxBody(maxCallbackSize), callback.WithObserver(func(ctx context.Context, outcome callback.Outcome) {
		b.report(ctx, Outcome{
			Kind:       KindCallback,
			Org:        o.name,
			LogID:      outcome.LogID,
			StatusCode: outcome.StatusCode,
			Duplicate:  errors.Is(outcome.Err, callback.ErrDuplicate),
			Duration:   outcome.Duration,
			Err:        outcome.Err,
		})
	}))
}

// receive publishes the run of a callback.
func (b *Bridge) receive(ctx context.Context, o *org, event *callback.Event) error {
	switch {
	case !event.Status.IsFinal() || event.LogID < 1:
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: runs.ErrNotFinal}
	case b.knownByBucket > 0 && !event.Timestamp.IsZero() && time.Since(event.Timestamp) > b.knownByBucket:
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: runs.ErrLate}
	}
	// The run is stored even if the sender disconnects.
	isDuplicate, err := b.publish(context.WithoutCancel(ctx), o, &runs.Run{LogID: event.LogID, Event: event})
	switch {
	case err != nil:
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: err}
	case isDuplicate:
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: callback.ErrDuplicate}
	}
	return nil
}
