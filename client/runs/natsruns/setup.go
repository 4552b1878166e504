package natsruns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// maxAckPending limits how many runs of an org are handled at once, by all
// workers together.
const maxAckPending = 1000

// positionsSuffix is the end of the name of the bucket of positions.
const positionsSuffix = "-positions"

// setUp creates or checks everything on the server.
func (b *Bridge) setUp(ctx context.Context) (err error) {
	if b.stream, err = b.setUpStream(ctx, b.streamConfig(), func(got, want *jetstream.StreamConfig) []setting {
		return []setting{
			{"retention", got.Retention, want.Retention, true},
			{"max_msgs_per_subject", got.MaxMsgsPerSubject, want.MaxMsgsPerSubject, b.maxRunsPerOrg > 0},
			{"discard_new_per_subject", got.DiscardNewPerSubject, want.DiscardNewPerSubject, got.MaxMsgsPerSubject > 0},
			{"duplicate_window", got.Duplicates, want.Duplicates, b.duplicateWindow > 0},
		}
	}); err != nil {
		return err
	}
	if b.dead, err = b.setUpStream(ctx, b.deadConfig(), func(got, want *jetstream.StreamConfig) []setting {
		return []setting{{"retention", got.Retention, want.Retention, true}}
	}); err != nil {
		return err
	}
	if b.done, err = b.setUpBucket(ctx, jetstream.KeyValueConfig{
		Bucket: b.name + "-done", Description: "Handled runs.", History: 1, TTL: b.doneTTL, Replicas: b.replicas,
	}, defaultDoneTTL); err != nil {
		return err
	}
	if b.doneTTL == 0 { // the bucket may have another one than the default
		if b.doneTTL, err = b.bucketTTL(ctx); err != nil {
			return err
		}
	}
	if b.positions, err = b.setUpBucket(ctx, jetstream.KeyValueConfig{
		Bucket: b.name + positionsSuffix, Description: "Leases and positions of followers.", History: 1, Replicas: b.replicas,
	}, 0); err != nil {
		return err
	}
	for _, o := range b.sortedOrgs() {
		if err := b.setUpOrg(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bridge) streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:                 b.name,
		Description:          "Finished runs to be handled.",
		Subjects:             []string{b.name + ".*"},
		Retention:            jetstream.WorkQueuePolicy,
		Discard:              jetstream.DiscardNew,
		DiscardNewPerSubject: true,
		MaxMsgsPerSubject:    cmp.Or(b.maxRunsPerOrg, defaultMaxRunsPerOrg),
		MaxBytes:             cmp.Or(b.maxBytes, defaultMaxBytes),
		Duplicates:           cmp.Or(b.duplicateWindow, defaultDuplicateWindow),
		Replicas:             cmp.Or(b.replicas, defaultReplicas),
		AllowDirect:          true,
	}
}

func (b *Bridge) deadConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        b.name + "-dead",
		Description: "Runs that could not be handled.",
		Subjects:    []string{b.name + "-dead.*"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    cmp.Or(b.maxBytes, defaultMaxBytes),
		Replicas:    cmp.Or(b.replicas, defaultReplicas),
	}
}

// setting is a setting of something that exists on the server.
type setting struct {
	name      string
	got, want any
	isChecked bool
}

func checkSettings(kind, name string, settings []setting) error {
	for _, s := range settings {
		if s.isChecked && !reflect.DeepEqual(s.got, s.want) {
			return &ConfigError{Kind: kind, Name: name, Setting: s.name, Got: s.got, Want: s.want}
		}
	}
	return nil
}

