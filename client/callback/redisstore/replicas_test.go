package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

var secret = api.NewSecret("a secret of enough bytes")

func newVerifier(t *testing.T) *callback.Verifier {
	t.Helper()
	verifier, err := callback.NewVerifier(secret)
	require.NoError(t, err)
	return verifier
}

// newReplica returns a callback handler that shares the Redis server at url
// with other replicas.
func newReplica(t *testing.T, url string, lease time.Duration, handle func(context.Context, *callback.Event) error, opts ...callback.Option) http.Handler {
	t.Helper()
	store := &Store{client: connect(t, url), lease: lease, ttl: time.Hour}
	handler, err := callback.NewHandler(newVerifier(t), handle, append(opts, callback.WithDeduplication(store))...)
	require.NoError(t, err)
	return handler
}

// deliver sends a callback for the run with the given id, and returns the
// status of the response.
func deliver(t *testing.T, replica http.Handler, id int64) int {
	t.Helper()
	body := fmt.Appendf(nil, `{"timestamp": "2026-01-06T08:00:04Z", "status": "success", "log_id": %d}`, id)
	request, err := callback.NewRequest(t.Context(), "https://receiver.example/callbacks", body, secret)
	if !assert.NoError(t, err) {
		return 0
	}
	recorder := httptest.NewRecorder()
	replica.ServeHTTP(recorder, request)
	return recorder.Code
}

func TestReplicasHandleEachRunOnce(t *testing.T) {
	const replicas, runs, deliveries = 8, 200, 5
	url, _ := startRedis(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	var handled, refused [runs]atomic.Int32
	var contested [runs]chan struct{}
	for id := range contested {
		contested[id] = make(chan struct{})
	}
	handle := func(_ context.Context, event *callback.Event) error {
		handled[event.LogID-1].Add(1)
		select {
		case <-contested[event.LogID-1]: // another delivery has arrived
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	observe := func(_ context.Context, outcome callback.Outcome) {
		if errors.Is(outcome.Err, callback.ErrInProgress) && refused[outcome.LogID-1].Add(1) == 1 {
			close(contested[outcome.LogID-1])
		}
	}
	var balanced [replicas]http.Handler
	for i := range balanced {
		balanced[i] = newReplica(t, url, time.Hour, handle, callback.WithObserver(observe))
	}

	var senders sync.WaitGroup
	for n := range runs * deliveries {
		senders.Go(func() {
			replica, id := balanced[n%replicas], int64(n/deliveries)+1
			status := deliver(t, replica, id)
			for status == http.StatusServiceUnavailable && ctx.Err() == nil {
				runtime.Gosched()
				status = deliver(t, replica, id)
			}
			assert.Equal(t, http.StatusNoContent, status)
		})
	}
	senders.Wait()
	for id := range handled {
		assert.EqualValues(t, 1, handled[id].Load(), "run %d", id+1)
	}
}

func TestFailedRunIsRetried(t *testing.T) {
	url, _ := startRedis(t)
	var calls atomic.Int32
	failing := newReplica(t, url, time.Hour, func(context.Context, *callback.Event) error {
		calls.Add(1)
		return errors.New("disk full")
	})
	working := newReplica(t, url, time.Hour, func(context.Context, *callback.Event) error {
		calls.Add(1)
		return nil
	})
	assert.Equal(t, http.StatusInternalServerError, deliver(t, failing, 1))
	assert.Equal(t, http.StatusNoContent, deliver(t, working, 1))
	assert.EqualValues(t, 2, calls.Load())
	assert.Equal(t, http.StatusNoContent, deliver(t, failing, 1), "a duplicate")
	assert.EqualValues(t, 2, calls.Load())
}

func TestClaimOfKilledReplicaExpires(t *testing.T) {
	const lease = 300 * time.Millisecond
	url, _ := startRedis(t)
	killed := &Store{client: connect(t, url), lease: lease, ttl: time.Hour}
	require.NoError(t, killed.Claim(t.Context(), "1", "KILLED"))
	start := time.Now()

	var calls atomic.Int32
	replica := newReplica(t, url, lease, func(context.Context, *callback.Event) error {
		calls.Add(1)
		return nil
	})
	require.Eventually(t, func() bool { return deliver(t, replica, 1) == http.StatusNoContent }, 20*time.Second, 10*time.Millisecond)
	assert.GreaterOrEqual(t, time.Since(start), lease*9/10)
	assert.EqualValues(t, 1, calls.Load())
}

func TestCallbacksAreRefusedWithoutRedis(t *testing.T) {
	url, stop := startRedis(t)
	var calls atomic.Int32
	outcomes := make(chan callback.Outcome, 2)
	replica := newReplica(t, url, time.Hour, func(context.Context, *callback.Event) error {
		calls.Add(1)
		return nil
	}, callback.WithObserver(func(_ context.Context, o callback.Outcome) { outcomes <- o }))

	assert.Equal(t, http.StatusNoContent, deliver(t, replica, 1))
	require.NoError(t, (<-outcomes).Err)
	stop()
	assert.Equal(t, http.StatusServiceUnavailable, deliver(t, replica, 2))
	require.ErrorContains(t, (<-outcomes).Err, "callback: store: claim 2: ")
	assert.EqualValues(t, 1, calls.Load())
}
