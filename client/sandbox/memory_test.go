package sandbox_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newMemoryClient returns a client whose requests stay in memory.
func newMemoryClient(t *testing.T, sb *sandbox.Sandbox, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append(sb.ClientOptions(), opts...)...)
	require.NoError(t, err)
	return c
}

// Clients, faults and callbacks work without a network and take no real time.
func TestInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		verifier, err := callback.NewVerifier(api.NewSecret(secret))
		require.NoError(t, err)
		var mu sync.Mutex
		var received []int64
		receiver, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
			mu.Lock()
			defer mu.Unlock()
			received = append(received, event.LogID)
			return nil
		})
		require.NoError(t, err)
		request := withCallback("https://hooks.example.edu/runs", secret)
		request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
		sb, err := sandbox.New(sandbox.WithPeriodicAgent(sandbox.DefaultOrg, request), sandbox.WithCallbackHandler(receiver))
		require.NoError(t, err)
		defer sb.Close()
		c := newMemoryClient(t, sb)

		began := time.Now()
		time.Sleep(30 * 24 * time.Hour)
		synctest.Wait()
		logs, err := c.PeriodicAgentLogs.List(t.Context(), nil)
		require.NoError(t, err)
		assert.EqualValues(t, 30*24, logs.Count)
		mu.Lock()
		assert.Len(t, received, 30*24)
		mu.Unlock()

		setFaults(t, sb, sandbox.Fault{Selection: sandbox.Times(3), Effect: sandbox.RespondWith(http.StatusServiceUnavailable)})
		_, err = c.PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err, "the client retries")
		assert.Greater(t, time.Since(began), 30*24*time.Hour)

		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour}})
		began = time.Now()
		_, err = c.PeriodicAgents.Get(t.Context(), 1, client.WithAttemptTimeout(10*time.Minute), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.ErrorAs(t, err, new(*client.TransportError))
		assert.Equal(t, 10*time.Minute, time.Since(began))
	})
}

// Faults break connections in memory as they do on the network.
func TestFaultsInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", digest()))
		c := newMemoryClient(t, sb, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		for _, effect := range []sandbox.RequestEffect{
			{Reset: sandbox.ResetBefore}, {Reset: sandbox.ResetDuring}, {Reset: sandbox.ResetAfter}, {Truncate: true},
		} {
			setFaults(t, sb, sandbox.Fault{Effect: effect})
			_, err := c.PeriodicAgents.Get(t.Context(), 1)
			require.ErrorAs(t, err, new(*client.TransportError), effect)
		}
		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{BytesPerSecond: 1000}})
		agent, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.NoError(t, err)
		assert.Equal(t, "Morning digest", agent.Title)
		assert.Len(t, requestsOf(sb), 5)
	})
}

func TestInMemoryAfterClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		c := newMemoryClient(t, sb, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		_, err := c.Mentors.List(t.Context(), nil)
		require.NoError(t, err)
		sb.Close()
		_, err = c.Mentors.List(t.Context(), nil)
		require.ErrorAs(t, err, new(*client.TransportError))
		sb.Close()
		unused := newSandbox(t)
		unused.Close()
		_, err = newMemoryClient(t, unused, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})).Mentors.List(t.Context(), nil)
		require.ErrorAs(t, err, new(*client.TransportError))
	})
}

// Close ends the context of a receiver in memory, even if the receiver has not read
// the body, which hides the end of the connection from net/http.
func TestCloseEndsReceiverInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		receiver := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
				ended <- r.Context().Err()
			case <-time.After(time.Second):
				ended <- nil
			}
		})
		sb := newSandbox(t, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, withCallback("https://hooks.example.edu/runs", secret)), sandbox.WithCallbackHandler(receiver))
		go func() { _, _ = sb.RunNow(t.Context(), 1, sandbox.Outcome{}) }()
		synctest.Wait()
		sb.Close()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}

// Without a listener, each account has its client options too.
func TestClientOptionsForInMemory(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "eve", Member: true}))
	options, err := sb.ClientOptionsFor("acme", "eve")
	require.NoError(t, err)
	c, err := client.New(options...)
	require.NoError(t, err)
	_, err = c.Mentors.List(t.Context(), nil)
	require.ErrorIs(t, err, client.ErrForbidden)
	_, err = sb.ClientOptionsFor("acme", "nobody")
	require.EqualError(t, err, `ibl.ai: username is "nobody", but org "acme" has no such account`)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://anything.example/nowhere", http.NoBody)
	require.NoError(t, err)
	response, err := sb.HTTPClient().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusNotFound, response.StatusCode)
}
