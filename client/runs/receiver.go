package runs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/internal/handling"
	"github.com/iblai/iblai-go/client/internal/refusal"
)

// Receiver calls a function for every finished run. As an [http.Handler], it
// receives callbacks. [Receiver.Follow] finds the runs in the logs whose
// callbacks were lost. Without [WithLogger] and [WithObserver], it logs
// failures to [slog.Default]. A Receiver is safe for concurrent use.
type Receiver struct {
	*runHandler
	client    *client.Client
	callbacks atomic.Pointer[callback.Handler]
	// wake makes Follow poll immediately.
	wake chan struct{}

	loading sync.Mutex // held while the position is loaded

	mu        sync.Mutex
	following bool
	status    Status
	clock     serviceClock
}

// NewReceiver returns a receiver that calls handle for every finished run in
// the client's org. Runs are reported by callbacks that verifier accepts, or
// found in the logs. If handle returns an error or panics, a later poll calls
// it again, with exponential backoff of up to 5 minutes; [WithDeadLetter]
// limits the number of attempts. Handle is called concurrently.
//
// If an argument or an option is invalid, NewReceiver returns an
// [*api.ArgumentError]. It sends no requests.
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
	if err := s.validateCall(c); err != nil {
		return nil, err
	}
	if s.positions == nil {
		s.positions = discardPositions{}
	}
	r := &Receiver{
		runHandler: &runHandler{
			settings: s,
			org:      c.Org(),
			handle:   handle,
			tracker:  new(Position).init(),
			saver:    newSaver(s.positions),
			once:     &handling.Handler{Store: s.store, Caller: newCaller(), Duplicate: callback.ErrDuplicate, InProgress: callback.ErrInProgress},
		},
		client: c,
		wake:   make(chan struct{}, 1),
	}
	if err := r.SetVerifier(verifier); err != nil {
		return nil, err
	}
	return r, nil
}

// SetVerifier replaces the verifier of callbacks, for secret rotation. It is
// safe to call while callbacks are being received.
func (r *Receiver) SetVerifier(verifier *callback.Verifier) error {
	opts := append([]callback.Option{callback.WithObserver(r.reportCallback)}, r.callbackOptions...)
	handler, err := callback.NewHandler(verifier, r.handleEvent, opts...)
	if err != nil {
		return err
	}
	r.callbacks.Store(handler)
	return nil
}

// validateCall returns an error if the client rejects the params or the call
// options. No request is sent, since the context is already canceled.
func (s *settings) validateCall(c *client.Client) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := c.PeriodicAgentLogs.List(ctx, &s.params, s.callOptions...)
	if isArgumentError(err) {
		return err
	}
	return s.validateWatchdog(c)
}

// ServeHTTP receives a callback. It calls the function before it sends the
// response. The context of the call doesn't end when the sender disconnects.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.callbacks.Load().ServeHTTP(w, request)
}

// handleEvent handles the run in a callback.
func (r *Receiver) handleEvent(ctx context.Context, event *callback.Event) error {
	if !isFinal(event.Status) || event.LogID < 1 {
		return r.deferToLogs(event)
	}
	if err := r.loadOnce(ctx); err != nil {
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: err}
	}
	since, oldID := r.tracker.bounds()
	if oldID > 0 && event.LogID <= oldID && !event.Timestamp.IsZero() && event.Timestamp.Before(since) &&
		r.tracker.classify(event.LogID, event.Timestamp) == logOld {
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: ErrLate}
	}
	run := &Run{LogID: event.LogID, Status: normalize(event.Status), Content: event.Log, Event: event}
	if err := r.claim(run.LogID, event.Timestamp); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if r.logLookup {
		if err := r.attachLog(ctx, run); err != nil {
			r.tracker.release(run.LogID, time.Now())
			return err
		}
	}
	recordErr, err := r.run(ctx, run)
	_, isDead := errors.AsType[*DeadLetterError](err)
	_, isClaim := errors.AsType[*handling.ClaimError](err)
	switch {
	case err == nil && recordErr != nil:
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: recordErr}
	case isDead, err == callback.ErrDuplicate: //nolint:errorlint // the function may return it wrapped
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: errors.Join(err, recordErr)}
	case err == callback.ErrInProgress: //nolint:errorlint // see above
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: err}
	case isClaim:
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: errors.Join(err, recordErr)}
	}
	return errors.Join(err, recordErr)
}

// deferToLogs responds to a callback that doesn't identify a finished run. The
// run is handled when it is found in the logs.
func (r *Receiver) deferToLogs(event *callback.Event) error {
	if normalize(event.Status) == api.StatusRunning && event.LogID > 0 {
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: ErrNotFinal}
	}
	if !r.isFollowing() {
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: fmt.Errorf("%w, and Follow is not running", ErrNotFinal)}
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return &refusal.Error{StatusCode: http.StatusNoContent, Err: ErrNotFinal}
}

