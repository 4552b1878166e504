package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Receiver calls a function for every finished run. It is an [http.Handler] for
// callbacks; [Receiver.Follow] finds in the logs the runs whose callbacks were
// lost. What it does is reported to [slog.Default], unless [WithLogger] or
// [WithObserver] is given.
type Receiver struct {
	*settings
	client    *client.Client
	handle    func(context.Context, *Run) error
	callbacks http.Handler

	mu        sync.Mutex
	following bool
	status    Status
}

// The capacity of the store that a Receiver has by default: enough to recognize
// a run that both a callback and a log report.
const (
	rememberedRuns = 100_000
	rememberedFor  = 24 * time.Hour
)

// NewReceiver returns a receiver of the runs that the client's user can see.
// Callbacks are verified by verifier. The function handle is called
// concurrently. A run that it returns an error for is handled again: at the next
// poll, or when the callback is sent again.
//
// An invalid argument or option is an [*api.ArgumentError]. Nothing is sent.
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

// checkCall has the client check the parameters and options of calls. It does so
// before it looks at the context, which has ended, so that nothing is sent.
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

// Follow polls the logs until the context ends, and calls the function for the
// runs that no callback has reported. It returns the context's error then.
//
// Until a poll has succeeded, Follow also returns an error that shows that none
// can: 401, 403, the application's 404, a validation error, a redirect that was
// refused, or an invalid argument; and an error of the [PositionStore]. Any
// other error, and later every one, is reported, makes [Receiver.Status] not
// ready, and is followed by another poll, with exponential backoff.
//
// While one call of Follow is running, another one returns [ErrFollowing].
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
	// A program that is killed before the first run must not begin later.
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

// run polls until the context ends, or an error shows that it can't work.
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

// deliver handles the run of a log and saves the position. It reports whether to
// go on.
func (f *following) deliver(ctx context.Context, log *client.PeriodicAgentLog) bool {
	if ctx.Err() != nil {
		f.follower.position.Retry(log.ID)
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

// trySave saves the position. If that fails it is reported, and tried again
// after the next run or poll.
func (f *following) trySave(ctx context.Context) {
	start := time.Now()
	f.unsaved = f.save(ctx)
	f.reports.report(ctx, Outcome{Kind: KindSave, Duration: time.Since(start), Err: f.unsaved})
	if f.unsaved != nil {
		f.recordFailure(f.unsaved)
	}
}

// save saves the position, though the context may have ended: a run that was
// handled should not be handled again.
func (f *following) save(ctx context.Context) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := f.positions.Save(ctx, f.follower.position); err != nil {
		return fmt.Errorf("runs: the position can't be saved: %w", err)
	}
	return nil
}

// handleLog calls the function for a run unless a callback has reported it. It
// returns whether the run is handled, and an error beside that if the store has
// failed to remember it.
func (r *Receiver) handleLog(ctx context.Context, log *client.PeriodicAgentLog) (handled bool, err error) {
	key, owner := strconv.FormatInt(log.ID, 10)+":"+string(log.Status), rand.Text()
	switch err := r.store.Claim(ctx, key, owner); {
	case errors.Is(err, callback.ErrDuplicate):
		return true, callback.ErrDuplicate
	case errors.Is(err, callback.ErrInProgress):
		return false, callback.ErrInProgress
	case err != nil:
		// The claim may have been made though the store's response was lost.
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
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := r.store.Done(ctx, key); err != nil {
		return fmt.Errorf("runs: log %s was handled, but not marked as done: %w", key, err)
	}
	return nil
}

func (r *Receiver) release(ctx context.Context, key, owner string) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := r.store.Release(ctx, key, owner); err != nil {
		return fmt.Errorf("runs: log %s: release: %w", key, err)
	}
	return nil
}

// afterwardsTimeout bounds what is to be stored when the context has ended.
const afterwardsTimeout = 10 * time.Second

// afterwards returns a context for what must be stored though ctx may have
// ended.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), afterwardsTimeout)
}
