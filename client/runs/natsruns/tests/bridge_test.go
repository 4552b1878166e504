package tests

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestCallbackGets204OnlyAfterTheStreamHasItsRun(t *testing.T) {
	nats := startServer(t)
	js := connect(t, nats.url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	stored := func() uint64 {
		stream, err := js.Stream(t.Context(), "iblai-runs")
		require.NoError(t, err)
		return stream.CachedInfo().State.Msgs
	}
	assert.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	assert.EqualValues(t, 1, stored())
	assert.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""), "a duplicate")
	assert.EqualValues(t, 1, stored())
	assert.Equal(t, http.StatusNotFound, deliver(t, bridge, "unknown", 1, ""))

	nats.stop()
	assert.Equal(t, http.StatusServiceUnavailable, deliver(t, bridge, "acme", 2, ""))
	nats.start()
	waitFor(t, "the connection", func() bool { return deliver(t, bridge, "acme", 3, "") == http.StatusNoContent })

	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "runs 1 and 3", func() bool { return got.count("acme/1") == 1 && got.count("acme/3") == 1 })
}

// A status in capitals means the same.
func TestStatusIsInLowerCase(t *testing.T) {
	bridge := newBridge(t, connect(t, startServer(t).url()), []natsruns.Org{testOrg(t, "acme")})
	assert.Equal(t, http.StatusNoContent, deliverBody(t, bridge, "acme", []byte(`{"status": "SUCCESS", "log_id": 1}`)))
	statuses := make(chan api.Status, 1)
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error {
			statuses <- run.Status
			return nil
		})
	})
	assert.Equal(t, api.StatusSuccess, <-statuses)
}

func TestHandledRunIsRecognizedBeyondTheDuplicateWindow(t *testing.T) {
	js := connect(t, startServer(t).url())
	duplicates := make(chan bool, 10)
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithDuplicateWindow(100*time.Millisecond),
		natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
			if o.Kind == natsruns.KindRun {
				duplicates <- o.Duplicate
			}
		}))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	require.False(t, <-duplicates)
	var isDuplicate bool
	waitFor(t, "the end of the window", func() bool {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
		select {
		case isDuplicate = <-duplicates:
			return true
		default:
			return false
		}
	})
	assert.True(t, isDuplicate)
	assert.Equal(t, 1, got.total())
}

func TestDeadLettersAreListedAndReplayed(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme.corp")})
	var mu sync.Mutex
	var attempts []int
	isBroken := true
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error {
			mu.Lock()
			defer mu.Unlock()
			attempts = append(attempts, run.Attempt)
			if isBroken && run.Attempt == 1 {
				panic("a bug")
			}
			if isBroken {
				return errors.New("disk full")
			}
			return nil
		}, natsruns.WithMaxAttempts(2))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme.corp", 7, "text"))
	list := func() (letters []*natsruns.DeadLetter) {
		for letter, err := range bridge.DeadLetters(t.Context()) {
			require.NoError(t, err)
			letters = append(letters, letter)
		}
		return letters
	}
	waitFor(t, "a dead letter", func() bool { return len(list()) == 1 })
	letter := list()[0]
	assert.Equal(t, "acme.corp", letter.Org)
	assert.EqualValues(t, 7, letter.LogID)
	assert.Equal(t, 2, letter.Attempts)
	assert.Equal(t, "disk full", letter.Reason)
	status, err := bridge.Status(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1, status.Orgs[0].Dead)

	mu.Lock()
	assert.Equal(t, []int{1, 2}, attempts)
	attempts, isBroken = nil, false
	mu.Unlock()
	require.NoError(t, bridge.Replay(t.Context(), letter.ID))
	require.ErrorIs(t, bridge.Replay(t.Context(), letter.ID), natsruns.ErrNoDeadLetter)
	assert.Empty(t, list())
	waitFor(t, "the replay", func() bool { mu.Lock(); defer mu.Unlock(); return len(attempts) == 1 })
}

func TestUndecodableMessageIsDeadAtOnce(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	for _, header := range []nats.Header{{}, {"Iblai-Log-Id": {"1"}, "Iblai-Source": {"callback"}}, {"Iblai-Log-Id": {"2"}, "Iblai-Source": {"new"}}} {
		_, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: "iblai-runs.acme", Header: header, Data: []byte("{")})
		require.NoError(t, err)
	}
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "three dead letters", func() bool {
		status, err := bridge.Status(t.Context())
		return err == nil && status.Orgs[0].Dead == 3 && status.Orgs[0].InFlight == 0
	})
	for letter, err := range bridge.DeadLetters(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, 1, letter.Attempts)
		assert.Contains(t, letter.Reason, "can't be decoded")
		require.NoError(t, bridge.Delete(t.Context(), letter.ID))
	}
	assert.Zero(t, got.total())
}

