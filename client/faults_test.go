package client_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// attempts is how often what may be sent again is sent in these tests.
const attempts = 3

// fault is what a server may do to any operation, and what must come of it.
type fault struct {
	name    string
	handler http.HandlerFunc
	opts    []client.Option
	// sends is how often an operation must have been sent; nil is for once.
	sends func(operation) int
	check func(t *testing.T, op operation, err error)
}

func always(op operation) int       { return attempts + 0*len(op.name) }
func ifIdempotent(op operation) int { return op.sends(attempts) }
func (f fault) count(o operation) int {
	if f.sends == nil {
		return 1
	}
	return f.sends(o)
}

func TestEveryOperationMeetsEveryFault(t *testing.T) {
	t.Parallel()
	known := operations(t)
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range known {
				t.Run(op.name, func(t *testing.T) {
					t.Parallel()
					f.run(t, op)
				})
			}
		})
	}
}

func (f fault) run(t *testing.T, op operation) {
	t.Helper()
	seen, opts := serve(t, f.handler)
	c := newClient(t, append(append(opts, retries(attempts)), f.opts...)...)
	err := op.call(t.Context(), c)
	f.check(t, op, err)
	requests := seen.all()
	assert.Len(t, requests, f.count(op), "requests that the server saw")
	for _, request := range requests {
		assert.Equal(t, op.method, request.method)
		assert.Equal(t, "Api-Token "+testKey, request.header.Get("Authorization"))
		assert.Equal(t, op.hasBody, request.body != "", "a body is sent every time or never")
	}
	if err != nil {
		assertHoldsNoSecret(t, err)
		assert.Contains(t, err.Error(), op.method+" "+op.template, "an error tells what was asked")
	}
}

func faults() []fault {
	all := statusFaults()
	all = append(all, bodyFaults()...)
	all = append(all, gzipFaults()...)
	return append(all, connectionFaults()...)
}

func statusFaults() []fault {
	const detail = `{"detail": "So it is."}`
	var all []fault
	for _, f := range []struct {
		status   int
		sentinel error
	}{
		{400, client.ErrValidation},
		{401, client.ErrUnauthorized},
		{403, client.ErrForbidden},
		{404, client.ErrNotFound},
		{405, nil},
		{409, client.ErrConflict},
		{422, client.ErrValidation},
		{500, client.ErrServer},
	} {
		all = append(all, fault{
			name: http.StatusText(f.status), handler: replyJSON(f.status, detail),
			check: isError(f.status, "So it is.", f.sentinel),
		})
	}
	for _, status := range []int{502, 503, 504} {
		all = append(all, fault{
			name: "nginx " + http.StatusText(status), handler: nginx(status), sends: ifIdempotent,
			check: isError(status, "", client.ErrServer),
		})
	}
	throttled := `{"detail": "Request was throttled. Expected available in 60 seconds."}`
	dated := func(handler http.HandlerFunc) http.HandlerFunc { // an hour from when it is asked, however late that is
		return func(w http.ResponseWriter, r *http.Request) {
			with("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), handler)(w, r)
		}
	}
	return append(
		all,
		fault{name: "nested field errors", handler: replyJSON(400, `{"title": ["This field is required."], "task": {"crontab": {"minute": ["'60', not in 0-59 for Minutes"]}}}`), check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			failure := requireError(t, err)
			assert.Equal(t, []client.FieldError{
				{Path: "title", Messages: []string{"This field is required."}},
				{Path: "task.crontab.minute", Messages: []string{"'60', not in 0-59 for Minutes"}},
			}, failure.Fields)
		}},
		fault{name: "nginx does not know the page", handler: nginx(404), check: isError(404, "", client.ErrNotFound)},
		fault{name: "429", handler: replyJSON(429, throttled), sends: always, check: isError(429, "Request was throttled. Expected available in 60 seconds.", client.ErrRateLimited)},
		fault{name: "429 with seconds", handler: with("Retry-After", "60", replyJSON(429, throttled)), sends: always, check: asksToWait(60 * time.Second)},
		fault{name: "429 with a date", handler: dated(replyJSON(429, throttled)), sends: always, check: asksToWait(time.Hour)},
		fault{name: "503 with seconds", handler: with("Retry-After", "60", nginx(503)), sends: always, check: asksToWait(60 * time.Second)},
		fault{name: "503 with a date", handler: dated(nginx(503)), sends: always, check: asksToWait(time.Hour)},
		fault{name: "503 with no wait", handler: with("Retry-After", "0", nginx(503)), sends: always, check: isError(503, "", client.ErrServer)},
		fault{name: "an error of no content", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, check: isError(500, "", client.ErrServer)},
		fault{name: "an error that breaks off", handler: raw("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"detail\": \"So", false), check: isError(403, "", client.ErrForbidden)},
	)
}

func requireError(t *testing.T, err error) *client.Error {
	t.Helper()
	failure, ok := errors.AsType[*client.Error](err)
	require.True(t, ok, "%v", err)
	return failure
}

// isError checks for a *client.Error with all its parts.
func isError(status int, message string, sentinel error) func(*testing.T, operation, error) {
	return func(t *testing.T, op operation, err error) {
		t.Helper()
		failure := requireError(t, err)
		assert.Equal(t, status, failure.StatusCode)
		assert.Equal(t, message, failure.Message)
		assert.Equal(t, op.method, failure.Operation.Method)
		assert.Equal(t, op.template, failure.Operation.PathTemplate)
		assert.NotEmpty(t, failure.Operation.ID)
		if sentinel != nil {
			require.ErrorIs(t, err, sentinel)
		}
	}
}

