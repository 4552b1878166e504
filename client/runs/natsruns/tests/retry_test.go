package tests

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// After an outage of any length, workers request runs again within 10 s. An idle
// org doesn't add up the failures of all outages.
func TestRequestsForRunsAreRetriedSoon(t *testing.T) {
	js := &failingJetStream{JetStream: connect(t, startServer(t).url())}
	var mu sync.Mutex
	var delays []time.Duration
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		delays = append(delays, o.RetryIn)
	}))
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		js.cancel = cancel
		require.Error(t, bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil }))
	})
	const s = time.Second
	assert.Equal(t, []time.Duration{s, 2 * s, 4 * s, 8 * s, 10 * s, 10 * s, s, 2 * s}, delays)
}

// failingJetStream has a consumer whose requests fail, except for the seventh,
// which gets no message. The tenth calls cancel.
type failingJetStream struct {
	jetstream.JetStream
	cancel func()
}

func (f *failingJetStream) Stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if f.cancel != nil {
		return nil, errors.New("no responders")
	}
	stream, err := f.JetStream.Stream(ctx, name)
	return &failingStream{Stream: stream, js: f}, err
}

func (f *failingJetStream) CreateStream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	stream, err := f.JetStream.CreateStream(ctx, config)
	return &failingStream{Stream: stream, js: f}, err
}

type failingStream struct {
	jetstream.Stream
	js *failingJetStream
}

func (f *failingStream) CreateConsumer(ctx context.Context, config jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	consumer, err := f.Stream.CreateConsumer(ctx, config)
	return &failingConsumer{Consumer: consumer, js: f.js}, err
}

type failingConsumer struct {
	jetstream.Consumer
	js       *failingJetStream
	requests int
}

func (f *failingConsumer) Fetch(int, ...jetstream.FetchOpt) (jetstream.MessageBatch, error) {
	f.requests++
	switch f.requests {
	case 7:
		return emptyBatch{}, nil
	case 10:
		f.js.cancel()
	}
	return nil, errors.New("no responders")
}

type emptyBatch struct{}

func (emptyBatch) Error() error { return nil }

func (emptyBatch) Messages() <-chan jetstream.Msg {
	messages := make(chan jetstream.Msg)
	close(messages)
	return messages
}

// A context with a deadline shorter than two heartbeats of the server doesn't
// keep Consume from requesting runs.
func TestConsumeUntilADeadline(t *testing.T) {
	bridge := newBridge(t, connect(t, startServer(t).url()), []natsruns.Org{testOrg(t, "acme")})
	require.Equal(t, 204, deliver(t, bridge, "acme", 1, "output"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var calls atomic.Int32
	err := bridge.Consume(ctx, func(context.Context, *natsruns.Run) error {
		calls.Add(1)
		return nil
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.EqualValues(t, 1, calls.Load())
}

// A dead letter that is added during an iteration is not part of it, so that a
// loop that replays all dead letters ends.
func TestDeadLettersEndsBeforeNewOnes(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithName("end"))
	add := func() {
		_, err := js.Publish(t.Context(), "end-dead.acme", []byte("x"))
		require.NoError(t, err)
	}
	add()
	var ids []uint64
	for letter, err := range bridge.DeadLetters(t.Context()) {
		require.NoError(t, err)
		ids = append(ids, letter.ID)
		if len(ids) == 3 {
			break
		}
		require.NoError(t, bridge.Delete(t.Context(), letter.ID))
		add()
	}
	assert.Equal(t, []uint64{1}, ids)
}
