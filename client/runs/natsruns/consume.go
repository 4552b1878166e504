package natsruns

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

const (
	// pullWait is how long a request for a message of an idle org waits, and the
	// maximum delay after a request that failed.
	pullWait = 10 * time.Second
	// pullHeartbeat is how often the server shows that the request is still
	// known.
	pullHeartbeat = 2 * time.Second
	// maxPull limits the number of messages that are requested at once.
	maxPull = 32
	// returnGracePeriod is how long functions may run after their contexts have
	// ended.
	returnGracePeriod = 5 * time.Second
)

// Consume calls handle for the runs of all orgs until the context ends. Then it
// claims no more runs, waits up to [WithShutdownTimeout] for running calls, and
// returns the context's error. It may be called in any number of processes.
//
// If handle returns nil, the run is done. If it returns an error or panics, the
// run is delivered again later, to any worker. Handle is called concurrently. Its
// context ends after [WithHandleTimeout], and at the end of a shutdown.
//
// If a consumer is deleted, Consume creates it again. It ends with an error if it
// can't go on:
//   - [ErrDeleted] if a stream or the bucket of handled runs was deleted.
//   - a [*ConfigError] if anything was changed on which the guarantees depend.
//   - a [*PermissionError] if a permission was taken away.
//   - [nats.ErrConnectionClosed] if the connection was closed, or has given up.
//
// It reports all other errors of the server, and retries.
func (b *Bridge) Consume(ctx context.Context, handle func(context.Context, *Run) error, opts ...ConsumeOption) error {
	switch {
	case ctx == nil:
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case handle == nil:
		return &api.ArgumentError{Argument: "handle", Reason: "is nil"}
	}
	s, err := newConsumeSettings(opts)
	if err != nil {
		return err
	}
	pulling, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	share := s.concurrency
	if len(b.orgs) > 1 {
		share = (share + 1) / 2
	}
	all := make(slots, s.concurrency)
	var calls inFlight
	var pullers sync.WaitGroup
	for _, o := range b.sortedOrgs() {
		w := &worker{
			Bridge: b, consumeSettings: s, org: o, handle: handle, own: make(slots, share), all: all, calls: &calls,
			ctx: working, stopping: pulling.Done(),
		}
		pullers.Go(func() { w.pull(pulling) })
	}
	if err := b.watch(pulling, b.checkConsuming); err != nil {
		stop(err)
	}
	pullers.Wait()
	err = context.Cause(pulling)
	return errors.Join(err, calls.wait(s.shutdownTimeout, cancel))
}

// inFlight counts the running calls.
type inFlight struct {
	group sync.WaitGroup
	count atomic.Int64
}

func (f *inFlight) start(call func()) {
	f.count.Add(1)
	f.group.Go(func() {
		defer f.count.Add(-1)
		call()
	})
}

// wait waits for the calls to finish. After the timeout, it cancels them and
// waits a little longer.
func (f *inFlight) wait(timeout time.Duration, cancel func()) error {
	finished := make(chan struct{})
	go func() { f.group.Wait(); close(finished) }()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-finished:
		return nil
	case <-timer.C:
	}
	cancel()
	timer.Reset(returnGracePeriod)
	select {
	case <-finished:
		return nil
	case <-timer.C:
		return fmt.Errorf("%w: %d", ErrUnfinished, f.count.Load())
	}
}

// slots limits concurrency. Goroutines that wait for a slot get it in order.
type slots chan struct{}

func (s slots) acquire(ctx context.Context) bool {
	select {
	case s <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s slots) tryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) release() { <-s }

// worker handles the runs of one org.
type worker struct {
	*Bridge
	consumeSettings
	org      *org
	handle   func(context.Context, *Run) error
	own, all slots // a call needs one of each
	calls    *inFlight
	ctx      context.Context //nolint:containedctx // the context of the calls, which outlives that of pull
	stopping <-chan struct{} // no call begins after that
}

// pull claims messages and starts calls until the context ends. A process holds
// at most one message of an org that no function handles yet.
func (w *worker) pull(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		if !w.own.acquire(ctx) {
			break
		}
		msg, err := w.next(ctx)
		switch {
		case msg != nil:
			failures = 0
			w.pullBacklog(ctx, msg)
			continue
		case err == nil, ctx.Err() != nil:
			failures = 0
			w.own.release()
			continue
		}
		w.own.release()
		failures++
		retryIn := min(backoff(failures), pullWait)
		w.report(ctx, Outcome{Kind: KindServer, Org: w.org.name, RetryIn: retryIn, Err: fmt.Errorf("natsruns: runs can't be requested: %w", err)})
		_ = sleep(ctx, retryIn)
	}
}

