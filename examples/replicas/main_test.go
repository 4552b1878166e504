package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// The program prints to the global logger, so this test is not parallel.
func TestTwoReplicasPrintARunOnce(t *testing.T) {
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(log.Default().Writer())

	redisURL, _ := startMiniredis(t)
	addrs := []string{freeAddr(t), freeAddr(t)}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)
	for _, addr := range addrs {
		go func() { stopped <- run(ctx, addr, redisURL, secret.Reveal()) }()
	}
	for _, addr := range append(addrs, addrs...) {
		assert.Equal(t, http.StatusNoContent, post(t, addr, time.Now()))
	}
	assert.Equal(t, http.StatusBadRequest, post(t, addrs[0], time.Now().Add(-2*maxAge)))
	stop()
	require.NoError(t, <-stopped)
	require.NoError(t, <-stopped)

	assert.Equal(t, 1, strings.Count(printed.String(), "run 42: success at "), "%s", &printed)
	assert.Equal(t, 3, strings.Count(printed.String(), "run 42: response 204: callback: duplicate"), "%s", &printed)
	assert.Contains(t, printed.String(), "run 42: response 400: callback: too old")
}

func TestRunReportsInvalidSettings(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), "127.0.0.1:0", "redis://localhost", ""), "IBLAI_CALLBACK_SECRET")
	for _, url := range []string{"", "localhost:6379", "redis://:pass/word@localhost"} {
		err := run(t.Context(), "127.0.0.1:0", url, secret.Reveal())
		require.ErrorContains(t, err, "REDIS_URL")
		assert.NotContains(t, err.Error(), "pass/word")
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// post sends a callback as soon as the replica is listening, and returns the
// status of the response.
func post(t *testing.T, addr string, at time.Time) (status int) {
	t.Helper()
	require.Eventually(t, func() bool {
		body := fmt.Appendf(nil, `{"timestamp": %q, "status": "success", "log_id": 42}`, at.Format(time.RFC3339))
		request, err := callback.NewRequest(t.Context(), "http://"+addr, body, secret)
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
