package sandbox_test

import (
	"context"
	"iter"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	request := withCallback("http://127.0.0.1/", secret)
	request.Task.Crontab = scheduled(t, "0 10 * * *").Task.Crontab
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request), withReceiver(func(*http.Request) (*http.Response, error) {
		return respond(http.StatusNoContent, ""), nil
	}))
	events := server.Watch(t.Context())
	send(t, server, http.MethodPatch, "periodic-agents/1/", `{"title":"Renamed"}`)
	advance(t, server, 2*time.Hour)
	require.NoError(t, server.SetClockSpeed(0))
	send(t, server, http.MethodPost, "periodic-agents/", `{"mentor":"`+coach+`","title":"New","task":{"crontab":{}}}`)
	send(t, server, http.MethodDelete, "periodic-agents/2/", "")
	want := []sandbox.Event{
		{Type: sandbox.EventAgentSaved, Org: "acme", AgentID: 1, Time: start},
		{Type: sandbox.EventRunStarted, Org: "acme", AgentID: 1, LogID: 1, Status: "running", Cause: sandbox.RunCauseSchedule, Time: start.Add(time.Hour)},
		{Type: sandbox.EventRunFinished, Org: "acme", AgentID: 1, LogID: 1, Status: "success", Time: start.Add(time.Hour)},
		{Type: sandbox.EventDeliveryFinished, Org: "acme", AgentID: 1, LogID: 1, DeliveryID: 1, Time: start.Add(time.Hour)},
		{Type: sandbox.EventClockChanged, Time: start.Add(2 * time.Hour)},
		{Type: sandbox.EventClockChanged, Time: start.Add(2 * time.Hour)},
		{Type: sandbox.EventAgentSaved, Org: "acme", AgentID: 2, Time: start.Add(2 * time.Hour)},
		{Type: sandbox.EventAgentDeleted, Org: "acme", AgentID: 2, Time: start.Add(2 * time.Hour)},
	}
	var got []sandbox.Event
	requests := 0
	for event := range events {
		if event.Type == sandbox.EventRequestFinished {
			requests++
			assert.EqualValues(t, requests, event.RequestID)
			continue
		}
		if got = append(got, event); len(got) == len(want) {
			break
		}
	}
	assert.Equal(t, want, got)
	assert.Equal(t, 2, requests)
}

// A watcher that is too slow misses the oldest events, and is told so.
func TestWatchOverflow(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	events := server.Watch(t.Context())
	for range 5000 {
		require.NoError(t, server.SetClockSpeed(0))
	}
	var types []sandbox.EventType
	for event := range events {
		if types = append(types, event.Type); len(types) == 1+4096 {
			break
		}
	}
	assert.Equal(t, append([]sandbox.EventType{sandbox.EventOverflow}, slices.Repeat([]sandbox.EventType{sandbox.EventClockChanged}, 4096)...), types)
}

// Events are kept once for all watchers, however many there are, and watchers that
// are behind take a few at a time. The test measures memory, so nothing runs at the
// same time.
func TestManyWatchers(t *testing.T) { //nolint:paralleltest // see above
	const watchers, published, queued, megabyte = 1000, 100_000, 4096, 1 << 20
	sb := newSandbox(t)
	var all []func() (sandbox.Event, bool)
	for range watchers {
		next, stop := iter.Pull(sb.Watch(t.Context()))
		t.Cleanup(stop)
		all = append(all, next)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range published {
		require.NoError(t, sb.SetClockSpeed(0))
	}
	runtime.ReadMemStats(&after)
	assert.Less(t, after.Mallocs-before.Mallocs, uint64(5*published), "not one copy for each watcher")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64*megabyte))

	for _, next := range all {
		event, ok := next()
		require.True(t, ok)
		require.Equal(t, sandbox.EventOverflow, event.Type)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(64*megabyte), "all watchers are in the middle of their events")

	for _, next := range all[:10] {
		for range queued {
			event, ok := next()
			require.True(t, ok)
			require.Equal(t, sandbox.EventClockChanged, event.Type)
		}
	}
	require.NoError(t, sb.SetClockSpeed(0))
	event, ok := all[0]()
	require.True(t, ok)
	require.Equal(t, sandbox.EventClockChanged, event.Type, "and then the new events")
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"context", "close"} {
		server := newTestServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		events := server.Watch(ctx)
		require.NoError(t, server.SetClockSpeed(0))
		for range events {
			if seen++; end == "context" {
				cancel()
			} else {
				server.Close()
			}
		}
		cancel()
		assert.Equal(t, 1, seen, "ended by %s", end)
	}
}
