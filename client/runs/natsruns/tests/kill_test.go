package tests

import (
	"context"
	"encoding/json"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestRunsOfKilledWorkersAreDeliveredToOthers(t *testing.T) {
	nats := startServer(t)
	sb, org, _ := sandboxOrg(t)
	bridge := newBridge(t, connect(t, nats.url()), []natsruns.Org{org}, bridgeOptions()...)
	for id := range int64(8) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, org.Client.Org(), id+1, ""))
	}
	var claimed ledger
	var got handled
	process := startProcess(t, "hang", nats.url(), sb, claimed.record(0))
	waitFor(t, "claimed runs", func() bool { return claimed.runs() == 4 })
	process.kill()
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "all runs", func() bool { return got.runs() == 8 })
	assert.Equal(t, 8, got.total())
}

func TestNothingIsLostWhenProcessesAndTheServerAreKilled(t *testing.T) {
	server := startServerProcess(t)
	sb, org, agent := sandboxOrg(t)
	newBridge(t, connect(t, server.url), []natsruns.Org{org}, bridgeOptions()...)
	var calls ledger
	const kills, runsOfEach = 12, 50
	for i := range kills {
		follower := startProcess(t, "follow", server.url, sb, nil)
		worker := startProcess(t, "consume", server.url, sb, calls.record(i))
		for range runsOfEach {
			_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
		}
		calls.waitForOneMore(t)
		if i%3 == 2 {
			calls.outage(func() { server.restart([]syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[i%2]) })
			calls.waitForOneMore(t)
		}
		worker.kill()
		follower.kill()
	}
	startProcess(t, "follow", server.url, sb, nil)
	startProcess(t, "consume", server.url, sb, calls.record(kills))
	waitFor(t, "all runs", func() bool { return calls.runs() == kills*runsOfEach && calls.areSettled(kills) })
	again, interrupted := calls.check(t)
	t.Logf("%d runs, handled again: %d, in flight at a kill or restart: %d", kills*runsOfEach, again, interrupted)
}

func TestPausedFollowerCannotWriteThePosition(t *testing.T) {
	server := startServer(t)
	js := connect(t, server.url())
	sb, org, agent := sandboxOrg(t)
	bridge := newBridge(t, js, []natsruns.Org{org}, bridgeOptions()...)
	bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
	require.NoError(t, err)
	owner := func() string {
		entry, err := bucket.Get(t.Context(), org.Client.Org())
		if err != nil {
			return ""
		}
		var record struct{ Owner string }
		require.NoError(t, json.Unmarshal(entry.Value(), &record))
		return record.Owner
	}
	paused := startProcess(t, "follow", server.url(), sb, nil)
	waitFor(t, "the lease", func() bool { return owner() != "" })
	first := owner()
	require.NoError(t, paused.Signal(syscall.SIGSTOP))
	_, err = sb.RunNow(t.Context(), agent, sandbox.Outcome{})
	require.NoError(t, err)
	background(t, bridge.Follow)
	waitFor(t, "the takeover", func() bool { return owner() != first && owner() != "" })
	second := owner()

	watcher, err := bucket.Watch(t.Context(), org.Client.Org())
	require.NoError(t, err)
	require.NoError(t, paused.Signal(syscall.SIGCONT))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	for range 20 {
		_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
		require.NoError(t, err)
	}
	for writes := 0; writes < 10; { // several renewals of either follower
		entry := <-watcher.Updates()
		if entry == nil {
			continue
		}
		writes++
		require.Contains(t, string(entry.Value()), `"owner":"`+second+`"`)
	}
	waitFor(t, "all runs", func() bool { return got.runs() == 21 })
	assert.Equal(t, 21, got.total())
}
