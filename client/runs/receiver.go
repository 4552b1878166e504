package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Receiver calls a function for every finished run. It is an [http.Handler]
// that receives callbacks; [Receiver.Follow] finds runs in the logs whose
// callbacks were lost. Without [WithLogger] and [WithObserver], it logs
// failures to [slog.Default]. A Receiver is safe for concurrent use.
type Receiver struct {
	*settings
	client    *client.Client
	handle    func(context.Context, *Run) error
	callbacks http.Handler

	mu        sync.Mutex
	following bool
	status    Status
}

// The size of the default store: enough to recognize a run that a callback and
// a log report.
const (
	rememberedRuns = 100_000
	rememberedFor  = 24 * time.Hour
)

// NewReceiver returns a receiver that calls handle with the runs in the
// client's org, and with those of callbacks that verifier accepts. If handle
// returns an error, it is called again: at the next poll, or when the callback
// is redelivered. Handle is called concurrently.
//
// If an argument or an option is invalid, NewReceiver returns an
// [*api.ArgumentError]. It sends nothing.
func NewReceiver(c *client.Client, verifier *callback.Verifier, handle func(context.Context, *Run) error, opts ...Option) (*Receiver, error) {
	switch {
	case c == nil:
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	case handle == nil:
		return nil, &api.ArgumentError{Argument: "handle", Reason: "is nil"}
	}
	s, err := applyOptions(defaultFollowInterval, opts, Option.applyToReceiver)
	if err != nil {
		return nil, err
	}
	if err := s.checkCall(c); err != nil {
		return nil, err
	}
	if s.positions == nil {
		s.positions = noPositions{}
	}
	if s.store == nil {
		if s.store, err = callback.NewMemoryStore(rememberedRuns, rememberedFor); err != nil {
			return nil, err
		}
	}
	r := &Receiver{settings: s, client: c, handle: handle}
	r.callbacks, err = callback.NewHandler(verifier, r.handleCallback, callback.WithDeduplication(s.store), callback.WithObserver(r.reportCallback))
	if err != nil {
		return nil, err
	}
	return r, nil
}

// checkCall returns an error if the client refuses the params or the call
// options. The context has ended, so the client sends nothing.
func (s *settings) checkCall(c *client.Client) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := c.PeriodicAgentLogs.List(ctx, &s.params, s.callOptions...)
	if isArgumentError(err) {
		return err
	}
	return nil
}

// ServeHTTP receives a callback.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.callbacks.ServeHTTP(w, request)
}

func (r *Receiver) handleCallback(ctx context.Context, event *callback.Event) error {
	return r.handle(ctx, &Run{
		LogID:   event.LogID,
		Status:  event.Status,
		Content: event.Log,
		Event:   event,
	})
}

func (r *Receiver) reportCallback(ctx context.Context, outcome callback.Outcome) {
	r.reports.report(ctx, Outcome{
		Kind:       KindCallback,
		LogID:      outcome.LogID,
		Status:     outcome.Status,
		StatusCode: outcome.StatusCode,
		Duration:   outcome.Duration,
		Err:        outcome.Err,
	})
}