// next waits for a message. It returns nil without an error if there is none.
func (w *worker) next(ctx context.Context) (jetstream.Msg, error) {
	// A deadline of ctx doesn't shorten the request, which must be longer than two
	// heartbeats.
	parent := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), pullWait)
	defer cancel()
	defer context.AfterFunc(parent, cancel)()
	batch, err := w.org.consumer.Fetch(1, jetstream.FetchContext(ctx), jetstream.FetchHeartbeat(pullHeartbeat))
	if err != nil {
		return nil, err
	}
	msg := <-batch.Messages()
	if err := batch.Error(); msg == nil && err != nil && ctx.Err() == nil {
		return nil, err
	}
	return msg, nil
}

// pullBacklog handles a message, for which it has a slot of the org, and those
// that are waiting.
func (w *worker) pullBacklog(ctx context.Context, first jetstream.Msg) {
	claim := w.hold(first) //nolint:contextcheck // the claim outlives ctx
	if !w.all.acquire(ctx) {
		claim.giveBack(0)
		w.own.release()
		return
	}
	hasMore := w.start(claim) //nolint:contextcheck // the call outlives ctx
	for hasMore {
		n := w.acquire(ctx)
		if n == 0 {
			return
		}
		batch, err := w.org.consumer.FetchNoWait(n)
		started := 0
		hasMore = false
		if err == nil {
			for msg := range batch.Messages() {
				hasMore = w.start(w.hold(msg)) //nolint:contextcheck // see above
				started++
			}
		}
		for range n - started {
			w.all.release()
			w.own.release()
		}
	}
}

// acquire waits for one slot, takes more if they are free, and returns their
// number. It returns 0 if the context ends.
func (w *worker) acquire(ctx context.Context) int {
	if !w.own.acquire(ctx) {
		return 0
	}
	if !w.all.acquire(ctx) {
		w.own.release()
		return 0
	}
	n := 1
	for ; n < maxPull && w.own.tryAcquire(); n++ {
		if !w.all.tryAcquire() {
			w.own.release()
			break
		}
	}
	return n
}

// start handles a message in a goroutine, which releases its slots. It reports
// whether the consumer has more messages.
func (w *worker) start(c *claim) (hasMore bool) {
	w.calls.start(func() {
		defer func() { c.stop(); w.all.release(); w.own.release() }()
		w.handleMessage(c)
	})
	return c.metadata != nil && c.metadata.NumPending > 0
}

// claim is a message that this process has claimed. The claim is extended until
// stop is called.
type claim struct {
	jetstream.Msg
	metadata *jetstream.MsgMetadata
	stop     func()
}

// hold starts to extend the claim of a message.
func (w *worker) hold(msg jetstream.Msg) *claim {
	ctx, cancel := context.WithTimeout(w.ctx, w.handleTimeout)
	c := &claim{Msg: msg}
	c.metadata, _ = msg.Metadata()
	extended := make(chan struct{})
	go func() {
		defer close(extended)
		for sleep(ctx, time.Duration(w.org.ackWait.Load())/3) == nil {
			_ = msg.InProgress() // an error means that the connection is closed
		}
	}()
	c.stop = func() { cancel(); <-extended }
	return c
}

// giveBack has the message delivered again after a delay.
func (c *claim) giveBack(delay time.Duration) {
	c.stop()
	_ = c.NakWithDelay(delay) // if it fails, the message is delivered again after the AckWait
}