func TestBacklogOfAnOrgDoesNotStarveOthers(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "busy"), testOrg(t, "quiet")})
	for id := range int64(50) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "busy", id+1, ""))
	}
	release := make(chan struct{})
	var busy, quiet handled
	background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
			if run.Org == "busy" {
				_ = busy.handle(ctx, run)
				<-release
				return nil
			}
			return quiet.handle(ctx, run)
		}, natsruns.WithConcurrency(4))
	})
	waitFor(t, "half of the functions", func() bool { return busy.total() == 2 })
	for id := range int64(20) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, "quiet", id+1, ""))
	}
	waitFor(t, "the runs of the other org", func() bool { return quiet.total() == 20 })
	assert.Equal(t, 2, busy.total())
	status, err := bridge.Status(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 50, status.Orgs[0].Pending+status.Orgs[0].InFlight)
	assert.Positive(t, status.Orgs[0].Lag)
	close(release)
	waitFor(t, "the backlog", func() bool { return busy.total() == 50 })
}

func TestFullStreamRefusesCallbacks(t *testing.T) {
	js := connect(t, startServer(t).url())
	var mu sync.Mutex
	var refused error
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme"), testOrg(t, "other")},
		natsruns.WithMaxRunsPerOrg(2), natsruns.WithMaxBytes(64<<10),
		natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
			if o.StatusCode == http.StatusServiceUnavailable {
				mu.Lock()
				refused = o.Err
				mu.Unlock()
			}
		}))
	assert.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	assert.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 2, ""))
	assert.Equal(t, http.StatusServiceUnavailable, deliver(t, bridge, "acme", 3, ""))
	assert.ErrorIs(t, refused, natsruns.ErrFull)
	assert.Equal(t, http.StatusNoContent, deliver(t, bridge, "other", 3, ""), "another org")
	refused = nil
	assert.Equal(t, http.StatusServiceUnavailable, deliver(t, bridge, "other", 4, strings.Repeat("x", 64<<10)), "the bytes of the stream")
	assert.ErrorIs(t, refused, natsruns.ErrFull)

	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "room", func() bool { return deliver(t, bridge, "acme", 3, "") == http.StatusNoContent })
	waitFor(t, "the runs", func() bool { return got.runs() == 4 })
}

func TestFollowFindsRunsWithoutCallbacks(t *testing.T) {
	js := connect(t, startServer(t).url())
	sb, org, agent := sandboxOrg(t)
	opts := []natsruns.Option{
		natsruns.WithLease(300 * time.Millisecond),
		natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})),
	}
	first, second := newBridge(t, js, []natsruns.Org{org}, opts...), newBridge(t, js, []natsruns.Org{org}, opts...)
	isFollowing := func(bridge *natsruns.Bridge) bool {
		status, err := bridge.Status(t.Context())
		return err == nil && status.Orgs[0].Following
	}
	stop := background(t, first.Follow)
	waitFor(t, "the lease", func() bool { return isFollowing(first) })
	require.ErrorIs(t, first.Follow(t.Context()), natsruns.ErrFollowing)
	background(t, second.Follow)
	var got handled
	background(t, func(ctx context.Context) error { return second.Consume(ctx, got.handle) })
	for range 20 {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
	}
	waitFor(t, "20 runs", func() bool { return got.runs() == 20 })
	assert.False(t, isFollowing(second))
	require.ErrorIs(t, stop(), context.Canceled)
	waitFor(t, "the released lease", func() bool { return isFollowing(second) })
	for range 20 {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
	}
	waitFor(t, "40 runs", func() bool { return got.runs() == 40 })
	assert.Equal(t, 40, got.total())
}

func TestShutdownDrains(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	started, release := make(chan struct{}), make(chan struct{})
	stopped := make(chan error, 1)
	stop := background(t, func(ctx context.Context) error {
		return bridge.Consume(ctx, func(ctx context.Context, _ *natsruns.Run) error {
			close(started)
			<-release
			return ctx.Err()
		}, natsruns.WithShutdownTimeout(patience))
	})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	<-started
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		require.NoError(t, err)
		t.Fatal("Consume returned while the function was running")
	default:
	}
	close(release)
	require.ErrorIs(t, <-stopped, context.Canceled)
	status, err := bridge.Status(t.Context())
	require.NoError(t, err)
	assert.Zero(t, status.Orgs[0].InFlight+status.Orgs[0].Pending, "the run is done")
}

func TestLongFunctionsKeepTheirClaim(t *testing.T) {
	js := connect(t, startServer(t).url())
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")}, natsruns.WithAckWait(300*time.Millisecond))
	var got handled
	for range 2 {
		background(t, func(ctx context.Context) error {
			return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
				if run.LogID == 1 {
					got.add("started")
					long, cancel := context.WithTimeout(ctx, 2*time.Second) // more than six times the AckWait
					defer cancel()
					<-long.Done()
				}
				return got.handle(ctx, run)
			})
		})
	}
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	waitFor(t, "the run", func() bool { return got.count("acme/1") == 1 })
	assert.Equal(t, 1, got.count("started"))
}