// Follow polls the logs and calls the function for runs that no callback has
// reported. When the context ends, it returns the context's error.
//
// It returns an error of the [PositionStore] before the first poll. Until a
// poll has succeeded, it also returns errors that a retry can't mend: 401, 403,
// a 404 of the application, a validation error, a refused redirect. All other
// errors, and all later ones, are reported and make [Receiver.Status] not
// ready. Follow then polls again, with exponential backoff.
//
// While a call of Follow is running, another one returns [ErrFollowing].
func (r *Receiver) Follow(ctx context.Context) (err error) {
	if ctx == nil {
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	if !r.begin() {
		return ErrFollowing
	}
	// Deferred, since the function may panic.
	defer func() { r.end(err) }()
	position, err := r.positions.Load(ctx)
	if err != nil {
		return fmt.Errorf("runs: the position can't be loaded: %w", err)
	}
	if position == nil {
		position = At(time.Now().Add(-maxSkew))
	}
	f := &following{
		Receiver: r,
		follower: &follower{settings: r.settings, client: r.client, position: position},
	}
	// After a crash before the first run, the program must start here again.
	if err := f.save(ctx); err != nil {
		return err
	}
	return f.run(ctx)
}

// maxSkew is how far the service's clock may be behind this one.
const maxSkew = 5 * time.Minute

// following is one call of Receiver.Follow.
type following struct {
	*Receiver
	follower *follower
	// unsaved is the error of the latest save.
	unsaved error
}

// run polls until the context ends or the first poll fails for good.
func (f *following) run(ctx context.Context) error {
	for failures, succeeded := 0, false; ; {
		start := time.Now()
		found, err := f.follower.poll(ctx, func(log *client.PeriodicAgentLog) bool { return f.deliver(ctx, log) })
		switch {
		case ctx.Err() != nil:
			return contextError(ctx)
		case err == nil:
			failures, succeeded = 0, true
		case !succeeded && isPermanent(err):
			return fmt.Errorf("runs: the logs can't be polled: %w", err)
		default:
			failures++
		}
		outcome := Outcome{Kind: KindPoll, Found: found, Duration: time.Since(start), Err: err}
		wait := backoff(f.interval, failures)
		if err != nil {
			outcome.RetryIn = wait
		}
		f.reports.report(ctx, outcome)
		if f.unsaved != nil {
			f.trySave(ctx)
		}
		f.recordPoll(err, f.unsaved)
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// deliver handles the run of a log and saves the position. It returns false if
// the context has ended.
func (f *following) deliver(ctx context.Context, log *client.PeriodicAgentLog) bool {
	if ctx.Err() != nil {
		return false
	}
	start := time.Now()
	handled, err := f.handleLog(ctx, log)
	if !handled {
		f.follower.position.Retry(log.ID)
	}
	f.reports.report(ctx, Outcome{Kind: KindRun, LogID: log.ID, Status: log.Status, Duration: time.Since(start), Err: err})
	f.trySave(ctx)
	return true
}

// trySave saves the position and reports the outcome. After a failure it is
// called again after the next run or poll.
func (f *following) trySave(ctx context.Context) {
	start := time.Now()
	f.unsaved = f.save(ctx)
	f.reports.report(ctx, Outcome{Kind: KindSave, Duration: time.Since(start), Err: f.unsaved})
	if f.unsaved != nil {
		f.recordFailure(f.unsaved)
	}
}

// save saves the position, even if the context has ended: a handled run should
// not be handled again.
func (f *following) save(ctx context.Context) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := f.positions.Save(ctx, f.follower.position); err != nil {
		return fmt.Errorf("runs: the position can't be saved: %w", err)
	}
	return nil
}

// handleLog calls the function for a run unless a callback has reported it. It
// returns whether the run is handled. If it is, an error means that the store
// has not recorded that.
func (r *Receiver) handleLog(ctx context.Context, log *client.PeriodicAgentLog) (handled bool, err error) {
	key, owner := callback.Key("", log.ID), rand.Text()
	switch err := r.store.Claim(ctx, key, owner); {
	case errors.Is(err, callback.ErrDuplicate):
		return true, callback.ErrDuplicate
	case errors.Is(err, callback.ErrInProgress):
		return false, callback.ErrInProgress
	case err != nil:
		// The claim may have succeeded although the store's response was lost.
		return false, errors.Join(fmt.Errorf("runs: log %d: claim: %w", log.ID, err), r.release(ctx, key, owner))
	}
	// Deferred, since the function may panic.
	defer func() {
		if handled {
			err = r.markDone(ctx, key)
		} else {
			err = errors.Join(err, r.release(ctx, key, owner))
		}
	}()
	if err := r.handle(ctx, &Run{LogID: log.ID, Status: log.Status, Content: log.Content, Log: log}); err != nil {
		return false, fmt.Errorf("runs: log %d: %w", log.ID, err)
	}
	return true, nil
}

func (r *Receiver) markDone(ctx context.Context, key string) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := r.store.Done(ctx, key); err != nil {
		return fmt.Errorf("runs: log %s was handled, but not marked as done: %w", key, err)
	}
	return nil
}

func (r *Receiver) release(ctx context.Context, key, owner string) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := r.store.Release(ctx, key, owner); err != nil {
		return fmt.Errorf("runs: log %s: release: %w", key, err)
	}
	return nil
}

// detachedTimeout limits calls of a store that don't end with the context.
const detachedTimeout = 10 * time.Second

// detached returns a context that doesn't end with ctx.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), detachedTimeout)
}