// handleMessage calls the function for the run of a message, and records the
// result.
func (w *worker) handleMessage(c *claim) {
	ctx, cancel := context.WithTimeout(w.ctx, w.handleTimeout)
	defer cancel()
	start := time.Now()
	outcome := Outcome{Kind: KindRun, Org: w.org.name, Attempt: 1}
	if c.metadata != nil {
		outcome.Attempt = int(min(c.metadata.NumDelivered, 1<<30))
	}
	run, err := w.org.decode(ctx, c.Headers(), c.Data())
	if err == nil {
		run.Attempt, outcome.LogID = outcome.Attempt, run.LogID
		outcome.Duplicate, err = w.isDone(ctx, run.LogID)
		switch {
		case err != nil:
		case outcome.Duplicate:
		case outcome.Attempt > w.maxAttempts: // workers died, or could not store the result
			err = errWorkerDied
		default:
			if err = catchPanic(func() error { return w.handle(ctx, run) }); err == nil {
				w.markDone(run.LogID)
			}
		}
	}
	outcome.Duration, outcome.Err = time.Since(start), err
	w.settle(c, outcome)
}

// settle acknowledges the message, has it delivered again, or moves it to the
// dead letters.
func (w *worker) settle(c *claim, outcome Outcome) {
	switch {
	case outcome.Err == nil:
		c.stop()
		outcome.Err = c.Ack() // if it is lost, the run is delivered again and known to be done
	case errors.Is(outcome.Err, errNotStarted):
		c.giveBack(0)
	case errors.Is(outcome.Err, ErrUndecodable), outcome.Attempt >= w.maxAttempts && w.ctx.Err() == nil:
		outcome.Kind = KindDeadLetter
		if err := w.bury(c, outcome); err != nil {
			outcome.Kind, outcome.RetryIn = KindServer, backoff(outcome.Attempt)
			outcome.Err = errors.Join(outcome.Err, err)
			c.giveBack(outcome.RetryIn)
		}
	case w.ctx.Err() != nil: // the process shuts down
		c.giveBack(0)
	default:
		outcome.RetryIn = backoff(outcome.Attempt)
		c.giveBack(outcome.RetryIn)
	}
	w.report(context.WithoutCancel(w.ctx), outcome)
}

// errNotStarted is the result of a run whose function was not called because
// Consume is ending.
var errNotStarted = errors.New("natsruns: Consume is ending")

// isDone reports whether a run was handled. While the bucket of handled runs can't
// be read, it retries, so that an outage doesn't use up the attempts.
func (w *worker) isDone(ctx context.Context, logID int64) (bool, error) {
	for failures := 1; ; failures++ {
		isDone, err := w.tryIsDone(ctx, logID)
		if err == nil || ctx.Err() != nil {
			return isDone, err
		}
		retryIn := min(backoff(failures), pullWait)
		w.report(ctx, Outcome{Kind: KindServer, Org: w.org.name, LogID: logID, RetryIn: retryIn, Err: err})
		select {
		case <-w.stopping:
			return false, errNotStarted
		case <-ctx.Done():
			return false, err
		case <-time.After(retryIn):
		}
	}
}

// doneValue is the value of a handled run. Another value was not written by this
// package.
const doneValue = "handled"

func (w *worker) tryIsDone(ctx context.Context, logID int64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	key := w.org.key(logID)
	entry, err := w.done.Get(ctx, key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("natsruns: log %d can't be looked up in the bucket of handled runs: %w", logID, err)
	case string(entry.Value()) != doneValue:
		w.report(ctx, Outcome{Kind: KindServer, Org: w.org.name, LogID: logID, Err: fmt.Errorf("natsruns: another program has written the key %q of the bucket %q, so the run is handled", key, w.done.Bucket())})
		return false, nil
	}
	return true, nil
}

// markDone records that a run was handled. If that fails, the message is
// acknowledged nevertheless: delivered again, it would be handled twice.
func (w *worker) markDone(logID int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), 2*publishTimeout)
	defer cancel()
	if _, err := resend(ctx, func(ctx context.Context) error {
		_, err := w.done.PutString(ctx, w.org.key(logID), doneValue)
		return err
	}); err != nil {
		w.report(ctx, Outcome{Kind: KindServer, Org: w.org.name, LogID: logID, Err: fmt.Errorf("natsruns: the run could not be marked as handled: %w", err)})
	}
}

// catchPanic calls a function of the program. It returns an error if the function
// panics or calls runtime.Goexit.
func catchPanic(call func() error) error {
	returned := make(chan error, 1)
	go func() {
		err := error(&runs.PanicError{Value: "runtime.Goexit was called"})
		defer func() {
			if value := recover(); value != nil {
				err = &runs.PanicError{Value: value, Stack: debug.Stack()}
			}
			returned <- err
		}()
		err = call()
	}()
	return <-returned
}
