package client_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// attempts is MaxAttempts in these tests.
const attempts = 3

// fault is a fault that a server applies to an operation, and its expected
// outcome.
type fault struct {
	name    string
	handler http.HandlerFunc
	opts    []client.Option
	// sends returns the expected number of requests; nil means one.
	sends func(operation) int
	check func(t *testing.T, op operation, err error)
}

func everyAttempt(op operation) int     { return attempts + 0*len(op.name) }
func onlyIfIdempotent(op operation) int { return op.attemptsOf(attempts) }
func unlessDelete(op operation) int {
	if op.isDelete() {
		return 1
	}
	return op.attemptsOf(attempts)
}

func (f fault) count(o operation) int {
	if f.sends == nil {
		return 1
	}
	return f.sends(o)
}

func TestEveryOperationUnderEveryFault(t *testing.T) {
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
	assert.Len(t, requests, f.count(op), "requests that the server received")
	for _, request := range requests {
		assert.Equal(t, op.method, request.method)
		assert.Equal(t, "Api-Token "+testKey, request.header.Get("Authorization"))
		assert.Equal(t, op.hasBody, request.body != "", "every attempt has the body")
	}
	if err != nil {
		assertHoldsNoSecret(t, err)
		assert.Contains(t, err.Error(), op.method+" "+op.template, "the error names the operation")
	}
}

func faults() []fault {
	all := statusFaults()
	all = append(all, bodyFaults()...)
	all = append(all, gzipFaults()...)
	return append(all, connectionFaults()...)
}

func statusFaults() []fault {
	const detail = `{"detail": "The reason."}`
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
			name: http.StatusText(f.status), handler: respondWithJSON(f.status, detail),
			check: isError(f.status, "The reason.", f.sentinel),
		})
	}
	for _, status := range []int{502, 503, 504} {
		all = append(all, fault{
			name: "nginx " + http.StatusText(status), handler: nginxError(status), sends: onlyIfIdempotent,
			check: isError(status, "", client.ErrServer),
		})
	}
	throttled := `{"detail": "Request was throttled. Expected available in 60 seconds."}`
	dated := func(handler http.HandlerFunc) http.HandlerFunc { // an hour after the request
		return func(w http.ResponseWriter, r *http.Request) {
			withHeader("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), handler)(w, r)
		}
	}
	return append(
		all,
		fault{name: "nested field errors", handler: respondWithJSON(400, `{"title": ["This field is required."], "task": {"crontab": {"minute": ["'60', not in 0-59 for Minutes"]}}}`), check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			failure := requireError(t, err)
			assert.Equal(t, []client.FieldError{
				{Path: "title", Messages: []string{"This field is required."}},
				{Path: "task.crontab.minute", Messages: []string{"'60', not in 0-59 for Minutes"}},
			}, failure.Fields)
		}},
		fault{name: "404 of nginx", handler: nginxError(404), sends: onlyIfIdempotent, check: isError(404, "", client.ErrNotFromService)},
		fault{name: "429", handler: respondWithJSON(429, throttled), sends: everyAttempt, check: isError(429, "Request was throttled. Expected available in 60 seconds.", client.ErrRateLimited)},
		fault{name: "429 with seconds", handler: withHeader("Retry-After", "60", respondWithJSON(429, throttled)), sends: everyAttempt, check: asksToWait(60 * time.Second)},
		fault{name: "429 with a date", handler: dated(respondWithJSON(429, throttled)), sends: everyAttempt, check: asksToWait(time.Hour)},
		fault{name: "503 with seconds", handler: withHeader("Retry-After", "60", nginxError(503)), sends: onlyIfIdempotent, check: asksToWait(60 * time.Second)},
		fault{name: "503 with a date", handler: dated(nginxError(503)), sends: onlyIfIdempotent, check: asksToWait(time.Hour)},
		fault{name: "503 with Retry-After 0", handler: withHeader("Retry-After", "0", nginxError(503)), sends: onlyIfIdempotent, check: isError(503, "", client.ErrServer)},
		fault{name: "an error without a body", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, check: isError(500, "", client.ErrServer)},
		fault{name: "an error whose body is cut off", handler: rawResponse("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"detail\": \"The", false), check: isError(403, "", client.ErrForbidden)},
	)
}

func requireError(t *testing.T, err error) *client.Error {
	t.Helper()
	failure, ok := errors.AsType[*client.Error](err)
	require.True(t, ok, "%v", err)
	return failure
}

