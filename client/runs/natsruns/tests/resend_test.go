package tests

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// A server that is killed doesn't respond to what it has received.
func TestRunsAreSentAgainIfTheServerDoesNotRespond(t *testing.T) {
	for name, test := range map[string]struct {
		lost, status int
		isDuplicate  bool
	}{
		"a duplicate":       {0, http.StatusNoContent, true},
		"one lost response": {1, http.StatusNoContent, false},
		"no response":       {100, http.StatusServiceUnavailable, false},
	} {
		t.Run(name, func(t *testing.T) {
			js := &silentJetStream{JetStream: connect(t, startServer(t).url())}
			outcomes := make(chan natsruns.Outcome, 1)
			bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) { outcomes <- o }))
			synctest.Test(t, func(t *testing.T) {
				js.isSilent, js.lost = true, test.lost
				assert.Equal(t, test.status, deliver(t, bridge, "acme", 1, ""))
			})
			outcome := <-outcomes
			assert.Equal(t, test.isDuplicate, outcome.Duplicate)
			assert.Equal(t, test.status, outcome.StatusCode)
		})
	}
}

// silentJetStream doesn't publish, if isSilent is set. It responds to the first
// publications not at all, and to others that they are duplicates.
type silentJetStream struct {
	jetstream.JetStream
	isSilent bool
	lost     int
}

func (s *silentJetStream) PublishMsg(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	if !s.isSilent {
		return s.JetStream.PublishMsg(ctx, msg, opts...)
	}
	if s.lost--; s.lost >= 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &jetstream.PubAck{Duplicate: true}, nil
}

// If the server loses a result, the result is sent again before the run is
// acknowledged.
func TestResultsAreSentAgainIfTheServerDoesNotRespond(t *testing.T) {
	js := connect(t, startServer(t).url())
	org := testOrg(t, "acme")
	newBridge(t, js, []natsruns.Org{org}) // creates the bucket
	var mu sync.Mutex
	var failures []error
	bridge := newBridge(t, &forgetfulJetStream{js}, []natsruns.Org{org}, natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		if o.Err != nil {
			failures = append(failures, o.Err)
		}
	}))
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-done")
	require.NoError(t, err)
	waitFor(t, "the result", func() bool {
		_, err := bucket.Get(t.Context(), "acme/1")
		return err == nil
	})
	assert.Equal(t, 1, got.total())
	mu.Lock()
	defer mu.Unlock()
	assert.Empty(t, failures)
}

// forgetfulJetStream has buckets that don't store the first value.
type forgetfulJetStream struct{ jetstream.JetStream }

func (f *forgetfulJetStream) KeyValue(ctx context.Context, bucket string) (jetstream.KeyValue, error) {
	kv, err := f.JetStream.KeyValue(ctx, bucket)
	return &forgetfulBucket{KeyValue: kv}, err
}

type forgetfulBucket struct {
	jetstream.KeyValue
	first sync.Once
}

func (b *forgetfulBucket) PutString(ctx context.Context, key, value string) (revision uint64, err error) {
	isFirst := false
	b.first.Do(func() { isFirst = true })
	if isFirst {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return b.KeyValue.PutString(ctx, key, value)
}
