package tests

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// storedRecord is the value of an org's key in the bucket of positions.
type storedRecord struct {
	Owner    string   `json:"owner"`
	Position []byte   `json:"position,omitempty"`
	Chunks   []string `json:"chunks,omitempty"`
}

// A position of many logs is stored in chunks. If it isn't known whether it was
// written, its chunks stay.
func TestLargePositions(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, org, agent := sandboxOrg(t)
	key := org.Client.Org()
	opts := []natsruns.Option{
		natsruns.WithLease(2 * time.Second), // encoding a large position takes a while
		natsruns.WithFollowOptions(runs.WithPollInterval(100*time.Millisecond), runs.WithOverlap(time.Hour)),
	}
	newBridge(t, js, []natsruns.Org{org}, opts...)
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	const chunks = 3
	storeLargePosition(t, bucket, key, chunks, 256<<10)
	record := func() (record storedRecord) {
		entry, err := bucket.Get(t.Context(), key)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(entry.Value(), &record))
		return record
	}
	keys := func() []string {
		keys, err := bucket.Keys(t.Context())
		require.NoError(t, err)
		return slices.DeleteFunc(keys, func(k string) bool { return k == key })
	}

	var got handled
	consumer := newBridge(t, js, []natsruns.Org{org}, opts...)
	background(t, func(ctx context.Context) error { return consumer.Consume(ctx, got.handle) })
	unreliable := &unreliableJetStream{JetStream: js}
	stop := background(t, newBridge(t, unreliable, []natsruns.Org{org}, opts...).Follow)
	finishRun := func(expected int) {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
		waitFor(t, "a run", func() bool { return got.runs() == expected })
	}
	first := record().Chunks
	finishRun(1)
	waitFor(t, "new chunks", func() bool { return !slices.Equal(first, record().Chunks) })
	assert.Len(t, record().Chunks, chunks)

	unreliable.loseResponse(key)
	finishRun(2)
	waitFor(t, "the lost response", unreliable.hasLost)
	waitFor(t, "the lease of the same follower", unreliable.hasWrittenSince)
	finishRun(3)
	require.ErrorIs(t, stop(), context.Canceled)
	assert.Empty(t, record().Owner)
	assert.Subset(t, keys(), record().Chunks)

	stop = background(t, newBridge(t, js, []natsruns.Org{org}, opts...).Follow)
	finishRun(4)
	require.ErrorIs(t, stop(), context.Canceled)
	assert.ElementsMatch(t, record().Chunks, keys(), "no chunks were left behind")
	assert.Equal(t, 4, got.total())
}

// The chunks of a position fit into the messages that the server accepts.
func TestPositionsOnServersWithSmallMessages(t *testing.T) {
	js := connect(t, startServer(t, func(options *server.Options) { options.MaxPayload = 16 << 10 }).url())
	sb, org, agent := sandboxOrg(t)
	key := org.Client.Org()
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{org},
		natsruns.WithLease(300*time.Millisecond), natsruns.WithObserver(reported.observe),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithOverlap(time.Hour)))
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	storeLargePosition(t, bucket, key, 3, 8<<10)
	before, err := bucket.Get(t.Context(), key)
	require.NoError(t, err)
	stop := background(t, bridge.Follow)
	_, err = sb.RunNow(t.Context(), agent, sandbox.Outcome{})
	require.NoError(t, err)
	chunks := func(value []byte) []string {
		var record storedRecord
		require.NoError(t, json.Unmarshal(value, &record))
		return record.Chunks
	}
	waitFor(t, "a new position", func() bool {
		entry, err := bucket.Get(t.Context(), key)
		return err == nil && !slices.Equal(chunks(entry.Value()), chunks(before.Value()))
	})
	require.ErrorIs(t, stop(), context.Canceled)
	assert.False(t, reported.has("maximum payload exceeded"))
}

// A follower doesn't publish runs again whose results have expired: they would be
// handled again.
func TestRunsWithoutResultsAreNotPublishedAgain(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, org, agent := sandboxOrg(t)
	bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithLease(300*time.Millisecond),
		natsruns.WithAckWait(100*time.Millisecond), natsruns.WithDuplicateWindow(100*time.Millisecond), natsruns.WithDoneTTL(time.Second),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond)))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	results, err := js.Stream(t.Context(), "KV_iblai-runs-done")
	require.NoError(t, err)
	for n := range 2 {
		stop := background(t, bridge.Follow)
		waitFor(t, "the lease", func() bool {
			status, err := bridge.Status(t.Context())
			return err == nil && status.Orgs[0].Following
		})
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
		waitFor(t, "the run", func() bool { return got.runs() == n+1 })
		require.ErrorIs(t, stop(), context.Canceled)
		waitFor(t, "the end of the result", func() bool {
			info, err := results.Info(t.Context())
			return err == nil && info.State.Msgs == 0
		})
	}
	assert.Equal(t, 2, got.total())
}

