package client_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// Rounds of n concurrent calls reuse n connections.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"success":       {http.StatusOK, `{"id": 7}`},
		"an odd field":  {http.StatusOK, `{"id": {}, "title": 5}`},
		"error":         {http.StatusNotFound, `{"detail": "Not found."}`},
		"error in HTML": {http.StatusForbidden, "<html></html>"},
		"sign-in page":  {http.StatusOK, "<!DOCTYPE html><html><body>Sign in</body></html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n, rounds = 20, 5
			var mu sync.Mutex
			opened, arrived := 0, make(chan struct{}, n)
			release := make(chan struct{})
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				arrived <- struct{}{}
				mu.Lock()
				gate := release
				mu.Unlock()
				<-gate
				respondWithJSON(c.status, c.body)(w, r)
			}))
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					mu.Lock()
					defer mu.Unlock()
					opened++
				}
			}
			server.Start()
			t.Cleanup(server.Close)
			cl := newClient(t, client.WithBaseURL(server.URL), retries(1))
			for range rounds {
				var running sync.WaitGroup
				for range n {
					running.Go(func() { _, _ = cl.PeriodicAgents.Get(t.Context(), 1) })
				}
				for range n { // all calls are in flight
					<-arrived
				}
				mu.Lock()
				close(release)
				release = make(chan struct{})
				mu.Unlock()
				running.Wait()
			}
			mu.Lock()
			defer mu.Unlock()
			assert.LessOrEqual(t, opened, n+1)
			server.CloseClientConnections()
		})
	}
}

// The transport of WithHTTPClient is used.
func TestTransportOfTheProgramIsUsed(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, 1, s.sent)
}
