package sandbox_test

import (
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// elapsed returns how long f takes.
func elapsed(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

func TestFaultLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		setFaults(t, sb, sandbox.Fault{Match: sandbox.On(listAgents), Effect: sandbox.RequestEffect{Latency: time.Hour}})
		var requests sync.WaitGroup
		for range 3 {
			requests.Go(func() {
				assert.Equal(t, time.Hour, elapsed(func() { assert.Equal(t, http.StatusOK, record(sb, listRequest()).Code) }))
			})
		}
		synctest.Wait()
		// Other requests are not delayed.
		create := newRequest(http.MethodPost, userPath+"periodic-agents/", "")
		assert.Zero(t, elapsed(func() { assert.Equal(t, http.StatusBadRequest, record(sb, create).Code) }))
		setFaults(t, sb)
		assert.Zero(t, elapsed(func() { assert.Equal(t, http.StatusOK, record(sb, listRequest()).Code) }))
		requests.Wait() // with the fault that applied when they were received
	})
}

// If the client disconnects during the latency, the operation is not executed.
func TestFaultLatencyEndsWithRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", digest()))
		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		destroy := newRequest(http.MethodDelete, userPath+"periodic-agents/1/", "").WithContext(ctx)
		assert.Equal(t, time.Minute, elapsed(func() { assert.Zero(t, record(sb, destroy).Code) }))
		setFaults(t, sb)
		assert.Equal(t, http.StatusOK, record(sb, newRequest(http.MethodGet, userPath+"periodic-agents/1/", "")).Code)
		assert.Zero(t, requestsOf(sb)[0].StatusCode)
		assert.Equal(t, time.Minute, requestsOf(sb)[0].Duration)
	})
}

// The same over a connection, where net/http must notice that the client has
// disconnected.
func TestFaultLatencyEndsWithConnection(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour}}))
	began, ended := make(chan struct{}), make(chan any, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { ended <- recover() }()
		close(began)
		sb.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	_, err = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	require.NoError(t, err)
	<-began
	require.NoError(t, connection.Close())
	assert.Equal(t, http.ErrAbortHandler, <-ended)
	assert.Zero(t, requestsOf(sb)[0].StatusCode)
}

func TestFaultLatencySkipsIncompleteRequests(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour, BytesPerSecond: 1}}))
	assert.Equal(t, http.StatusBadRequest, raw(t, server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").status)
	assert.Equal(t, http.StatusRequestEntityTooLarge, send(t, server, http.MethodPost, "periodic-agents/", strings.Repeat("x", 3_000_000)).status)
}

// A closed sandbox responds without latency.
func TestFaultLatencyEndsWithClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t)
		want := record(sb, listRequest()).Body.String()
		setFaults(t, sb, sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour, BytesPerSecond: 1}})
		response := make(chan *httptest.ResponseRecorder)
		go func() { response <- record(sb, listRequest()) }()
		time.Sleep(time.Hour + 3*time.Second)
		go func() { response <- record(sb, listRequest()) }()
		synctest.Wait()
		sb.Close()
		assert.Zero(t, elapsed(func() {
			for range 2 {
				assert.Equal(t, want, (<-response).Body.String())
			}
			assert.Equal(t, want, record(sb, listRequest()).Body.String())
		}))
	})
}

// flushRecorder records when the body was flushed.
type flushRecorder struct {
	*httptest.ResponseRecorder

	began   time.Time
	flushed map[time.Duration]int // length of the body by time
}

func (p *flushRecorder) Flush() { p.flushed[time.Since(p.began)] = p.Body.Len() }

func TestFaultBytesPerSecond(t *testing.T) {
	t.Parallel()
	fastest := map[time.Duration]int{0: 0}
	fastest[25*time.Second/math.MaxInt] = 25 // which is at once, except on 32 bits
	for _, test := range []struct {
		perSecond, length int
		want              map[time.Duration]int
	}{
		{1, 3, map[time.Duration]int{0: 0, time.Second: 1, 2 * time.Second: 2, 3 * time.Second: 3}},
		{4, 3, map[time.Duration]int{0: 0, 250 * time.Millisecond: 1, 500 * time.Millisecond: 2, 750 * time.Millisecond: 3}},
		{100, 25, map[time.Duration]int{0: 0, 100 * time.Millisecond: 10, 200 * time.Millisecond: 20, 250 * time.Millisecond: 25}},
		{math.MaxInt, 25, fastest},
	} {
		synctest.Test(t, func(t *testing.T) {
			body := "{}                       "[:test.length]
			sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Status: http.StatusOK, Body: body, BytesPerSecond: test.perSecond}}))
			p := &flushRecorder{httptest.NewRecorder(), time.Now(), map[time.Duration]int{}}
			sb.ServeHTTP(p, listRequest())
			assert.Equal(t, test.want, p.flushed)
			assert.Equal(t, body, p.Body.String())
			assert.Equal(t, body, string(requestsOf(sb)[0].ResponseBody))
		})
	}
}

func TestFaultBytesPerSecondEndsWithRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{BytesPerSecond: 1}}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+1)
		defer cancel()
		recorder := record(sb, listRequest().WithContext(ctx))
		assert.Zero(t, recorder.Code, "no response is sent")
		assert.Len(t, recorder.Body.String(), 10)
		request := requestsOf(sb)[0]
		assert.Equal(t, http.StatusOK, request.StatusCode)
		assert.Equal(t, recorder.Body.String(), string(request.ResponseBody))
	})
}