// If Follow ends while it writes the lease, it releases the lease nevertheless.
func TestLeaseIsReleasedAtTheEnd(t *testing.T) {
	for name, writes := range map[string]int{"acquisition": 1, "first position": 2, "renewal": 3} {
		t.Run(name, func(t *testing.T) {
			js := connect(t, startServer(t).url())
			_, org, _ := sandboxOrg(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			bridge := newBridge(t, &interruptedJetStream{JetStream: js, writes: writes, interrupt: cancel}, []natsruns.Org{org},
				natsruns.WithLease(300*time.Millisecond), natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond)))
			require.ErrorIs(t, bridge.Follow(ctx), context.Canceled)
			bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
			require.NoError(t, err)
			entry, err := bucket.Get(t.Context(), org.Client.Org())
			require.NoError(t, err)
			var record storedRecord
			require.NoError(t, json.Unmarshal(entry.Value(), &record))
			assert.Empty(t, record.Owner)
		})
	}
}

// interruptedJetStream ends a context when a number of values were written to a
// bucket. If that ends the context of the write, its response is lost.
type interruptedJetStream struct {
	jetstream.JetStream
	writes    int
	interrupt func()
}

func (i *interruptedJetStream) KeyValue(ctx context.Context, bucket string) (jetstream.KeyValue, error) {
	kv, err := i.JetStream.KeyValue(ctx, bucket)
	return &interruptedBucket{KeyValue: kv, js: i}, err
}

type interruptedBucket struct {
	jetstream.KeyValue
	js *interruptedJetStream
}

func (b *interruptedBucket) Create(ctx context.Context, key string, value []byte, opts ...jetstream.KVCreateOpt) (uint64, error) {
	return b.written(ctx)(b.KeyValue.Create(ctx, key, value, opts...))
}

func (b *interruptedBucket) Update(ctx context.Context, key string, value []byte, last uint64) (uint64, error) {
	return b.written(ctx)(b.KeyValue.Update(ctx, key, value, last))
}

func (b *interruptedBucket) written(ctx context.Context) func(uint64, error) (uint64, error) {
	return func(revision uint64, err error) (uint64, error) {
		if err != nil {
			return revision, err
		}
		if b.js.writes--; b.js.writes == 0 {
			b.js.interrupt()
		}
		return revision, ctx.Err()
	}
}

// storeLargePosition stores a position without an owner.
func storeLargePosition(t *testing.T, bucket jetstream.KeyValue, key string, chunks, maxChunkSize int) {
	t.Helper()
	start := time.Now()
	state := runs.Changes{Since: start.Add(-time.Hour), Reached: start.Add(-time.Minute), OldID: -1}
	var text []byte
	for n := (chunks - 1) * maxChunkSize / 8; len(text) <= (chunks-1)*maxChunkSize; n += 5_000 { // some 8 bytes for each log
		for int64(len(state.Logs)) < int64(n) {
			state.Logs = append(state.Logs, runs.LogState{
				LogID:     int64(len(state.Logs)+1) * 1_000_000,
				CreatedAt: start.Add(-time.Duration(rand.Int64N(int64(50 * time.Minute)))),
				Done:      true,
			})
		}
		position, err := runs.NewPosition(state)
		require.NoError(t, err)
		plain, err := position.MarshalText()
		require.NoError(t, err)
		var compressed bytes.Buffer
		writer := gzip.NewWriter(&compressed)
		_, err = writer.Write(plain)
		require.NoError(t, err)
		require.NoError(t, writer.Close())
		text = compressed.Bytes()
	}
	var record storedRecord
	for chunk := range slices.Chunk(text, maxChunkSize) {
		record.Chunks = append(record.Chunks, key+"."+string(rune('a'+len(record.Chunks))))
		_, err := bucket.Put(t.Context(), record.Chunks[len(record.Chunks)-1], chunk)
		require.NoError(t, err)
	}
	value, err := json.Marshal(record)
	require.NoError(t, err)
	_, err = bucket.Put(t.Context(), key, value)
	require.NoError(t, err)
}

// unreliableJetStream loses the response to an update of a key.
type unreliableJetStream struct {
	jetstream.JetStream
	mu     sync.Mutex
	key    string
	isLost bool // the response
	// hasWritten is true if the key was updated after that.
	hasWritten bool
}

func (u *unreliableJetStream) loseResponse(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key = key
}

func (u *unreliableJetStream) hasLost() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.isLost
}

func (u *unreliableJetStream) hasWrittenSince() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.hasWritten
}

func (u *unreliableJetStream) KeyValue(ctx context.Context, bucket string) (jetstream.KeyValue, error) {
	kv, err := u.JetStream.KeyValue(ctx, bucket)
	return &unreliableBucket{KeyValue: kv, js: u}, err
}

type unreliableBucket struct {
	jetstream.KeyValue
	js *unreliableJetStream
}

func (b *unreliableBucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	written, err := b.KeyValue.Update(ctx, key, value, revision)
	b.js.mu.Lock()
	defer b.js.mu.Unlock()
	var record storedRecord
	if key == b.js.key && json.Unmarshal(value, &record) == nil && len(record.Chunks) > 0 && err == nil {
		b.js.key, b.js.isLost = "", true
		return 0, errors.New("the response was lost")
	}
	b.js.hasWritten = b.js.hasWritten || b.js.isLost && err == nil
	return written, err
}
