package tests

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A follower whose stream is full doesn't move its position past the runs that
// are not in the stream: the next follower finds them.
func TestPositionWaitsForTheStream(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, org, agent := sandboxOrg(t)
	var reported outcomes
	opts := []natsruns.Option{
		natsruns.WithLease(300 * time.Millisecond), natsruns.WithMaxRunsPerOrg(1), natsruns.WithObserver(reported.observe),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})),
	}
	for range 5 {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
	}
	stop := background(t, newBridge(t, js, []natsruns.Org{org}, opts...).Follow)
	waitFor(t, "a full stream", func() bool { return reported.has(natsruns.ErrFull.Error()) })
	require.ErrorIs(t, stop(), context.Canceled)

	second := newBridge(t, js, []natsruns.Org{org}, opts...)
	var got handled
	background(t, second.Follow)
	background(t, func(ctx context.Context) error { return second.Consume(ctx, got.handle) })
	waitFor(t, "all runs", func() bool { return got.runs() == 5 })
	assert.Equal(t, 5, got.total())
}

// Runs that don't fit into the stream of dead letters stay in that of the runs.
func TestFullDeadLettersKeepRuns(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithMaxBytes(64<<10), natsruns.WithObserver(reported.observe))
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return errors.New("disk full") }, natsruns.WithMaxAttempts(1))
	})
	text := strings.Repeat("x", 40<<10)
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, text))
	letter := waitForDeadLetter(t, bridge)
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 2, text))
	waitFor(t, "a full stream", func() bool { return reported.has("can't be moved to the dead letters") })
	require.NoError(t, bridge.Delete(t.Context(), letter.ID))
	waitFor(t, "the second dead letter", func() bool { return waitForDeadLetter(t, bridge).LogID == 2 })
	require.ErrorIs(t, stop(), context.Canceled)
}

// The ids of dead letters begin again when their stream was deleted. What is
// replayed is no duplicate of an earlier replay.
func TestReplayAfterTheDeadLettersWereDeleted(t *testing.T) {
	js := connect(t, startServer(t).url())
	orgs := []natsruns.Org{testOrg(t, "acme")}
	for round := range int64(2) {
		bridge := newBridge(t, js, orgs)
		var got handled
		results := make(chan error, 2)
		results <- errors.New("disk full")
		results <- nil
		stop := background(t, func(ctx context.Context) error {
			return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
				err := <-results
				if err == nil {
					err = got.handle(ctx, run)
				}
				return err
			}, natsruns.WithMaxAttempts(1))
		})
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", round+1, ""))
		letter := waitForDeadLetter(t, bridge)
		require.EqualValues(t, 1, letter.ID)
		require.NoError(t, bridge.Replay(t.Context(), letter.ID))
		key := fmt.Sprintf("acme/%d", round+1)
		waitFor(t, key, func() bool { return got.count(key) == 1 })
		require.ErrorIs(t, stop(), context.Canceled)
		require.NoError(t, js.DeleteStream(t.Context(), "iblai-runs-dead"))
	}
}

// If several people replay or delete a dead letter at once, the run is handled
// once at most, and they get no other error than ErrNoDeadLetter.
func TestDeadLettersAreReplayedAndDeletedAtOnce(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	const runs = 20
	var isFixed atomic.Bool
	var got handled
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
			if !isFixed.Load() {
				return errors.New("disk full")
			}
			return got.handle(ctx, run)
		}, natsruns.WithMaxAttempts(1))
	})
	for id := range int64(runs) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", id+1, ""))
	}
	waitFor(t, "dead letters", func() bool {
		status, err := bridge.Status(t.Context())
		return err == nil && status.Orgs[0].Dead == runs
	})
	isFixed.Store(true)
	for letter, err := range bridge.DeadLetters(t.Context()) {
		require.NoError(t, err)
		act := bridge.Delete
		if letter.LogID%2 == 0 {
			act = bridge.Replay
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if err := act(t.Context(), letter.ID); !errors.Is(err, natsruns.ErrNoDeadLetter) {
					assert.NoError(t, err)
				}
			})
		}
		group.Wait()
	}
	waitFor(t, "the replayed runs", func() bool { return got.runs() == runs/2 })
	assert.Equal(t, runs/2, got.total())
}