// setUpStream returns the stream with the given configuration. If it exists, it
// checks the settings that all streams have and those of more.
func (b *Bridge) setUpStream(ctx context.Context, want jetstream.StreamConfig, more func(got, want *jetstream.StreamConfig) []setting) (jetstream.Stream, error) {
	var stream jetstream.Stream
	action := fmt.Sprintf("read or create the stream %q", want.Name)
	err := b.request(ctx, action, func(ctx context.Context) (err error) {
		stream, err = b.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = b.js.CreateStream(ctx, want)
		}
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another replica has created it just now
			stream, err = b.js.Stream(ctx, want.Name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	got := stream.CachedInfo().Config
	return stream, checkSettings("stream", want.Name, append([]setting{
		{"subjects", got.Subjects, want.Subjects, true},
		{"storage", got.Storage, want.Storage, true},
		{"discard", got.Discard, want.Discard, true},
		{"max_age", got.MaxAge, want.MaxAge, true},
		{"max_bytes", got.MaxBytes, want.MaxBytes, b.maxBytes > 0},
		{"num_replicas", got.Replicas, want.Replicas, b.replicas > 0},
	}, more(&got, &want)...))
}

func (b *Bridge) setUpBucket(ctx context.Context, want jetstream.KeyValueConfig, defaultTTL time.Duration) (jetstream.KeyValue, error) {
	isTTLChecked := want.TTL > 0 || defaultTTL == 0
	want.TTL = cmp.Or(want.TTL, defaultTTL)
	want.Replicas = cmp.Or(want.Replicas, defaultReplicas)
	var bucket jetstream.KeyValue
	var status jetstream.KeyValueStatus
	err := b.request(ctx, fmt.Sprintf("read or create the key-value bucket %q", want.Bucket), func(ctx context.Context) (err error) {
		bucket, err = b.js.KeyValue(ctx, want.Bucket)
		if errors.Is(err, jetstream.ErrBucketNotFound) {
			bucket, err = b.js.CreateKeyValue(ctx, want)
		}
		if errors.Is(err, jetstream.ErrBucketExists) {
			bucket, err = b.js.KeyValue(ctx, want.Bucket)
		}
		if err == nil {
			status, err = bucket.Status(ctx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	got := status.Config()
	return bucket, checkSettings("bucket", want.Bucket, []setting{
		{"storage", got.Storage, want.Storage, true},
		{"history", got.History, want.History, true},
		{"ttl", got.TTL, want.TTL, isTTLChecked},
		{"num_replicas", got.Replicas, want.Replicas, b.replicas > 0},
	})
}

// bucketTTL returns the TTL of the bucket of handled runs.
func (b *Bridge) bucketTTL(ctx context.Context) (ttl time.Duration, err error) {
	err = b.request(ctx, "read the bucket of handled runs", func(ctx context.Context) error {
		status, err := b.done.Status(ctx)
		if err == nil {
			ttl = status.TTL()
		}
		return err
	})
	return ttl, err
}

// setUpOrg sets up the consumer of an org, and checks that the connection may
// publish its runs.
func (b *Bridge) setUpOrg(ctx context.Context, o *org) error {
	want := jetstream.ConsumerConfig{
		Durable:       o.token,
		Description:   "Workers of one org.",
		FilterSubject: b.subject(o),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       cmp.Or(b.ackWait, defaultAckWait),
		MaxDeliver:    -1, // workers count, so that no run is dropped without a dead letter
		MaxAckPending: maxAckPending,
	}
	err := b.request(ctx, fmt.Sprintf("read or create the consumer %q of the stream %q", o.token, b.name), func(ctx context.Context) (err error) {
		o.consumer, err = b.stream.Consumer(ctx, o.token)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			o.consumer, err = b.stream.CreateConsumer(ctx, want)
		}
		if errors.Is(err, jetstream.ErrConsumerExists) {
			o.consumer, err = b.stream.Consumer(ctx, o.token)
		}
		return err
	})
	if err != nil {
		return err
	}
	got := o.consumer.CachedInfo().Config
	if err := checkSettings("consumer", o.token, []setting{
		{"filter_subject", got.FilterSubject, want.FilterSubject, true},
		{"ack_policy", got.AckPolicy, want.AckPolicy, true},
		{"max_deliver", got.MaxDeliver, want.MaxDeliver, true},
		{"ack_wait", got.AckWait, want.AckWait, b.ackWait > 0},
	}); err != nil {
		return err
	}
	o.ackWait = got.AckWait
	for _, subject := range []string{b.subject(o), b.deadSubject(o)} {
		if err := b.checkPublish(ctx, subject); err != nil {
			return err
		}
	}
	return nil
}

// checkPublish checks that the connection may publish to a subject. It publishes
// a message that the stream refuses, so that nothing is stored.
func (b *Bridge) checkPublish(ctx context.Context, subject string) error {
	return b.request(ctx, "publish to "+subject, func(ctx context.Context) error {
		_, err := b.js.PublishMsg(ctx, nats.NewMsg(subject), jetstream.WithExpectStream("not-"+b.name))
		if _, isRefused := errors.AsType[*jetstream.APIError](err); isRefused || err == nil {
			return nil
		}
		return err
	})
}

// request sends requests to the server. The server doesn't respond to a request
// that the user is not permitted to send: the client receives an error that
// belongs to no request.
func (b *Bridge) request(ctx context.Context, action string, send func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	err := send(limited)
	if err == nil {
		return nil
	}
	if _, isResponse := errors.AsType[*jetstream.APIError](err); !isResponse && ctx.Err() == nil {
		if last := b.conn().LastError(); errors.Is(last, nats.ErrPermissionViolation) {
			return &PermissionError{Action: action, Err: last}
		}
	}
	return fmt.Errorf("natsruns: can't %s: %w", action, err)
}
