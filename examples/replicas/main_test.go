package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"

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