// Status counts what waits, is in flight, was delivered again, and is dead.
func TestStatus(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme"), testOrg(t, "idle")}, natsruns.WithMaxRunsPerOrg(7), natsruns.WithMaxBytes(1<<20))
	for id := range int64(5) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", id+1, ""))
	}
	status := func() *natsruns.Status {
		status, err := bridge.Status(t.Context())
		require.NoError(t, err)
		require.Len(t, status.Orgs, 2)
		return status
	}
	first := status()
	assert.EqualValues(t, 1<<20, first.MaxBytes)
	assert.Positive(t, first.Bytes)
	assert.Equal(t, natsruns.OrgStatus{Org: "acme", Lag: first.Orgs[0].Lag, Pending: 5}, first.Orgs[0])
	assert.Positive(t, first.Orgs[0].Lag)
	assert.Equal(t, natsruns.OrgStatus{Org: "idle"}, first.Orgs[1])

	blocked := make(chan struct{})
	defer close(blocked)
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error {
			if run.LogID == 2 && run.Attempt == 2 {
				<-blocked
			}
			if run.LogID <= 2 {
				return errors.New("disk full")
			}
			return nil
		}, natsruns.WithMaxAttempts(2))
	})
	waitFor(t, "a dead letter, and a run in its second attempt", func() bool {
		acme := status().Orgs[0]
		return acme.Dead == 1 && acme.InFlight == 1 && acme.Redelivered == 1 && acme.Pending == 0 && acme.Lag > 0
	})
}

// A follower that has lost its lease has an error only until it sees that another
// one renews the lease.
func TestStatusIfAnotherProcessFollows(t *testing.T) {
	js := connect(t, startServer(t).url())
	_, org, _ := sandboxOrg(t)
	bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithLease(300*time.Millisecond))
	background(t, bridge.Follow)
	status := func() natsruns.OrgStatus {
		status, err := bridge.Status(t.Context())
		require.NoError(t, err)
		return status.Orgs[0]
	}
	waitFor(t, "the lease", func() bool { return status().Following })
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	background(t, func(ctx context.Context) error {
		for ctx.Err() == nil {
			_, _ = bucket.PutString(ctx, org.Client.Org(), `{"owner":"another process"}`)
			select {
			case <-time.After(tick):
			case <-ctx.Done():
			}
		}
		return ctx.Err()
	})
	waitFor(t, "the loss", func() bool { return errors.Is(status().Err, natsruns.ErrLeaseLost) })
	waitFor(t, "the renewals", func() bool { return !status().Following && status().Err == nil })
}

// A callback that is older than the bucket of handled runs remembers is not
// published: its run may have been handled.
func TestOldCallbacksAreNotPublished(t *testing.T) {
	js := connect(t, startServer(t).url())
	var reported outcomes
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithDoneTTL(2*time.Hour), natsruns.WithObserver(reported.observe))
	at := func(age time.Duration) []byte {
		return fmt.Appendf(nil, `{"status": "success", "log_id": 1, "timestamp": %q}`, time.Now().Add(-age).UTC().Format(time.RFC3339))
	}
	pending := func() int64 {
		status, err := bridge.Status(t.Context())
		require.NoError(t, err)
		return status.Orgs[0].Pending
	}
	require.Equal(t, http.StatusNoContent, deliverBody(t, bridge, "acme", at(3*time.Hour)))
	assert.True(t, reported.has(runs.ErrLate.Error()))
	assert.Zero(t, pending())
	require.Equal(t, http.StatusNoContent, deliverBody(t, bridge, "acme", at(time.Hour)))
	assert.EqualValues(t, 1, pending())
}
