package tests

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A stream or bucket that is deleted while the bridge runs is named. New creates
// it again.
func TestDeletedStreamsAreNamed(t *testing.T) {
	for _, test := range []struct {
		stream, want string
		isConsumed   bool // whether Consume needs it
		isFollowed   bool // whether Follow needs it
	}{
		{"iblai-runs", `natsruns: deleted on the server: the stream "iblai-runs"`, true, true},
		{"iblai-runs-dead", `natsruns: deleted on the server: the stream "iblai-runs-dead"`, true, false},
		{"KV_iblai-runs-done", `natsruns: deleted on the server: the bucket "iblai-runs-done"`, true, false},
		{"KV_iblai-runs-positions", `natsruns: deleted on the server: the bucket "iblai-runs-positions"`, false, true},
	} {
		t.Run(test.stream, func(t *testing.T) {
			js := connect(t, startServer(t).url())
			sb, org, agent := sandboxOrg(t)
			opts := []natsruns.Option{
				natsruns.WithLease(300 * time.Millisecond),
				natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})),
			}
			bridge := newBridge(t, js, []natsruns.Org{org}, opts...)
			failed := make(chan struct{})
			consumed, stopConsuming := ended(t, func(ctx context.Context) error {
				return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error {
					select {
					case <-failed:
					default:
						close(failed)
					}
					return errors.New("disk full")
				}, natsruns.WithMaxAttempts(2))
			})
			followed, stopFollowing := ended(t, bridge.Follow)
			_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
			<-failed // the run will be delivered again
			require.NoError(t, js.DeleteStream(t.Context(), test.stream))
			_, err = sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
			if test.isConsumed {
				requireDeleted(t, <-consumed, test.want)
			}
			if test.isFollowed {
				requireDeleted(t, <-followed, test.want)
			}
			_ = stopConsuming() // otherwise, they take runs of the next bridge
			_ = stopFollowing()

			var got handled
			again := newBridge(t, js, []natsruns.Org{org}, opts...)
			background(t, func(ctx context.Context) error { return again.Consume(ctx, got.handle) })
			background(t, again.Follow)
			result, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
			deliver(t, again, org.Client.Org(), result.Log.ID, "")
			waitFor(t, "a run", func() bool { return got.runs() > 0 })
		})
	}
}

// ended calls f in a goroutine until it returns or stop ends it, and returns its
// result.
func ended(t *testing.T, f func(context.Context) error) (result <-chan error, stop func() error) {
	t.Helper()
	results := make(chan error, 1)
	stop = background(t, func(ctx context.Context) error {
		err := f(ctx)
		results <- err
		return err
	})
	return results, stop
}

func requireDeleted(t *testing.T, err error, want string) {
	t.Helper()
	require.ErrorIs(t, err, natsruns.ErrDeleted)
	assert.ErrorContains(t, err, want)
}

// The stream still has the runs of a consumer that was deleted.
func TestDeletedConsumerIsCreatedAgain(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme"), testOrg(t, "other")}, natsruns.WithObserver(reported.observe))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	waitFor(t, "the first run", func() bool { return got.count("acme/1") == 1 })
	deleteConsumer(t, js, "acme")
	for id := range int64(20) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", id+2, ""))
	}
	waitFor(t, "all runs", func() bool { return got.runs() == 21 })
	assert.True(t, reported.has(`the consumer "acme" of the stream "iblai-runs" was deleted, and is created again`))
	assert.Equal(t, 21, got.total())
}

// A change on which the guarantees depend ends Consume and Follow. The failure of
// a request for runs makes them check at once.
func TestChangedConsumerIsNamed(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme"), testOrg(t, "other")})
	updateConsumer(t, js, "acme", func(c *jetstream.ConsumerConfig) { c.MaxDeliver = 3 })
	consumed, _ := ended(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil })
	})
	deleteConsumer(t, js, "other")
	requireConfigError(t, <-consumed, `the consumer "acme" exists with max_deliver 3 instead of -1`)
}

func TestChangedStreamIsNamed(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	stream, err := js.Stream(t.Context(), "iblai-runs")
	require.NoError(t, err)
	config := stream.CachedInfo().Config
	config.MaxAge = 24 * time.Hour
	_, err = js.UpdateStream(t.Context(), config)
	require.NoError(t, err)
	consumed, _ := ended(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil })
	})
	followed, _ := ended(t, bridge.Follow)
	deleteConsumer(t, js, "acme")
	for _, err := range []error{<-consumed, <-followed} {
		requireConfigError(t, err, `the stream "iblai-runs" exists with max_age 24h0m0s instead of 0s`)
	}
}

func deleteConsumer(t *testing.T, js jetstream.JetStream, name string) {
	t.Helper()
	stream, err := js.Stream(t.Context(), "iblai-runs")
	require.NoError(t, err)
	require.NoError(t, stream.DeleteConsumer(t.Context(), name))
}

func updateConsumer(t *testing.T, js jetstream.JetStream, name string, change func(*jetstream.ConsumerConfig)) {
	t.Helper()
	stream, err := js.Stream(t.Context(), "iblai-runs")
	require.NoError(t, err)
	consumer, err := stream.Consumer(t.Context(), name)
	require.NoError(t, err)
	config := consumer.CachedInfo().Config
	change(&config)
	_, err = stream.UpdateConsumer(t.Context(), config)
	require.NoError(t, err)
}