// isError requires a *client.Error with these fields.
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
	return func(t *testing.T, op operation, err error) {
		t.Helper()
		failure := requireError(t, err)
		assert.InDelta(t, wait, failure.RetryAfter, float64(time.Minute))
		if failure.StatusCode == http.StatusTooManyRequests || op.idempotent() {
			assert.Equal(t, attempts, failure.Attempts)
		}
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

// The body of a DELETE's response is not needed.
func isTransportErrorUnlessDelete(t *testing.T, op operation, err error) {
	t.Helper()
	if op.isDelete() {
		require.NoError(t, err)
		return
	}
	isTransportError(t, op, err)
}

func succeeds(t *testing.T, _ operation, err error) {
	t.Helper()
	require.NoError(t, err)
}

// isDelete reports whether the operation's response has no content.
func (o operation) isDelete() bool { return o.method == http.MethodDelete }

func bodyFaults() []fault {
	const html = "<!DOCTYPE html><html><body>Sign in</body></html>"
	long := `{"detail": "` + strings.Repeat("x", 8192) + `"}`
	anythingIsFineForDelete := func(t *testing.T, op operation, err error) {
		t.Helper()
		if op.isDelete() {
			require.NoError(t, err)
			return
		}
		isDecodeError(t, op, err)
	}
	return []fault{
		{name: "200 with HTML", handler: respondWithBody(200, "text/html; charset=utf-8", html), check: isDecodeError},
		{name: "200 with HTML as application/json", handler: respondWithJSON(200, html), check: isDecodeError},
		{name: "200 with invalid JSON", handler: respondWithJSON(200, `{"id": 1`+"\n}}}"), check: anythingIsFineForDelete},
		{name: "200 with incomplete JSON", handler: respondWithJSON(200, `{"id": 1, "title": "Mor`), check: anythingIsFineForDelete},
		{name: "200 with two JSON documents", handler: respondWithJSON(200, `{} {}`), check: anythingIsFineForDelete},
		{name: "200 without a body", handler: respondWithJSON(200, ""), check: anythingIsFineForDelete},
		{name: "200 with a wrong content type", handler: respondWithBody(200, "text/html", anySuccess), check: succeeds},
		{name: "200 with no content type", handler: rawResponse(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(anySuccess), anySuccess), false), check: succeeds},
		{name: "200 with a wrong charset", handler: respondWithBody(200, "application/json; charset=latin-1", anySuccess), check: succeeds},
		{name: "a body shorter than Content-Length", handler: rawResponse(responseHead(1000)+"{}", false), sends: onlyIfIdempotent, check: isTransportError},
		{name: "a missing chunk", handler: rawResponse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", false), sends: onlyIfIdempotent, check: isTransportError},
		{name: "cut off without a length", handler: rawResponse("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\": 7, \"ti", false), sends: unlessDelete, check: isTransportErrorUnlessDelete},
		{name: "cut off in an escape without a length", handler: rawResponse("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\": 7, \"title\": \"a\\u00", false), sends: unlessDelete, check: isTransportErrorUnlessDelete},
		{name: "cut off in a word without a length", handler: rawResponse("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"id\": 7, \"enabled\": tru", false), sends: unlessDelete, check: isTransportErrorUnlessDelete},
		{name: "cut off before the body", handler: rawResponse("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", false), sends: unlessDelete, check: isTransportErrorUnlessDelete},
		{name: "complete without a length", handler: rawResponse("HTTP/1.0 200 OK\r\n\r\n"+anySuccess, false), check: succeeds},
		{name: "HTML without a length", handler: rawResponse("HTTP/1.0 200 OK\r\n\r\n<html>", false), check: isDecodeError},
		{name: "a body longer than WithMaxBody", handler: respondWithJSON(200, long), opts: []client.Option{client.WithMaxBody(4096)}, check: func(t *testing.T, op operation, err error) {
			t.Helper()
			isTransportError(t, op, err)
			assert.ErrorContains(t, err, "WithMaxBody")
		}},
		{name: "an error longer than WithMaxErrorBody", handler: respondWithJSON(400, long), opts: []client.Option{client.WithMaxErrorBody(4096)}, check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Body, 4096)
		}},
		{name: "a long message", handler: respondWithJSON(400, long), check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Message, 8192)
			assert.Less(t, len(err.Error()), 1500, "the error fits into a line of a log")
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
		{name: "gzip", handler: withHeader("Content-Encoding", "gzip", respondWithJSON(200, zipped(anySuccess))), check: succeeds},
		{name: "an error in gzip", handler: withHeader("Content-Encoding", "gzip", respondWithJSON(409, zipped(`{"detail": "The reason."}`))), check: isError(409, "The reason.", client.ErrConflict)},
		{name: "a gzip bomb", handler: withHeader("Content-Encoding", "gzip", respondWithJSON(200, bomb)), opts: limits, check: func(t *testing.T, op operation, err error) {
			t.Helper()
			isTransportError(t, op, err)
			assert.ErrorContains(t, err, "WithMaxBody")
		}},
		{name: "an error in a gzip bomb", handler: withHeader("Content-Encoding", "gzip", respondWithJSON(400, bomb)), opts: limits, check: func(t *testing.T, _ operation, err error) {
			t.Helper()
			assert.Len(t, requireError(t, err).Body, limit)
		}},
		{name: "incomplete gzip", handler: withHeader("Content-Encoding", "gzip", respondWithJSON(200, zipped("{}")[:12])), sends: onlyIfIdempotent, check: isTransportError},
	}
}

func connectionFaults() []fault {
	return []fault{
		{name: "101", handler: switchProtocols, check: isError(101, "", nil)},
		{name: "reset before the response", handler: rawResponse("", true), sends: onlyIfIdempotent, check: isTransportError},
		{name: "closed before the response", handler: rawResponse("", false), sends: onlyIfIdempotent, check: isTransportError},
		{name: "reset in the header", handler: rawResponse("HTTP/1.1 200 OK\r\nContent-", true), sends: onlyIfIdempotent, check: isTransportError},
		{name: "reset in the body", handler: rawResponse(responseHead(1000)+"{", true), sends: onlyIfIdempotent, check: isTransportError},
		{name: "a response that is not HTTP", handler: rawResponse("SSH-2.0-OpenSSH_9.6\r\n", false), sends: onlyIfIdempotent, check: isTransportError},
	}
}
