package tests

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A log of 10 MiB doesn't fit into a message. The worker requests it. If it was
// deleted meanwhile, the run is a dead letter that names it.
func TestLargeLogs(t *testing.T) {
	text := strings.Repeat("two words\n", 1<<20)
	require.Len(t, text, 10<<20)
	for name, enter := range map[string]func(*testing.T, *natsruns.Bridge, *client.PeriodicAgentLog, string){
		"by callback": func(t *testing.T, bridge *natsruns.Bridge, log *client.PeriodicAgentLog, org string) {
			t.Helper()
			body := fmt.Appendf(nil, `{"status": "success", "agent_output": %q, "log": %q, "log_id": %d}`, text, log.Content, log.ID)
			require.Greater(t, len(body), 20<<20)
			require.Equal(t, http.StatusNoContent, deliverBody(t, bridge, org, body))
		},
		"by follower": func(t *testing.T, bridge *natsruns.Bridge, _ *client.PeriodicAgentLog, _ string) {
			t.Helper()
			stop := background(t, bridge.Follow)
			waitFor(t, "the run in the stream", func() bool {
				status, err := bridge.Status(t.Context())
				return err == nil && status.Orgs[0].Pending == 1
			})
			require.ErrorIs(t, stop(), context.Canceled)
		},
	} {
		for _, isDeleted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, deleted: %v", name, isDeleted), func(t *testing.T) {
				js := connect(t, startServer(t).url())
				sb, org, agent := sandboxOrg(t)
				bridge := newBridge(t, js, []natsruns.Org{org}, natsruns.WithFollowOptions(runs.WithPollInterval(20*time.Millisecond), runs.WithStart(time.Time{})))
				result, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{Output: text})
				require.NoError(t, err)
				enter(t, bridge, result.Log, org.Client.Org())
				status, err := bridge.Status(t.Context())
				require.NoError(t, err)
				assert.Less(t, status.Bytes, int64(1000), "the stream has no text")
				if isDeleted {
					require.NoError(t, org.Client.PeriodicAgents.Delete(t.Context(), agent))
				}
				received := make(chan *natsruns.Run, 1)
				background(t, func(ctx context.Context) error {
					return bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error { received <- run; return nil })
				})
				if !isDeleted {
					run := <-received
					assert.Equal(t, agent, run.AgentID)
					assert.Equal(t, result.Log.Content, run.Content)
					assert.Contains(t, run.Content, text)
					return
				}
				letter := waitForDeadLetter(t, bridge)
				assert.Equal(t, result.Log.ID, letter.LogID)
				assert.Equal(t, 1, letter.Attempts)
				assert.Contains(t, letter.Reason, fmt.Sprintf("its text is in log %d, which can't be read", result.Log.ID))
				assert.Contains(t, letter.Reason, "404 Not Found")
			})
		}
	}
}

func waitForDeadLetter(t *testing.T, bridge *natsruns.Bridge) (letter *natsruns.DeadLetter) {
	t.Helper()
	waitFor(t, "a dead letter", func() bool {
		for l, err := range bridge.DeadLetters(t.Context()) {
			require.NoError(t, err)
			letter = l
		}
		return letter != nil
	})
	return letter
}
