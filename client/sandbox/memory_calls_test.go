package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	following "github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Running once and following take no real time without a network.
func TestOnceAndFollowInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		request := digest()
		request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
		sb, err := sandbox.New(sandbox.WithPeriodicAgent(sandbox.DefaultOrg, request),
			sandbox.WithOutcomes(sandbox.Outcome{Output: "Two essays.", Duration: 90 * time.Second}))
		require.NoError(t, err)
		defer sb.Close()
		c := newMemoryClient(t, sb)

		began := time.Now()
		once := titled("Now")
		result, err := following.Once(t.Context(), c, &once)
		require.NoError(t, err)
		assert.Equal(t, api.StatusSuccess, result.Log.Status)
		assert.Equal(t, "Two essays.", result.Log.Content)
		assert.Greater(t, time.Since(began), 90*time.Second, "on the bubble's clock")

		ctx, cancel := context.WithTimeout(t.Context(), 30*24*time.Hour+90*time.Minute)
		defer cancel()
		count := 0
		for run, err := range following.Follow(ctx, c, new(following.Position), following.WithPollInterval(time.Hour)) {
			if err == nil {
				assert.Equal(t, api.StatusSuccess, run.Status)
				count++
			} else {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
		}
		assert.Equal(t, 30*24+1, count)
	})
}

// A call ends with its context, although the handler of the operation blocks. The
// handler's context ends, too.
func TestCanceledCallInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		c := newMemoryClient(t, sb)
		ended := make(chan error, 1)
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			ended <- r.Context().Err()
		})))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.Mentors.List(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, time.Since(began))
		require.ErrorIs(t, <-ended, context.Canceled)
		synctest.Wait()
		assert.Zero(t, latest(t, sb).StatusCode, "the client was gone")
	})
}

// A handler that panics breaks the connection, and the next call works.
func TestPanicInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		agent := withCallback("https://hooks.example.edu/runs", secret)
		calls := 0
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", agent), sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if calls++; calls == 1 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(http.StatusNoContent)
		})))
		c := newMemoryClient(t, sb, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		})))
		_, err := c.Mentors.List(t.Context(), nil)
		require.ErrorAs(t, err, new(*client.TransportError))
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, nil))
		_, err = c.Mentors.List(t.Context(), nil)
		require.NoError(t, err)

		for _, want := range []int{0, http.StatusNoContent} {
			run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
			require.NoError(t, err)
			assert.Equal(t, want, run.Delivery.StatusCode)
			assert.Equal(t, want == 0, run.Delivery.Err != nil)
		}
	})
}

// Bodies of megabytes go both ways; one that is too long gets a 413 response. A receiver
// may leave a callback unread.
func TestBigBodiesInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		big := strings.Repeat("x", 2<<20)
		agent := withCallback("https://hooks.example.edu/runs", secret)
		read := false
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", agent), sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if read {
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				assert.Greater(t, len(body), len(big))
			}
			w.WriteHeader(http.StatusAccepted)
		})))
		c := newMemoryClient(t, sb)
		request := titled("Long")
		request.Prompt = &big
		created, err := c.PeriodicAgents.Create(t.Context(), &request)
		require.NoError(t, err)
		stored, err := c.PeriodicAgents.Get(t.Context(), created.ID)
		require.NoError(t, err)
		assert.Len(t, stored.Prompt, len(big))
		longer := strings.Repeat("x", 10<<20)
		request.Prompt = &longer
		_, err = c.PeriodicAgents.Create(t.Context(), &request)
		require.ErrorContains(t, err, "413 Request Entity Too Large")

		for _, read = range []bool{true, false} {
			run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{Output: big})
			require.NoError(t, err)
			require.NoError(t, run.Delivery.Err)
			assert.Equal(t, http.StatusAccepted, run.Delivery.StatusCode)
		}
	})
}

// A receiver of callbacks is served as by any HTTP server.
func TestCallbackHandlerStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turn := 0
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", withCallback("https://hooks.example.edu/runs", secret)), sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			controller := http.NewResponseController(w)
			if turn++; turn == 1 {
				w.Header().Set("Trailer", "X-Sum")
				_, _ = io.WriteString(w, "first, ")
				assert.NoError(t, controller.Flush())
				time.Sleep(time.Second)
				_, _ = io.WriteString(w, "second")
				w.Header().Set("X-Sum", "2")
				return
			}
			connection, _, err := controller.Hijack()
			if assert.NoError(t, err) {
				_, _ = io.WriteString(connection, "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n")
				_ = connection.Close()
			}
		})))
		run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)
		assert.Equal(t, "first, second", string(run.Delivery.ResponseBody))
		run, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)
		assert.Equal(t, http.StatusTeapot, run.Delivery.StatusCode)
	})
}

// A hundred calls at once, and Close leaves no goroutine: the bubble waits for all.
func TestConcurrentCallsInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		c := newMemoryClient(t, sb)
		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Minute}})
		began := time.Now()
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				_, err := c.Mentors.List(t.Context(), nil, client.WithAttemptTimeout(time.Hour))
				assert.NoError(t, err)
			})
		}
		group.Wait()
		assert.Equal(t, time.Minute, time.Since(began))
		assert.Len(t, requestsOf(sb), 100)
	})
}

// Close ends calls in flight.
func TestCloseDuringCallsInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		c := newMemoryClient(t, sb, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		})))
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				_, err := c.Mentors.List(t.Context(), nil)
				assert.ErrorAs(t, err, new(*client.TransportError))
			})
		}
		synctest.Wait()
		sb.Close()
		group.Wait()
	})
}

// The client's own HTTP client reaches the sandbox as any other: with a body that is
// streamed, and a response that is not read.
func TestHTTPClientInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		c := sb.HTTPClient()
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
		})))
		for range 10 {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+userPath, http.NoBody)
			require.NoError(t, err)
			response, err := c.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close()) // unread
		}
		reader, writer := io.Pipe()
		go func() { _ = writer.CloseWithError(errors.New("the source fails")) }()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x"+userPath+"periodic-agents/", reader)
		require.NoError(t, err)
		response, err := c.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		require.ErrorContains(t, err, "the source fails")
	})
}

// Calls end with their context, and Close returns, although handlers ignore theirs.
func TestStubbornHandlersInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		stubborn := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", withCallback("https://hooks.example.edu/runs", secret)), sandbox.WithCallbackHandler(stubborn))
		require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, stubborn))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := newMemoryClient(t, sb).Mentors.List(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		run, err := sb.RunNow(ctx, 1, sandbox.Outcome{})
		require.NoError(t, err)
		require.ErrorIs(t, run.Delivery.Err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Second, time.Since(began))
		sb.Close()
		assert.Equal(t, 2*time.Second, time.Since(began))
		close(release)
	})
}

// Handlers in memory may close the sandbox.
func TestCloseFromHandlersInMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, ofOperation := range []bool{false, true} {
			var sb *sandbox.Sandbox
			closes := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sb.Close() })
			sb = newSandbox(t, sandbox.WithPeriodicAgent("acme", withCallback("https://hooks.example.edu/runs", secret)), sandbox.WithCallbackHandler(closes))
			require.NoError(t, sb.HandleOperation(sandbox.OperationMentorsList, closes))
			began := time.Now()
			if ofOperation {
				_, err := newMemoryClient(t, sb, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})).Mentors.List(t.Context(), nil)
				require.ErrorAs(t, err, new(*client.TransportError))
			} else {
				run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
				require.NoError(t, err)
				require.Error(t, run.Delivery.Err)
			}
			assert.Zero(t, time.Since(began))
		}
	})
}