func asksToWait(wait time.Duration) func(*testing.T, operation, error) {
	return func(t *testing.T, _ operation, err error) {
		t.Helper()
		failure := requireError(t, err)
		assert.InDelta(t, wait, failure.RetryAfter, float64(time.Minute))
		assert.Equal(t, attempts, failure.Attempts)
	}
}

func isDecodeError(t *testing.T, op operation, err error) {
	t.Helper()
	failure, ok := errors.AsType[*client.DecodeError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, http.StatusOK, failure.StatusCode)
	assert.Equal(t, op.template, failure.Operation.PathTemplate)
}

func isTransportError(t *testing.T, op operation, err error) {
	t.Helper()
	failure, ok := errors.AsType[*client.TransportError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, op.template, failure.Operation.PathTemplate)
	require.Error(t, failure.Err)
}

func isFine(t *testing.T, _ operation, err error) {
	t.Helper()
	require.NoError(t, err)
}

// deletes is whether the operation is answered with nothing.
func (o operation) deletes() bool { return o.method == http.MethodDelete }

func bodyFaults() []fault {
	const html = "<!DOCTYPE html><html><body>Sign in</body></html>"
	long := `{"detail": "` + strings.Repeat("x", 8192) + `"}`
	emptyIsFineForDelete := func(t *testing.T, op operation, err error) {
		t.Helper()
		if op.deletes() {
			require.NoError(t, err)
			return
		}
		isDecodeError(t, op, err)
	}
	return []fault{
		{name: "200 with HTML", handler: reply(200, "text/html; charset=utf-8", html), check: isDecodeError},
		{name: "200 with HTML that says it is JSON", handler: replyJSON(200, html), check: isDecodeError},
		{name: "200 with no JSON", handler: replyJSON(200, `{"id": 1`+"\n}}}"), check: isDecodeError},
		{name: "200 with half of a document", handler: replyJSON(200, `{"id": 1, "title": "Mor`), check: isDecodeError},
		{name: "200 with two documents", handler: replyJSON(200, `{} {}`), check: isDecodeError},
		{name: "200 with nothing", handler: replyJSON(200, ""), check: emptyIsFineForDelete},
		{name: "200 with a wrong content type", handler: reply(200, "text/html", "{}"), check: isFine},
		{name: "200 with no content type", handler: raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", false), check: isFine},
		{name: "200 with a wrong charset", handler: reply(200, "application/json; charset=latin-1", "{}"), check: isFine},
		{name: "shorter than promised", handler: raw(head(1000)+"{}", false), sends: ifIdempotent, check: isTransportError},
		{name: "a chunk that is missing", handler: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", false), sends: ifIdempotent, check: isTransportError},
		{name: "longer than the client reads", handler: replyJSON(200, long), opts: []client.Option{client.WithMaxBody(4096)}, check: func(t *testing.T, op operation, err error) {
			t.Helper()
			isTransportError(t, op, err)
			assert.ErrorContains(t, err, "WithMaxBody")
		}},
		{name: "an error longer than the client reads", handler: replyJSON(400, long), opts: []client.Option{client.WithMaxErrorBody(4096)}, check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Body, 4096)
		}},
		{name: "a long message", handler: replyJSON(400, long), check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Message, 8192)
			assert.Less(t, len(err.Error()), 1500, "an error is fit for a line of a log")
		}},
	}
}

func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

func gzipFaults() []fault {
	const limit = 64 << 10
	limits := []client.Option{client.WithMaxBody(limit), client.WithMaxErrorBody(limit)}
	bomb := zipped(`{"detail": "` + strings.Repeat("x", 16*limit) + `"}`)
	return []fault{
		{name: "gzip", handler: with("Content-Encoding", "gzip", replyJSON(200, zipped("{}"))), check: isFine},
		{name: "an error in gzip", handler: with("Content-Encoding", "gzip", replyJSON(409, zipped(`{"detail": "So it is."}`))), check: isError(409, "So it is.", client.ErrConflict)},
		{name: "a gzip bomb", handler: with("Content-Encoding", "gzip", replyJSON(200, bomb)), opts: limits, check: func(t *testing.T, op operation, err error) {
			t.Helper()
			isTransportError(t, op, err)
			assert.ErrorContains(t, err, "WithMaxBody")
		}},
		{name: "a gzip bomb of an error", handler: with("Content-Encoding", "gzip", replyJSON(400, bomb)), opts: limits, check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Body, limit)
		}},
		{name: "half of a gzip", handler: with("Content-Encoding", "gzip", replyJSON(200, zipped("{}")[:12])), sends: ifIdempotent, check: isTransportError},
	}
}

func connectionFaults() []fault {
	return []fault{
		{name: "reset before the answer", handler: raw("", true), sends: ifIdempotent, check: isTransportError},
		{name: "closed before the answer", handler: raw("", false), sends: ifIdempotent, check: isTransportError},
		{name: "reset in the header", handler: raw("HTTP/1.1 200 OK\r\nContent-", true), sends: ifIdempotent, check: isTransportError},
		{name: "reset in the body", handler: raw(head(1000)+"{", true), sends: ifIdempotent, check: isTransportError},
		{name: "no HTTP at all", handler: raw("SSH-2.0-OpenSSH_9.6\r\n", false), sends: ifIdempotent, check: isTransportError},
	}
}