// claim claims the run in a callback.
func (r *Receiver) claim(id int64, ended time.Time) error {
	switch r.tracker.claim(id, r.serviceTime(), ended) {
	case logDone:
		return &refusal.Error{StatusCode: http.StatusNoContent, Err: callback.ErrDuplicate}
	case logOpen:
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: callback.ErrInProgress}
	default:
		return nil
	}
}

// attachLog requests the log of a run and adds it to the run.
func (r *Receiver) attachLog(ctx context.Context, run *Run) error {
	log, err := r.client.PeriodicAgentLogs.Get(ctx, run.LogID, r.callOptions...)
	switch {
	case err == nil:
		run.Log, run.AgentID = log, log.PeriodicAgent
	case isNotFound(err): // it was deleted with its agent
	default:
		return &refusal.Error{StatusCode: http.StatusServiceUnavailable, Err: fmt.Errorf("runs: log %d: %w", run.LogID, err)}
	}
	return nil
}

func (r *Receiver) reportCallback(ctx context.Context, outcome callback.Outcome) {
	if outcome.Err == nil {
		r.watchdog.observeCallback(outcome.LogID, outcome.Status)
	}
	r.reports.report(ctx, Outcome{
		Kind:       KindCallback,
		LogID:      outcome.LogID,
		Status:     normalize(outcome.Status),
		StatusCode: outcome.StatusCode,
		Duration:   outcome.Duration,
		Err:        outcome.Err,
	})
}

// Follow polls the logs and calls the function for the runs that no callback
// has reported. When the context ends, it waits up to [WithShutdownTimeout] for
// running calls of the function, and returns the context's error.
//
// Follow returns an error of the [PositionStore] before the first poll. Until a
// poll succeeds, it also returns errors that retries can't fix: 401, 403, a 404
// of the service itself, a validation error, and a refused redirect. It reports
// all other errors and all later ones, sets [Receiver.Status] to not ready, and
// polls again with exponential backoff.
//
// If Follow is called while another call is running, it returns [ErrFollowing].
func (r *Receiver) Follow(ctx context.Context) error {
	return r.follow(ctx, (*following).poll)
}

// follow loads the position, polls with poll while workers handle the runs, and
// waits for the workers.
func (r *Receiver) follow(ctx context.Context, poll func(*following, context.Context) error) (err error) {
	if ctx == nil {
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	if !r.startFollowing() {
		return ErrFollowing
	}
	defer func() { r.stopFollowing(err) }()
	defer func() { err = errors.Join(err, r.saver.close(ctx)) }()
	isNew, err := r.load(ctx)
	if err != nil {
		return err
	}
	f := &following{Receiver: r, work: make(chan *client.PeriodicAgentLog)}
	f.follower = newFollower(r.settings, r.client, &Position{r.tracker})
	f.follower.startAtPresent = isNew
	f.follower.deliver = f.deliver
	f.follower.save = f.save
	f.follower.report = func(ctx context.Context, err error) { r.reports.report(ctx, Outcome{Kind: KindLog, Err: err}) }
	if f.watching, err = f.follower.startWatchdog(ctx); err != nil {
		return err
	}
	return errors.Join(f.run(ctx, poll), f.watching.stopAndReport(ctx))
}

// loadOnce loads the position unless that was done: otherwise a callback that
// arrives before Follow has loaded it could be about a run that is done.
func (r *Receiver) loadOnce(ctx context.Context) error {
	r.loading.Lock()
	defer r.loading.Unlock()
	if r.saver.hasLoaded() {
		return nil
	}
	_, err := r.loadLocked(ctx)
	return err
}

// load loads the position. It reports whether there is none. In that case the
// position must be set to the service's present.
func (r *Receiver) load(ctx context.Context) (isNew bool, err error) {
	r.loading.Lock()
	defer r.loading.Unlock()
	return r.loadLocked(ctx)
}

func (r *Receiver) loadLocked(ctx context.Context) (isNew bool, err error) {
	position, err := r.saver.load(ctx)
	if err != nil {
		return false, err
	}
	if position == nil {
		position = r.start
	}
	if position == nil {
		since, oldID := r.tracker.bounds()
		return since.IsZero() && oldID == 0, nil
	}
	if err := r.tracker.load(position.State()); err != nil {
		return false, fmt.Errorf("runs: the position can't be loaded: %w", err)
	}
	// Saved before the first poll, so that the start is the same after a crash.
	since, oldID := r.tracker.bounds()
	r.tracker.start(since, oldID)
	return false, r.saver.save(ctx, r.tracker)
}

// following is one call of Receiver.Follow or Receiver.CatchUp.
type following struct {
	*Receiver
	follower *follower
	watching *watching // nil means no watchdog
	work     chan *client.PeriodicAgentLog
	// pending counts the runs that were passed to the workers.
	pending sync.WaitGroup
	// unsaved is the error of the latest save.
	unsaved error

	failedMu sync.Mutex
	// failed is the number of failed runs. firstFailure is the error of the first
	// one.
	failed       int
	firstFailure error
}

// run calls poll while workers handle the runs.
func (f *following) run(ctx context.Context, poll func(*following, context.Context) error) error {
	handlingCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var workers sync.WaitGroup
	for range f.concurrency {
		workers.Go(func() {
			for log := range f.work {
				f.handleLog(handlingCtx, log)
				f.pending.Done()
			}
		})
	}
	polling, stop := context.WithCancel(ctx)
	workers.Go(func() { f.retryMarking(polling) })
	err := poll(f, ctx)
	stop()
	close(f.work)
	return errors.Join(err, f.shutDown(cancel, &workers))
}

// retryMarking periodically marks handled runs as done in the store if that
// failed before.
func (f *following) retryMarking(ctx context.Context) {
	for sleep(ctx, f.interval, nil) == nil {
		if err := f.once.MarkPending(ctx); err != nil {
			f.reports.report(ctx, Outcome{Kind: KindSave, Err: err})
		}
	}
}

// shutDown waits for the workers to finish. After the shutdown timeout, it
// cancels them and waits a little longer.
func (f *following) shutDown(cancel func(), workers *sync.WaitGroup) error {
	finished := make(chan struct{})
	go func() { workers.Wait(); close(finished) }()
	finishedWithin := func(d time.Duration) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-finished:
			return true
		case <-timer.C:
			return false
		}
	}
	if finishedWithin(f.shutdownTimeout) {
		return nil
	}
	cancel()
	if finishedWithin(returnGracePeriod) {
		return nil
	}
	claimed := f.tracker.selectOpen(func(log *openLog) bool { return log.isClaimed })
	ids := make([]int64, len(claimed))
	for i, log := range claimed {
		ids[i] = log.id
	}
	return fmt.Errorf("%w: logs %v", ErrUnfinished, ids)
}

