package natsruns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// watchInterval is how often the streams, buckets and consumers are checked.
	watchInterval = 30 * time.Second
	// failureInterval is how soon they are checked after a failure.
	failureInterval = time.Second
)

// watch checks streams, buckets and consumers until the context ends. It returns
// an error if one was deleted or changed, a permission was taken away, or the
// connection was closed. Other errors are transient, and are reported by what they
// make fail.
func (b *Bridge) watch(ctx context.Context, check func(context.Context) error) error {
	before, failures, checked := b.conn().LastError(), b.failures.Load(), time.Now()
	for sleep(ctx, failureInterval) == nil {
		if b.conn().IsClosed() {
			return fmt.Errorf("natsruns: %w (to survive any outage, connect with nats.MaxReconnects(-1))", nats.ErrConnectionClosed)
		}
		if violation := b.violation(before); violation != nil {
			return &PermissionError{Action: "use " + b.name, Err: violation}
		}
		n := b.failures.Load()
		if n == failures && time.Since(checked) < watchInterval {
			continue
		}
		failures = n
		err := check(ctx)
		_, isChanged := errors.AsType[*ConfigError](err)
		if isChanged || errors.Is(err, ErrDeleted) {
			return err
		}
		checked = time.Now()
	}
	return nil
}

// checkFollowing checks what a follower needs.
func (b *Bridge) checkFollowing(ctx context.Context) error {
	return b.checkStorages(ctx, b.name, b.positionsName())
}

// checkConsuming checks what workers need. It creates consumers that were
// deleted, because the stream still has their runs.
func (b *Bridge) checkConsuming(ctx context.Context) error {
	if err := b.checkStorages(ctx, b.name, b.deadName(), b.doneName()); err != nil {
		return err
	}
	for _, o := range b.sortedOrgs() {
		if err := b.checkOrRecreateConsumer(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bridge) checkOrRecreateConsumer(ctx context.Context, o *org) error {
	limited, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	consumer, err := b.stream.Consumer(limited, o.token)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		b.report(ctx, Outcome{Kind: KindServer, Org: o.name, Err: fmt.Errorf("natsruns: the consumer %q of the stream %q was deleted, and is created again", o.token, b.name)})
		_, err = b.openConsumer(ctx, o)
		return err
	}
	if err != nil {
		return err
	}
	return b.checkConsumer(o, consumer)
}

// checkStorages checks some of the streams and buckets.
func (b *Bridge) checkStorages(ctx context.Context, names ...string) error {
	for _, s := range b.storages() {
		if !slices.Contains(names, s.name) {
			continue
		}
		stream, err := b.readStream(ctx, s)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("%w: the %s %q (New creates it again)", ErrDeleted, s.kind, s.name)
		}
		if err != nil {
			return err
		}
		if err := s.checkConfig(stream); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bridge) readStream(ctx context.Context, s storage) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	return b.js.Stream(ctx, s.stream)
}
