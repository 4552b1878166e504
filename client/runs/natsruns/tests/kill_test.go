package tests

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Some tests kill or pause processes. These processes run this test binary with
// the variable set.
const roleVariable = "NATSRUNS_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := process(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1) //nolint:forbidigo // a program
		}
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // as m.Run requires
}

// process follows, or handles runs and prints a line for each. The role hang
// never finishes a run.
func process(role string) error {
	ctx := context.Background()
	conn, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1))
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		return err
	}
	bridge, err := natsruns.New(ctx, js, []natsruns.Org{{Client: c, Verifier: verifier}}, bridgeOptions()...)
	if err != nil {
		return err
	}
	if role == "follow" {
		return bridge.Follow(ctx)
	}
	return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
		fmt.Println(run.LogID) //nolint:forbidigo // the output of a program
		if role == "hang" {
			<-ctx.Done()
		}
		return nil
	}, natsruns.WithConcurrency(4))
}

func bridgeOptions() []natsruns.Option {
	return []natsruns.Option{
		natsruns.WithLogger(slog.New(slog.DiscardHandler)), natsruns.WithAckWait(time.Second), natsruns.WithLease(time.Second),
		natsruns.WithFollowOptions(runs.WithPollInterval(50*time.Millisecond), runs.WithStart(time.Time{})),
	}
}

// startProcess starts a process. Lines that it prints are passed to printed.
func startProcess(t *testing.T, role, url string, sb *sandbox.Server, printed func(string)) *os.Process {
	t.Helper()
	account := sb.Accounts()[0]
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), roleVariable+"="+role, "NATS_URL="+url, "IBLAI_BASE_URL="+sb.URL,
		"IBLAI_API_KEY="+account.APIKey.Reveal(), "IBLAI_ORG="+account.Org, "IBLAI_USERNAME="+account.Username)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			printed(lines.Text())
		}
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-read
		_ = command.Wait()
	})
	return command.Process
}

func TestRunsOfKilledWorkersAreDeliveredToOthers(t *testing.T) {
	nats := startServer(t)
	sb, org, _ := sandboxOrg(t)
	bridge := newBridge(t, connect(t, nats.url()), []natsruns.Org{org}, bridgeOptions()...)
	for id := range int64(8) {
		require.Equal(t, http.StatusNoContent, deliver(t, bridge, org.Client.Org(), id+1, ""))
	}
	var claimed, got handled
	process := startProcess(t, "hang", nats.url(), sb, claimed.add)
	waitFor(t, "claimed runs", func() bool { return claimed.runs() == 4 })
	require.NoError(t, process.Kill())
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "all runs", func() bool { return got.runs() == 8 })
	assert.Equal(t, 8, got.total())
}

func TestNothingIsLostWhenProcessesAndTheServerAreKilled(t *testing.T) {
	nats := startServer(t)
	sb, org, agent := sandboxOrg(t)
	newBridge(t, connect(t, nats.url()), []natsruns.Org{org}, bridgeOptions()...)
	var got handled
	const total, kills = 600, 12
	for i := range kills {
		follower := startProcess(t, "follow", nats.url(), sb, func(string) {})
		worker := startProcess(t, "consume", nats.url(), sb, got.add)
		for range total / kills {
			_, err := sb.RunNow(t.Context(), agent, sandbox.Outcome{})
			require.NoError(t, err)
		}
		before := got.runs()
		waitFor(t, "progress", func() bool { return got.runs() > before })
		require.NoError(t, worker.Kill())
		require.NoError(t, follower.Kill())
		if i%6 == 5 {
			nats.stop()
			nats.start()
		}
	}
	startProcess(t, "follow", nats.url(), sb, func(string) {})
	startProcess(t, "consume", nats.url(), sb, got.add)
	waitFor(t, "all runs", func() bool { return got.runs() == total })
	assert.LessOrEqual(t, got.total(), total+kills*4, "handled twice: at most what was in flight")
	t.Logf("%d runs, handled again: %d", total, got.total()-total)
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
	paused := startProcess(t, "follow", server.url(), sb, func(string) {})
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