// poll polls until the context ends or the first polls fail permanently.
func (f *following) poll(ctx context.Context) error {
	for failures, succeeded := 0, false; ; {
		start := time.Now()
		p, err := f.follower.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return contextError(ctx)
		case err == nil:
			failures, succeeded = 0, true
		case !succeeded && isPermanent(err):
			return fmt.Errorf("runs: the logs can't be polled: %w", err)
		default:
			failures++
			f.save(ctx)
		}
		wait := backoff(f.interval, max(f.interval, maxBackoff), failures)
		f.reportPoll(ctx, p, err, start, wait)
		if err := sleep(ctx, wait, f.wake); err != nil {
			return err
		}
	}
}

func (f *following) reportPoll(ctx context.Context, p *poll, err error, start time.Time, wait time.Duration) {
	outcome := Outcome{Kind: KindPoll, Found: p.finished, Requests: p.requests, Reread: p.hasReadOverlap, Duration: time.Since(start), Err: err}
	if err != nil {
		outcome.RetryIn = wait
	}
	f.reports.report(ctx, outcome)
	f.recordPoll(p, err, f.unsaved)
}

// deliver passes a log to a worker.
func (f *following) deliver(ctx context.Context, log *client.PeriodicAgentLog) error {
	if !f.tracker.claimOpen(log.ID) {
		return nil // a callback has reported it in the meantime
	}
	f.pending.Add(1)
	select {
	case f.work <- log:
		return nil
	case <-ctx.Done():
		f.pending.Done()
		f.tracker.release(log.ID, time.Now())
		return ctx.Err()
	}
}

// handleLog handles the run of a log.
func (f *following) handleLog(ctx context.Context, log *client.PeriodicAgentLog) {
	start := time.Now()
	run := newRun(log)
	recordErr, err := f.runHandler.run(ctx, run)
	f.reports.report(ctx, Outcome{
		Kind: KindRun, LogID: run.LogID, AgentID: run.AgentID, Status: run.Status, Duration: time.Since(start), Err: err,
	})
	f.countFailure(err)
	if recordErr != nil {
		f.reports.report(ctx, Outcome{Kind: KindSave, LogID: run.LogID, Err: recordErr})
		f.recordFailure(recordErr)
	}
}

// save saves the position. If it fails, the next poll saves it again.
func (f *following) save(ctx context.Context) {
	if f.unsaved = f.saver.save(ctx, f.tracker); f.unsaved != nil {
		f.reports.report(ctx, Outcome{Kind: KindSave, Err: f.unsaved})
		f.recordFailure(f.unsaved)
	}
}
