package sandbox_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestCloseEndsConnections(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	dial := func() net.Conn {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	unused, used := dial(), dial()
	_, err := io.WriteString(used, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	buffer := make([]byte, 1<<10)
	_, err = used.Read(buffer)
	require.NoError(t, err)

	began := time.Now()
	var closing sync.WaitGroup
	for range 3 {
		closing.Go(server.Close)
	}
	closing.Wait()
	assert.Less(t, time.Since(began), 2*time.Second, "Close waited for the unused connection")
	for _, conn := range []net.Conn{unused, used} {
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		_, err = conn.Read(buffer)
		assert.ErrorIs(t, err, io.EOF)
	}
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
	require.Error(t, err)
}

func TestCloseEndsConnectionsToReceivers(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	receiver.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			close(ended)
		}
	}
	receiver.Start()
	t.Cleanup(receiver.Close)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", withCallback(receiver.URL, "a-long-random-secret")))
	for range 2 {
		require.NoError(t, runNow(t, server, 1, sandbox.Outcome{}).Delivery.Err)
	}
	server.Close()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		assert.Fail(t, "the connection is still open")
	}
}

func TestCloseFinishesRequests(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	server := newTestServer(t)
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+userPath+"periodic-agents/", reader)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Api-Token "+key)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Expect", "100-continue") // the server asks for the body once it serves the request
	transport := &http.Transport{ExpectContinueTimeout: time.Minute}
	go func() {
		_, _ = io.WriteString(writer, `{"mentor":"`+coach+`","title":"late",`)
		close(reached)
		<-release
		_, _ = io.WriteString(writer, `"task":{"crontab":{}}}`)
		_ = writer.Close()
	}()
	statuses := make(chan int, 1)
	go func() {
		defer close(statuses)
		response, err := transport.RoundTrip(request)
		if assert.NoError(t, err) {
			assert.NoError(t, response.Body.Close())
			statuses <- response.StatusCode
		}
	}()
	<-reached
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		server.Close()
	}()
	close(release)
	assert.Equal(t, http.StatusCreated, <-statuses)
	<-closed
}

func TestCloseGivesUpOnSlowClients(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 1<<10)) // 100: the server serves the request
	require.NoError(t, err)
	server.Close()
	_, err = io.ReadAll(conn)
	assert.NoError(t, err)
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	receiver := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := newServer(t)
	c, ctx := newClient(t, server), t.Context()
	const workers, rounds = 8, 10
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for range rounds {
				request := withCallback(receiver, "a-long-random-secret")
				agent, err := c.PeriodicAgents.Create(ctx, &request)
				if !assert.NoError(t, err) {
					return
				}
				run, err := server.RunNow(ctx, agent.ID, sandbox.Outcome{})
				assert.NoError(t, err)
				assert.NoError(t, run.Delivery.Err)
				_, err = c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{PreviousAgent: client.Value(agent.ID)})
				assert.NoError(t, err)
				for _, err := range c.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Search: "digest", Ordering: "-title"}) {
					assert.NoError(t, err)
				}
				_, err = c.PeriodicAgentLogs.List(ctx, nil)
				assert.NoError(t, err)
				_, err = c.PinnedMessages.Create(ctx, session)
				assert.NoError(t, err)
				_, err = c.PeriodicAgents.Statistics(ctx, nil)
				assert.NoError(t, err)
				assert.NoError(t, c.PeriodicAgents.Delete(ctx, agent.ID))
			}
		})
	}
	working.Wait()
	assert.Len(t, deliveriesOf(server), workers*rounds)
	page, err := c.PeriodicAgents.List(ctx, nil)
	require.NoError(t, err)
	assert.Zero(t, page.Count)
}
