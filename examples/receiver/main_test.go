package main

import (
	"bytes"
	"context"
	"log"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// The program's output is the process's log, so these tests don't run in
// parallel.
func TestRunReceivesSignedCallbacksUntilStopped(t *testing.T) {
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(log.Default().Writer())

	const secret = "a secret of enough bytes"
	addr := freeAddr(t)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() { stopped <- run(ctx, addr, secret) }()

	assert.Equal(t, http.StatusNoContent, post(t, addr, secret))
	assert.Equal(t, http.StatusUnauthorized, post(t, addr, "another secret of enough bytes"))
	stop()
	require.NoError(t, <-stopped)

	assert.Contains(t, printed.String(), `run 42: success at 2026-01-06 08:00:04: "Two essays\x1b[31m"`)
	assert.Contains(t, printed.String(), "refused with 401")
	assert.NotContains(t, printed.String(), secret)
}

func TestRunNamesTheMissingSecret(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), "127.0.0.1:0", ""), "IBLAI_CALLBACK_SECRET")
}

func TestRunNamesTheAddressInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	require.ErrorContains(t, run(t.Context(), listener.Addr().String(), "a secret of enough bytes"), "address already in use")
}

func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// post sends a callback as soon as the receiver listens.
func post(t *testing.T, addr, secret string) int {
	t.Helper()
	status := 0
	require.Eventually(t, func() bool {
		body := []byte(`{"timestamp": "2026-01-06 08:00:04", "status": "success", "agent_output": "Two essays\u001b[31m", "log_id": 42}`)
		request, err := callback.NewRequest(t.Context(), "http://"+addr, body, api.NewSecret(secret))
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		status = response.StatusCode
		return true
	}, 10*time.Second, 10*time.Millisecond)
	return status
}
