package natsruns

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxAckPending limits how many runs of an org are handled at once, by all
	// workers together.
	maxAckPending = 1000
	// minDuplicateWindow is the shortest window of an existing stream that is
	// accepted without an option. It is the server's default.
	minDuplicateWindow = 2 * time.Minute
)

// The kinds of a [ConfigError].
const (
	kindStream   = "stream"
	kindBucket   = "bucket"
	kindConsumer = "consumer"
)

// storage is a stream or a bucket.
type storage struct {
	kind, name string
	stream     string // the name of the stream, which differs for a bucket
	create     func(context.Context) error
	settings   func(got *jetstream.StreamConfig) []setting
}

func (b *Bridge) deadName() string      { return b.name + "-dead" }
func (b *Bridge) doneName() string      { return b.name + "-done" }
func (b *Bridge) positionsName() string { return b.name + "-positions" }

// bucketStream returns the name of the stream of a bucket.
func bucketStream(bucket string) string { return "KV_" + bucket }

// storages returns everything that stores something, in the order in which it is
// set up.
func (b *Bridge) storages() []storage {
	runs, dead := b.streamConfig(), b.deadConfig()
	done := jetstream.KeyValueConfig{Bucket: b.doneName(), Description: "Handled runs.", History: 1, TTL: cmp.Or(b.doneTTL, max(defaultDoneTTL, runs.Duplicates)), Replicas: runs.Replicas}
	positions := jetstream.KeyValueConfig{Bucket: b.positionsName(), Description: "Leases and positions of followers.", History: 1, Replicas: runs.Replicas}
	return []storage{
		b.streamStorage(runs, func(got *jetstream.StreamConfig) []setting {
			return []setting{
				{"max_msgs_per_subject", got.MaxMsgsPerSubject, runs.MaxMsgsPerSubject, b.maxRunsPerOrg > 0},
				{"discard_new_per_subject", got.DiscardNewPerSubject, true, got.MaxMsgsPerSubject > 0},
				{"duplicate_window", got.Duplicates, runs.Duplicates, b.duplicateWindow > 0},
				{"duplicate_window", got.Duplicates, atLeast(minDuplicateWindow), b.duplicateWindow == 0},
			}
		}),
		b.streamStorage(dead, nil),
		b.bucketStorage(done, func(got *jetstream.StreamConfig) []setting {
			// A run that is published or delivered again must still be known.
			needed := max(b.knownByStream, cmp.Or(b.ackWait, defaultAckWait))
			return []setting{
				{"ttl", got.MaxAge, done.TTL, b.doneTTL > 0},
				{"ttl", got.MaxAge, atLeast(needed), got.MaxAge > 0},
			}
		}),
		b.bucketStorage(positions, func(got *jetstream.StreamConfig) []setting {
			return []setting{
				{"ttl", got.MaxAge, positions.TTL, true},
				{"deny_purge", got.DenyPurge, false, true},
			}
		}),
	}
}

func (b *Bridge) streamStorage(config jetstream.StreamConfig, settings func(*jetstream.StreamConfig) []setting) storage {
	return storage{
		kind: kindStream, name: config.Name, stream: config.Name,
		create: func(ctx context.Context) error { _, err := b.js.CreateStream(ctx, config); return err },
		settings: func(got *jetstream.StreamConfig) []setting {
			checked := []setting{
				{"subjects", got.Subjects, config.Subjects, true},
				{"retention", got.Retention, config.Retention, true},
				{"max_age", got.MaxAge, config.MaxAge, true},
				{"max_bytes", got.MaxBytes, config.MaxBytes, b.maxBytes > 0},
			}
			if settings != nil {
				checked = append(checked, settings(got)...)
			}
			return append(checked, b.commonSettings(got)...)
		},
	}
}

