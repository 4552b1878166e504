package natsruns

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// setupTimeout limits each request of [New].
	setupTimeout = 5 * time.Second
	// setupConcurrency is the number of orgs that New sets up at a time.
	setupConcurrency = 16
)

// setUp creates or checks everything on the server.
func (b *Bridge) setUp(ctx context.Context) error {
	for _, s := range b.storages() {
		stream, err := b.openStorage(ctx, s)
		if err != nil {
			return err
		}
		if err := b.keep(ctx, s, stream); err != nil {
			return err
		}
	}
	err := b.setUpOrgs(ctx, setupConcurrency)
	if _, ok := errors.AsType[*PermissionError](err); ok {
		// An error of the connection belongs to no request: one at a time, the error
		// has the action that caused it.
		err = b.setUpOrgs(ctx, 1)
	}
	return err
}

// setUpOrgs sets up the orgs, several at a time.
func (b *Bridge) setUpOrgs(ctx context.Context, concurrency int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	running := make(slots, concurrency)
	var group sync.WaitGroup
	for _, o := range b.sortedOrgs() {
		if !running.acquire(ctx) {
			break
		}
		group.Go(func() {
			defer running.release()
			if err := b.setUpOrg(ctx, o); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

func (b *Bridge) setUpOrg(ctx context.Context, o *org) (err error) {
	if o.consumer, err = b.openConsumer(ctx, o); err != nil {
		return err
	}
	return b.checkPermissions(ctx, o)
}

// openStorage returns a stream, or the stream of a bucket. It creates it if it
// doesn't exist, and checks its settings.
func (b *Bridge) openStorage(ctx context.Context, s storage) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := b.request(ctx, fmt.Sprintf("read or create the %s %q", s.kind, s.name), func(ctx context.Context) (err error) {
		stream, err = b.js.Stream(ctx, s.stream)
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			return err
		}
		if err := s.create(ctx); err != nil && !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return err // if the name is in use, another replica has just created it
		}
		stream, err = b.js.Stream(ctx, s.stream)
		return err
	})
	if err != nil {
		return nil, err
	}
	return stream, s.checkConfig(stream)
}

// keep keeps what the bridge needs of a stream or a bucket.
func (b *Bridge) keep(ctx context.Context, s storage, stream jetstream.Stream) (err error) {
	config := stream.CachedInfo().Config
	switch s.name {
	case b.name:
		b.stream, b.knownByStream = stream, config.Duplicates
		b.warnOfOneReplica(ctx, stream)
	case b.deadName():
		b.dead = stream
	case b.doneName():
		b.knownByBucket = config.MaxAge
		b.done, err = b.openBucket(ctx, s.name)
	case b.positionsName():
		b.positionsStream = stream
		b.positions, err = b.openBucket(ctx, s.name)
	}
	return err
}

func (b *Bridge) openBucket(ctx context.Context, name string) (bucket jetstream.KeyValue, err error) {
	err = b.request(ctx, fmt.Sprintf("read the bucket %q", name), func(ctx context.Context) (err error) {
		bucket, err = b.js.KeyValue(ctx, name)
		return err
	})
	return bucket, err
}

// warnOfOneReplica reports that a cluster stores the runs on one server only,
// unless an option says so.
func (b *Bridge) warnOfOneReplica(ctx context.Context, stream jetstream.Stream) {
	info := stream.CachedInfo()
	if b.replicas > 0 || info.Cluster == nil || info.Cluster.Name == "" || info.Config.Replicas > 1 {
		return
	}
	b.report(ctx, Outcome{Kind: KindServer, Err: fmt.Errorf("natsruns: the stream %q has one replica in the cluster %q: if its server is lost, so are its runs (WithReplicas)", b.name, info.Cluster.Name)})
}

// openConsumer returns the consumer of an org. It creates it if it doesn't exist,
// and checks its settings.
func (b *Bridge) openConsumer(ctx context.Context, o *org) (jetstream.Consumer, error) {
	var consumer jetstream.Consumer
	err := b.request(ctx, fmt.Sprintf("read or create the consumer %q of the stream %q", o.token, b.name), func(ctx context.Context) (err error) {
		consumer, err = b.stream.Consumer(ctx, o.token)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			consumer, err = b.stream.CreateConsumer(ctx, b.consumerConfig(o))
		}
		if errors.Is(err, jetstream.ErrConsumerExists) {
			consumer, err = b.stream.Consumer(ctx, o.token)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return consumer, b.checkConsumer(o, consumer)
}
