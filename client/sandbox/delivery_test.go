package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
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

// withCallback returns a request for an agent with a callback.
func withCallback(url, secret string) client.PeriodicAgentCreateRequest {
	request := digest()
	request.CallbackURL, request.CallbackSecret = &url, new(api.NewSecret(secret))
	return request
}

// A roundTripper replaces the network.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func withReceiver(f roundTripper) sandbox.Option {
	return sandbox.WithCallbackHTTPClient(&http.Client{Transport: f})
}

func respond(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func TestNoSignatureWithoutSecret(t *testing.T) {
	t.Parallel()
	var sent http.Header
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", withCallback("http://127.0.0.1/", "")), withReceiver(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return respond(http.StatusOK, ""), nil
	}))
	require.NoError(t, runNow(t, server, 1, sandbox.Outcome{}).Delivery.Err)
	assert.Empty(t, sent.Values(callback.SignatureHeader))
	assert.Equal(t, "application/json", sent.Get("Content-Type"))
}

func TestFailedDeliveryDoesNotFailRun(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	status := func(status int) roundTripper {
		return func(*http.Request) (*http.Response, error) { return respond(status, "no"), nil }
	}
	for name, test := range map[string]struct {
		url       string
		transport roundTripper
		status    int
		err       string
	}{
		"error":         {"http://127.0.0.1/", status(http.StatusInternalServerError), http.StatusInternalServerError, ""},
		"no connection": {"http://127.0.0.1/", func(*http.Request) (*http.Response, error) { return nil, gone }, 0, "gone"},
		"not HTTP":      {"ftp://127.0.0.1/", nil, 0, "unsupported protocol scheme"},
		"bad address":   {"http://127.0.0.1/%zz", nil, 0, "invalid URL escape"},
		"broken response": {"http://127.0.0.1/", func(*http.Request) (*http.Response, error) {
			response := respond(http.StatusOK, "")
			response.Body = io.NopCloser(io.MultiReader(strings.NewReader("so"), failingReader{gone}))
			return response, nil
		}, http.StatusOK, "gone"},
	} {
		options := []sandbox.Option{sandbox.WithPeriodicAgent("acme", withCallback(test.url, "a-long-random-secret"))}
		if test.transport != nil {
			options = append(options, withReceiver(test.transport))
		}
		server := newTestServer(t, options...)
		run := runNow(t, server, 1, sandbox.Outcome{})
		assert.Equal(t, api.StatusSuccess, run.Log.Status, name)
		assert.Equal(t, test.status, run.Delivery.StatusCode, name)
		if test.err == "" {
			require.NoError(t, run.Delivery.Err, name)
		} else {
			require.ErrorContains(t, run.Delivery.Err, test.err, name)
		}
		assert.Len(t, deliveriesOf(server), 1, name)
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	target := newReceiver(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	receiver := newReceiver(t, http.RedirectHandler(target, http.StatusTemporaryRedirect).ServeHTTP)
	for _, options := range [][]sandbox.Option{nil, {sandbox.WithCallbackHTTPClient(&http.Client{})}} {
		server := newTestServer(t, append(options, sandbox.WithPeriodicAgent("acme", withCallback(receiver, "a-long-random-secret")))...)
		run := runNow(t, server, 1, sandbox.Outcome{})
		require.NoError(t, run.Delivery.Err)
		assert.Equal(t, http.StatusTemporaryRedirect, run.Delivery.StatusCode)
	}
	assert.False(t, followed.Load())
}

func TestDeliveryFormat(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", withCallback("http://127.0.0.1/", "a-long-random-secret")), withReceiver(func(*http.Request) (*http.Response, error) {
		return respond(http.StatusNoContent, ""), nil
	}))
	delivery := *runNow(t, server, 1, sandbox.Outcome{}).Delivery
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "delivery 1 of log 1 to http://127.0.0.1/: 204", fmt.Sprintf(verb, delivery))
	}
	require.NoError(t, server.SetDeliveryFaults(sandbox.DeliveryFault{Effect: sandbox.DeliveryEffect{Drop: true}}))
	assert.Equal(t, "delivery 2 of log 2 to http://127.0.0.1/: sandbox: delivery dropped by a fault", fmt.Sprint(runNow(t, server, 1, sandbox.Outcome{}).Delivery))
}

func TestLongReceiverResponseIsTruncated(t *testing.T) {
	t.Parallel()
	receiver := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	})
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", withCallback(receiver, "a-long-random-secret")))
	run := runNow(t, server, 1, sandbox.Outcome{})
	require.NoError(t, run.Delivery.Err)
	assert.Len(t, run.Delivery.ResponseBody, 64<<10)
}

// unresponsive is a receiver that never responds.
func unresponsive(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func newUnresponsive(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	sb, err := sandbox.New(sandbox.WithPeriodicAgent("acme", withCallback("http://127.0.0.1/", "a-long-random-secret")), withReceiver(unresponsive))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	return sb
}

func TestReceiverTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newUnresponsive(t)
		run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)
		require.ErrorIs(t, run.Delivery.Err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, run.Delivery.FinishedAt.Sub(run.Delivery.StartedAt))
	})
}

func TestDeliveryContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newUnresponsive(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		run, err := sb.RunNow(ctx, 1, sandbox.Outcome{})
		require.NoError(t, err, "the run has finished before")
		require.ErrorIs(t, run.Delivery.Err, context.DeadlineExceeded)
		assert.Equal(t, time.Second, run.Delivery.FinishedAt.Sub(run.Delivery.StartedAt))
	})
}

func TestCloseCancelsDeliveries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newUnresponsive(t)
		runs := make(chan *sandbox.RunResult)
		go func() {
			defer close(runs)
			run, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
			if assert.NoError(t, err) {
				runs <- run
			}
		}()
		synctest.Wait()
		sb.Close()
		assert.Len(t, deliveriesOf(sb), 1, "Close waits")
		run := <-runs
		require.ErrorIs(t, run.Delivery.Err, context.Canceled)
		assert.Equal(t, api.StatusSuccess, run.Log.Status)
		sb.Close()
	})
}
