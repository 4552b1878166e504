package tests

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// The machine of a single server fails: the stream loses what was not yet on the
// disk, although it had acknowledged it. The position is not lost.
func TestRunsThatTheServerLosesArePublishedAgain(t *testing.T) {
	for name, outage := range map[string]time.Duration{
		"an outage longer than the lease":  1500 * time.Millisecond,
		"an outage shorter than the lease": 0,
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t)
			js := connect(t, server.url())
			sb, org, agent := sandboxOrg(t)
			bridge := newBridge(t, js, []natsruns.Org{org}, bridgeOptions()...)
			background(t, bridge.Follow)
			stored := func() uint64 {
				stream, err := js.Stream(t.Context(), "iblai-runs")
				if err != nil {
					return 0
				}
				return stream.CachedInfo().State.Msgs
			}
			finish := func(total uint64) {
				for range 5 {
					_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
					require.NoError(t, err)
				}
				waitFor(t, "runs in the stream", func() bool { return stored() == total })
			}
			finish(5)
			server.stop()
			onDisk := t.TempDir()
			streamDir := filepath.Join(server.options.StoreDir, "jetstream", "$G", "streams", "iblai-runs")
			require.NoError(t, os.CopyFS(onDisk, os.DirFS(streamDir)))
			server.start()
			finish(10)
			bucket, err := js.KeyValue(t.Context(), "iblai-runs-positions")
			require.NoError(t, err)
			waitForWrites(t, bucket, org.Client.Org(), 2) // the position that includes these runs
			server.stop()
			require.NoError(t, os.RemoveAll(streamDir))
			require.NoError(t, os.CopyFS(streamDir, os.DirFS(onDisk)))
			<-time.After(outage)
			server.start()

			var got handled
			background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
			waitFor(t, "all runs", func() bool { return got.runs() == 10 })
			assert.Equal(t, 10, got.total())
		})
	}
}

// waitForWrites waits until a key was written n times more.
func waitForWrites(t *testing.T, bucket jetstream.KeyValue, key string, n uint64) {
	t.Helper()
	revision := func() uint64 {
		entry, err := bucket.Get(t.Context(), key)
		if err != nil {
			return 0
		}
		return entry.Revision()
	}
	first := revision()
	waitFor(t, "the position", func() bool { return revision() >= first+n })
}