func (b *Bridge) bucketStorage(config jetstream.KeyValueConfig, settings func(*jetstream.StreamConfig) []setting) storage {
	return storage{
		kind: kindBucket, name: config.Bucket, stream: bucketStream(config.Bucket),
		create: func(ctx context.Context) error { _, err := b.js.CreateKeyValue(ctx, config); return err },
		settings: func(got *jetstream.StreamConfig) []setting {
			checked := append(settings(got),
				setting{"subjects", got.Subjects, []string{"$KV." + config.Bucket + ".>"}, true},
				setting{"history", got.MaxMsgsPerSubject, int64(config.History), true})
			return append(checked, b.commonSettings(got)...)
		},
	}
}

// commonSettings returns the settings that streams and buckets have in common.
// Another value would lose messages, refuse large ones, or acknowledge those that
// are not stored.
func (b *Bridge) commonSettings(got *jetstream.StreamConfig) []setting {
	return []setting{
		{"storage", got.Storage, jetstream.FileStorage, true},
		{"discard", got.Discard, jetstream.DiscardNew, true},
		{"max_msg_size", got.MaxMsgSize, int32(-1), true},
		{"no_ack", got.NoAck, false, true},
		{"sealed", got.Sealed, false, true},
		{"persist_mode", got.PersistMode, jetstream.DefaultPersistMode, true},
		{"subject_transform", got.SubjectTransform != nil, false, true},
		{"mirror", got.Mirror != nil, false, true},
		{"num_replicas", got.Replicas, b.replicas, b.replicas > 0},
	}
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
		Name:        b.deadName(),
		Description: "Runs that could not be handled.",
		Subjects:    []string{b.deadName() + ".*"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    cmp.Or(b.maxBytes, defaultMaxBytes),
		Replicas:    cmp.Or(b.replicas, defaultReplicas),
	}
}

func (b *Bridge) consumerConfig(o *org) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       o.token,
		Description:   "Workers of one org.",
		FilterSubject: b.subject(o),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       cmp.Or(b.ackWait, defaultAckWait),
		MaxDeliver:    -1, // workers count, so that no run is dropped without a dead letter
		MaxAckPending: maxAckPending,
	}
}

// checkConsumer checks the settings of a consumer, and keeps its AckWait.
func (b *Bridge) checkConsumer(o *org, consumer jetstream.Consumer) error {
	got, want := consumer.CachedInfo().Config, b.consumerConfig(o)
	if err := checkSettings(kindConsumer, o.token, []setting{
		{"filter_subject", got.FilterSubject, want.FilterSubject, true},
		{"deliver_policy", got.DeliverPolicy, want.DeliverPolicy, true},
		{"ack_policy", got.AckPolicy, want.AckPolicy, true},
		{"ack_wait", got.AckWait, want.AckWait, b.ackWait > 0},
		{"ack_wait", got.AckWait, atLeast(minAckWait), true},
		{"backoff", len(got.BackOff) > 0, false, true}, // it would replace the AckWait
		{"max_deliver", got.MaxDeliver, want.MaxDeliver, true},
		{"headers_only", got.HeadersOnly, false, true},
		{"max_expires", got.MaxRequestExpires, atLeast(pullWait), got.MaxRequestExpires > 0},
		{"priority_policy", got.PriorityPolicy, want.PriorityPolicy, true},
	}); err != nil {
		return err
	}
	o.ackWait.Store(int64(got.AckWait))
	return nil
}

// setting is a setting of something that exists on the server.
type setting struct {
	name      string
	got, want any
	isChecked bool
}

// atLeast is the value that a setting must have or exceed.
type atLeast time.Duration

func (d atLeast) String() string { return fmt.Sprintf("at least %v", time.Duration(d)) }

func (s setting) isMet() bool {
	if least, ok := s.want.(atLeast); ok {
		got, ok := s.got.(time.Duration)
		return ok && got >= time.Duration(least)
	}
	return reflect.DeepEqual(s.got, s.want)
}

func (s storage) checkConfig(stream jetstream.Stream) error {
	return checkSettings(s.kind, s.name, s.settings(&stream.CachedInfo().Config))
}

func checkSettings(kind, name string, settings []setting) error {
	for _, s := range settings {
		if s.isChecked && !s.isMet() {
			return &ConfigError{Kind: kind, Name: name, Setting: s.name, Got: s.got, Want: s.want}
		}
	}
	return nil
}
