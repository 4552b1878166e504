package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Run is one finished run of an agent.
type Run struct {
	// LogID is the id of the run's log.
	LogID int64
	// Status is how the run went.
	Status api.Status
	// Content is what the run logged, from start to end.
	Content string
	// Event is the callback that told of the run, with the prompt and the
	// agent's output; nil if the logs did.
	Event *callback.Event
	// Log is the log that told of the run, with its agent and times; nil if a
	// callback did.
	Log *client.PeriodicAgentLog
}

// Receiver tells a function of every run. It is an http.Handler for callbacks,
// and Follow goes over the logs.
type Receiver struct {
	client  *client.Client
	handle  func(context.Context, *Run) error
	handler http.Handler
	store   callback.Store
	cursors CursorStore
	follow  client.FollowOptions
	onError func(error)
}

// NewReceiver makes a receiver of the runs that the client's user can see.
// Callbacks are verified by verifier. The function is called concurrently; what
// it fails to handle it is told of again.
func NewReceiver(c *client.Client, verifier *callback.Verifier, handle func(context.Context, *Run) error, opts ...Option) (*Receiver, error) {
	if c == nil || verifier == nil || handle == nil {
		return nil, errors.New("runs: NewReceiver needs a client, a verifier and a function")
	}
	store, err := callback.NewMemoryStore(rememberedRuns, rememberedFor)
	if err != nil {
		return nil, err
	}
	r := &Receiver{
		client:  c,
		handle:  handle,
		store:   store,
		cursors: memoryCursor{},
		onError: func(error) {},
	}
	for _, opt := range opts {
		if err := opt(r); err != nil {
			return nil, err
		}
	}
	r.handler, err = callback.NewHandler(verifier, r.fromCallback, callback.WithDeduplication(r.store))
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ServeHTTP takes a callback.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.handler.ServeHTTP(w, request)
}

func (r *Receiver) fromCallback(ctx context.Context, event *callback.Event) error {
	return r.handle(ctx, &Run{
		LogID:   event.LogID,
		Status:  api.Status(event.Status),
		Content: event.Log,
		Event:   event,
	})
}

// Follow goes over the logs until the context ends, and tells the function of
// the runs that no callback has told of. It returns why it ended.
func (r *Receiver) Follow(ctx context.Context) error {
	cursor, err := r.cursors.Load(ctx)
	if err != nil {
		return fmt.Errorf("runs: the cursor can't be loaded: %w", err)
	}
	// Where it begins is kept too: who is killed before the first run must not
	// begin later.
	if err := r.cursors.Save(ctx, cursor); err != nil {
		return fmt.Errorf("runs: the cursor can't be saved: %w", err)
	}
	options := r.follow
	options.Cursor = cursor
	for log, err := range r.client.PeriodicAgentLogs.Follow(ctx, options) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			err = r.fromLog(ctx, log)
		}
		if err != nil && log != nil {
			cursor.Retry(log.ID)
		}
		if err != nil {
			r.onError(err)
		}
		if err := r.cursors.Save(ctx, cursor); err != nil {
			return fmt.Errorf("runs: the cursor can't be saved: %w", err)
		}
	}
	return ctx.Err()
}

// fromLog tells the function of a run unless a callback has, or is just doing
// so: then it is an error, and looked at again.
func (r *Receiver) fromLog(ctx context.Context, log *client.PeriodicAgentLog) (err error) {
	key, owner := strconv.FormatInt(log.ID, 10)+":"+string(log.Status), rand.Text()
	switch err := r.store.Claim(ctx, key, owner); {
	case errors.Is(err, callback.ErrDuplicate):
		return nil
	case err != nil:
		return fmt.Errorf("runs: log %d: %w", log.ID, err)
	}
	handled := false
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		if handled {
			err = r.store.Done(ctx, key)
		} else {
			err = errors.Join(err, r.store.Release(ctx, key, owner))
		}
	}()
	if err := r.handle(ctx, &Run{LogID: log.ID, Status: log.Status, Content: log.Content, Log: log}); err != nil {
		return fmt.Errorf("runs: log %d: %w", log.ID, err)
	}
	handled = true
	return nil
}

// storeTimeout bounds what is left to be told to the store when the context has
// ended.
const storeTimeout = 10 * time.Second