// Claims are extended as often as the AckWait demands that the consumer has now.
func TestChangedAckWait(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	orgs := []natsruns.Org{testOrg(t, "acme"), testOrg(t, "other")}
	bridge := newBridge(t, js, orgs, natsruns.WithObserver(reported.observe))
	var got handled
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
			got.add("started")
			long, cancel := context.WithTimeout(ctx, 2*time.Second) // more than six times the AckWait
			defer cancel()
			<-long.Done()
			return got.handle(ctx, run)
		})
	})
	updateConsumer(t, js, "acme", func(c *jetstream.ConsumerConfig) { c.AckWait = 300 * time.Millisecond })
	deleteConsumer(t, js, "other")
	waitFor(t, "a check of all consumers", func() bool { return reported.has("created again") })
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	waitFor(t, "the run", func() bool { return got.count("acme/1") == 1 })
	assert.Equal(t, 1, got.count("started"))
}

// While the bucket of handled runs can't be read, no attempts are used up.
func TestOutageOfTheDoneBucketUsesNoAttempts(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	outage := &outage{JetStream: js}
	bridge := newBridge(t, outage, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(200*time.Millisecond), natsruns.WithObserver(reported.observe))
	outage.fails.Store(true)
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	attempts := make(chan int, 10)
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error { attempts <- run.Attempt; return nil }, natsruns.WithMaxAttempts(1))
	})
	waitFor(t, "two reports", func() bool { return outage.calls.Load() >= 2 })
	assert.True(t, reported.has("log 1 can't be looked up in the bucket of handled runs"))
	outage.fails.Store(false)
	assert.Equal(t, 1, <-attempts)
}

// A shutdown doesn't wait for the bucket, and gives the run back, even after its
// last attempt.
func TestShutdownDuringAnOutageGivesRunsBack(t *testing.T) {
	js := connect(t, startServer(t).url())
	outage := &outage{JetStream: js}
	orgs := []natsruns.Org{testOrg(t, "acme")}
	bridge := newBridge(t, outage, orgs, natsruns.WithAckWait(time.Second))
	outage.fails.Store(true)
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil }, natsruns.WithMaxAttempts(1), natsruns.WithShutdownTimeout(time.Hour))
	})
	waitFor(t, "a failure", func() bool { return outage.calls.Load() > 0 })
	require.ErrorIs(t, stop(), context.Canceled)
	attempts := make(chan int, 10)
	background(t, func(ctx context.Context) error {
		return newBridge(t, js, orgs).Consume(ctx, func(_ context.Context, run *natsruns.Run) error { attempts <- run.Attempt; return nil })
	})
	assert.GreaterOrEqual(t, <-attempts, 2)
}

// outage is a JetStream whose bucket of handled runs can't be read while fails is
// set.
type outage struct {
	jetstream.JetStream
	fails atomic.Bool
	calls atomic.Int64
}

func (o *outage) KeyValue(ctx context.Context, name string) (jetstream.KeyValue, error) {
	bucket, err := o.JetStream.KeyValue(ctx, name)
	return &unavailableBucket{KeyValue: bucket, outage: o}, err
}

type unavailableBucket struct {
	jetstream.KeyValue
	outage *outage
}

func (b *unavailableBucket) Get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	if b.outage.fails.Load() {
		b.outage.calls.Add(1)
		return nil, errors.New("no quorum")
	}
	return b.KeyValue.Get(ctx, key)
}

// A value that another program has written doesn't make a run handled.
func TestForeignValueInTheDoneBucket(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithObserver(reported.observe))
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-done")
	require.NoError(t, err)
	for id, value := range []string{"", "x", `{"seen": true}`} {
		_, err := bucket.PutString(t.Context(), fmt.Sprintf("acme/%d", id+1), value)
		require.NoError(t, err)
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", int64(id+1), ""))
	}
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	for id := range 3 {
		key := fmt.Sprintf("acme/%d", id+1)
		waitFor(t, key, func() bool { return got.count(key) == 1 })
		assert.True(t, reported.has(fmt.Sprintf("another program has written the key %q of the bucket %q", key, "iblai-runs-done")))
		waitFor(t, "the mark", func() bool {
			entry, err := bucket.Get(t.Context(), key)
			return err == nil && string(entry.Value()) == "handled"
		})
	}
}

// A value that another program has written is not a position from which a follower
// could start.
func TestForeignValueInThePositionsBucket(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, org, agent := sandboxOrg(t)
	key := org.Client.Org()
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithLease(300*time.Millisecond), natsruns.WithObserver(reported.observe),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})))
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	_, err = bucket.PutString(t.Context(), key, `{}`)
	require.NoError(t, err)
	background(t, bridge.Follow)
	want := fmt.Sprintf("to start from the present, delete the key %q of the bucket %q", key, "iblai-runs-positions")
	waitFor(t, want, func() bool { return reported.has(want) })
	require.NoError(t, bucket.Delete(t.Context(), key))
	_, err = sb.RunNow(t.Context(), agent, sandbox.Outcome{})
	require.NoError(t, err)
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "the run", func() bool { return got.runs() == 1 })
}

// A connection that was closed, or has given up, doesn't come back.
func TestClosedConnectionEndsTheBridge(t *testing.T) {
	server := startServer(t)
	js := connect(t, server.url(), nats.MaxReconnects(1))
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	consumed, _ := ended(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil })
	})
	followed, _ := ended(t, bridge.Follow)
	server.stop()
	require.ErrorIs(t, <-consumed, nats.ErrConnectionClosed)
	require.ErrorIs(t, <-followed, nats.ErrConnectionClosed)
	assert.Equal(t, http.StatusServiceUnavailable, deliver(t, bridge, "acme", 1, ""))
	server.start()
}
