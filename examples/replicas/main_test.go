package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// The processes of the cluster run this test binary.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := runRole(context.Background(), role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestNoRunIsLostWhenAReplicaIsKilled(t *testing.T) {
	t.Setenv("NATS_URL", "")
	var printed bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &printed))
	assert.Contains(t, printed.String(), "300 runs, 300 handled, 0 lost")
	assert.Regexp(t, `replica 2 .* killed`, printed.String())
}

// A server at NATS_URL can be used again: nothing of an earlier run is left.
func TestServerIsUsedTwice(t *testing.T) {
	t.Setenv("NATS_URL", "")
	c, err := newCluster(t.Context(), "")
	require.NoError(t, err)
	defer c.close()
	t.Setenv("NATS_URL", c.natsURL)
	for range 2 {
		var printed bytes.Buffer
		require.NoError(t, demonstrate(t.Context(), &printed))
		assert.Contains(t, printed.String(), "300 runs, 300 handled, 0 lost")
	}
	conn, err := nats.Connect(c.natsURL)
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	for name := range js.StreamNames(t.Context()).Name() {
		assert.Fail(t, "a stream is left", name)
	}
}

func TestNoRunIsLostWhenReplicasAreKilledAndTheServerRestarts(t *testing.T) {
	for signal, want := range map[syscall.Signal]string{
		syscall.SIGTERM: "5 replicas killed and the server restarted 2 times: 0 lost",
		syscall.SIGKILL: "5 replicas killed and the server killed 2 times: 0 lost",
	} {
		t.Run(signal.String(), func(t *testing.T) {
			var printed bytes.Buffer
			require.NoError(t, survival(t.Context(), &printed, 1000, 5, signal))
			assert.Contains(t, printed.String(), want)
			t.Log(printed.String())
		})
	}
}

func newVerifier(t *testing.T) *callback.Verifier {
	t.Helper()
	verifier, err := callback.NewVerifier(secret)
	require.NoError(t, err)
	return verifier
}

// No process of the cluster outlives the program that has started it, even if it
// is killed.
func TestProcessesEndWithTheProgram(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(os.Environ(), roleVariable+"=server", "NATS_PORT=-1", "NATS_DIR="+t.TempDir())
	stdin, err := command.StdinPipe() // the kernel closes it when the program ends
	require.NoError(t, err)
	require.NoError(t, command.Start())
	require.NoError(t, stdin.Close())
	require.NoError(t, command.Wait())
}

func TestUnreachableServerIsNamed(t *testing.T) {
	c := &cluster{natsURL: "nats://ada:secret@127.0.0.1:1"}
	_, _, err := c.connect()
	require.ErrorContains(t, err, "NATS at nats://ada:xxxxx@127.0.0.1:1")
}
