package natsruns

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

const (
	// publishConcurrency is the number of runs from the logs of an org that are
	// published concurrently.
	publishConcurrency = 32
	// minRetryDelay and maxRetryDelay limit the delay before a failed step is
	// retried.
	minRetryDelay = time.Second
	maxRetryDelay = 5 * time.Minute
)

// followerStatus is what this process knows about the follower of an org.
type followerStatus struct {
	mu          sync.Mutex
	isFollowing bool
	err         error
}

func (s *followerStatus) set(isFollowing bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isFollowing, s.err = isFollowing, err
}

func (s *followerStatus) get() (isFollowing bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isFollowing, s.err
}

// Follow polls the logs of every org whose lease it holds, and publishes the runs
// that have finished. Call it on every replica: if one dies, others take over its
// orgs. Follow returns the context's error when the context ends, after it has
// saved the positions and released the leases.
//
// If an org can't be polled, for example because its key is wrong, Follow reports
// that, retries, and follows the other orgs meanwhile.
//
// Follow ends with an error if it can't go on, as [Bridge.Consume] does. It needs
// the stream of runs and the bucket of positions.
//
// If Follow is called while another call is running, it returns [ErrFollowing].
func (b *Bridge) Follow(ctx context.Context) error {
	if ctx == nil {
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	if !b.following.CompareAndSwap(false, true) {
		return ErrFollowing
	}
	defer b.following.Store(false)
	owner := rand.Text()
	following, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	for _, o := range b.sortedOrgs() {
		group.Go(func() { b.followOrg(following, o, owner) })
	}
	err := b.watch(ctx, b.checkFollowing)
	cancel()
	group.Wait()
	return cmp.Or(err, ctx.Err())
}

// followOrg follows an org whenever it holds the lease, until the context ends.
func (b *Bridge) followOrg(ctx context.Context, o *org, owner string) {
	report := func(err error) {
		o.follower.set(false, err)
		if err != nil {
			b.report(ctx, Outcome{Kind: KindServer, Org: o.name, RetryIn: b.lease / 3, Err: err})
		}
	}
	for failures := 0; ctx.Err() == nil; {
		l := &lease{bridge: b, key: o.token, owner: owner, logs: map[int64]runs.LogState{}}
		if l.acquire(ctx, report) != nil {
			return
		}
		o.follower.set(true, nil)
		b.report(ctx, Outcome{Kind: KindLease, Org: o.name})
		start := time.Now()
		err := b.followWithLease(ctx, o, l)
		o.follower.set(false, err)
		if ctx.Err() != nil {
			return
		}
		if failures++; errors.Is(err, ErrLeaseLost) || time.Since(start) > maxRetryDelay {
			failures = 0
		}
		retryIn := min(backoff(failures), b.lease)
		b.report(ctx, Outcome{Kind: KindLease, Org: o.name, RetryIn: retryIn, Err: err})
		_ = sleep(ctx, retryIn)
	}
}

// followWithLease polls the logs until the context ends, the lease or the
// connection is lost, or the receiver returns an error.
func (b *Bridge) followWithLease(ctx context.Context, o *org, l *lease) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	receiver, err := b.newReceiver(o, l, func(_ context.Context, run *runs.Run) error { //nolint:contextcheck // creating it sends nothing
		return b.publishFromLogs(ctx, o, run)
	})
	if err != nil {
		return err
	}
	connected := b.conn().StatusChanged(nats.CONNECTED)
	defer b.conn().RemoveStatusListener(connected)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		select {
		case <-connected:
			cancel(errReconnected)
		case <-ctx.Done():
		}
	})
	renewing.Go(func() {
		cancel(l.renew(ctx, func(err error) {
			b.report(ctx, Outcome{Kind: KindServer, Org: o.name, RetryIn: b.lease / 3, Err: err})
		}))
	})
	err = receiver.Follow(ctx)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	cancel(err)
	renewing.Wait()
	if errors.Is(err, ErrLeaseLost) {
		return err
	}
	return errors.Join(err, l.release(ctx))
}

// newReceiver returns the receiver that polls the logs of an org.
func (b *Bridge) newReceiver(o *org, positions runs.PositionStore, handle func(context.Context, *runs.Run) error) (*runs.Receiver, error) {
	opts := []runs.Option{
		runs.WithConcurrency(publishConcurrency),
		runs.WithObserver(func(ctx context.Context, outcome runs.Outcome) {
			if outcome.Kind == runs.KindPoll {
				o.follower.set(true, outcome.Err)
			}
			if outcome.Err != nil && outcome.Kind != runs.KindRun {
				b.report(ctx, Outcome{Kind: KindFollow, Org: o.name, LogID: outcome.LogID, RetryIn: outcome.RetryIn, Err: outcome.Err})
			}
		}),
	}
	opts = append(opts, b.followOptions...)
	opts = append(opts, runs.WithPositionStore(positions))
	return runs.NewReceiver(o.client, o.verifier, handle, opts...)
}

func discardRun(context.Context, *runs.Run) error { return nil }

// publishFromLogs publishes a run that was found in the logs. If that fails, it
// retries until it succeeds or ctx ends, and polling waits.
func (b *Bridge) publishFromLogs(ctx context.Context, o *org, run *runs.Run) error {
	for failures := 1; ; failures++ {
		start := time.Now()
		isDuplicate, err := b.publish(ctx, o, run)
		outcome := Outcome{Kind: KindPublish, Org: o.name, LogID: run.LogID, Duplicate: isDuplicate, Duration: time.Since(start), Err: err}
		if err == nil {
			b.report(ctx, outcome)
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("natsruns: log %d was not published: %w", run.LogID, context.Cause(ctx))
		}
		outcome.RetryIn = min(backoff(failures), b.lease)
		b.report(ctx, outcome)
		if err := sleep(ctx, outcome.RetryIn); err != nil {
			return fmt.Errorf("natsruns: log %d was not published: %w", run.LogID, context.Cause(ctx))
		}
	}
}

// backoff returns the delay after a number of failures.
func backoff(failures int) time.Duration {
	delay := minRetryDelay
	for range min(failures, 20) - 1 {
		delay = min(2*delay, maxRetryDelay)
	}
	return delay
}
