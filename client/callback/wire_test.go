package callback_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// pipeListener hands a server connections without a network, so that a test
// with a fake clock can hold one.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	conn, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (l pipeListener) Close() error {
	close(l)
	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{} }

// connect starts a server in a synctest bubble and returns a connection to it.
func connect(t *testing.T, h http.Handler, configure ...func(*http.Server)) net.Conn {
	t.Helper()
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	for _, c := range configure {
		c(server)
	}
	listener := make(pipeListener, 1)
	go func() { _ = server.Serve(listener) }()
	client, conn := net.Pipe()
	listener <- conn
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
		time.Sleep(time.Second) // of the fake clock: a server lingers before it closes
	})
	return client
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	_, err := io.WriteString(conn, text)
	require.NoError(t, err)
}

func receive(t *testing.T, conn net.Conn) *http.Response {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	return resp
}

func head(t *testing.T, body string, more ...string) string {
	t.Helper()
	lines := append([]string{
		"POST /callbacks HTTP/1.1", "Host: receiver.example", "Content-Type: application/json",
		callback.SignatureHeader + ": " + sign(t, []byte(body), secret),
	}, more...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func contentLength(n int) string { return fmt.Sprint("Content-Length: ", n) }

func TestSlowBody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts      []callback.Option
		configure func(*http.Server)
	}{
		"the handler's timeout": {opts: []callback.Option{callback.WithReadTimeout(5 * time.Second)}},
		"the server's timeout":  {configure: func(s *http.Server) { s.ReadTimeout = 5 * time.Second }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newReceiver(t, test.opts...)
				var configure []func(*http.Server)
				if test.configure != nil {
					configure = append(configure, test.configure)
				}
				conn := connect(t, h, configure...)
				start := time.Now()
				send(t, conn, head(t, event4711, contentLength(len(event4711)))+event4711[:20])
				resp := receive(t, conn)
				assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
				assert.Equal(t, 5*time.Second, time.Since(start))
				assert.Empty(t, h.events)
				synctest.Wait()
				outcome := h.last(t)
				require.ErrorIs(t, outcome.Err, callback.ErrBodyUnreadable)
				require.ErrorIs(t, outcome.Err, os.ErrDeadlineExceeded)
				assert.Equal(t, 20, outcome.BodyBytes)
			})
		})
	}
}

// The read timeout is for the body. It ends neither a function that takes longer
// nor the connection.
func TestReadTimeoutEndsWithTheBody(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(*testing.T, http.Handler) http.Handler{
		"plain":    func(_ *testing.T, h http.Handler) http.Handler { return h },
		"buffered": buffering,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHandler(t, func(ctx context.Context, _ *callback.Event) error {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(time.Minute):
						return nil
					}
				}, callback.WithReadTimeout(5*time.Second))
				conn := connect(t, wrap(t, h))
				for range 2 {
					send(t, conn, head(t, event4711, contentLength(len(event4711))))
					time.Sleep(4 * time.Second)
					send(t, conn, event4711)
					assert.Equal(t, http.StatusNoContent, receive(t, conn).StatusCode)
					time.Sleep(time.Minute)
				}
			})
		})
	}
}

func TestTruncatedBody(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"length":  head(t, event4711, contentLength(len(event4711))) + event4711[:20],
		"chunked": head(t, event4711, "Transfer-Encoding: chunked") + "14\r\n" + event4711[:20] + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newReceiver(t)
				conn := connect(t, h)
				send(t, conn, request)
				require.NoError(t, conn.Close())
				synctest.Wait()
				assert.Empty(t, h.events)
				outcome := h.last(t)
				assert.Equal(t, http.StatusBadRequest, outcome.StatusCode)
				require.ErrorIs(t, outcome.Err, io.ErrUnexpectedEOF)
			})
		})
	}
}

func TestSenderHangsUpDuringTheFunction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ended error
		h := newHandler(t, func(ctx context.Context, _ *callback.Event) error {
			<-ctx.Done()
			ended = ctx.Err()
			return ended
		})
		conn := connect(t, h)
		send(t, conn, head(t, event4711, contentLength(len(event4711)))+event4711)
		require.NoError(t, conn.Close())
		synctest.Wait()
		require.ErrorIs(t, ended, context.Canceled)
	})
}

func TestTooLargeOnTheWire(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	chunk := fmt.Sprintf("%x\r\n%s\r\n", size, strings.Repeat(" ", size))
	for name, test := range map[string]struct{ header, body string }{
		// Refused before anything has been sent.
		"announced":   {contentLength(size), ""},
		"unannounced": {"Transfer-Encoding: chunked", chunk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newReceiver(t, callback.WithMaxBody(size-1))
				conn := connect(t, h)
				send(t, conn, head(t, "", test.header))
				go func() { _, _ = io.WriteString(conn, test.body) }()
				resp := receive(t, conn)
				assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
				assert.True(t, resp.Close)
				assert.Equal(t, "Request Entity Too Large", text(t, resp))
				require.NoError(t, conn.Close())
				synctest.Wait()
				require.ErrorIs(t, h.last(t).Err, callback.ErrBodyTooLarge)
			})
		})
	}
}

// The body of an unsigned request isn't read: a sender that waits for 100 Continue
// sends nothing.
func TestUnsignedBodyIsNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, newReceiver(t))
		send(t, conn, "POST / HTTP/1.1\r\nHost: receiver.example\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
		assert.Equal(t, http.StatusUnauthorized, receive(t, conn).StatusCode)
	})
}

// An unsigned request can't hold the connection with a body that never arrives.
func TestUnsignedBodyThatNeverArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, newReceiver(t, callback.WithReadTimeout(5*time.Second)))
		start := time.Now()
		send(t, conn, "POST / HTTP/1.1\r\nHost: receiver.example\r\nContent-Length: 1000\r\n\r\n")
		resp := receive(t, conn)
		assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
		assert.True(t, resp.Close)
		assert.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestOnTheWire(t *testing.T) {
	t.Parallel()
	signature := callback.SignatureHeader + ": " + sign(t, []byte(event4711), secret)
	half := len(event4711) / 2
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"length":          {head(t, event4711, contentLength(len(event4711))) + event4711, 204},
		"chunked":         {head(t, event4711, "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half, event4711[:half], len(event4711)-half, event4711[half:]), 204},
		"lower case name": {strings.Replace(head(t, event4711, contentLength(len(event4711))), callback.SignatureHeader, "x-hub-signature-256", 1) + event4711, 204},
		"two headers":     {head(t, event4711, contentLength(len(event4711)), strings.ToLower(signature)) + event4711, 401},
		"as trailer":      {"POST / HTTP/1.1\r\nHost: receiver.example\r\nTrailer: X-Hub-Signature-256\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n0\r\n%s\r\n\r\n", len(event4711), event4711, signature), 401},
		"HEAD":            {"HEAD / HTTP/1.1\r\nHost: receiver.example\r\n\r\n", 405},
		"GET":             {"GET / HTTP/1.1\r\nHost: receiver.example\r\n\r\n", 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newReceiver(t)
				conn := connect(t, h)
				go func() { _, _ = io.WriteString(conn, test.request) }()
				assert.Equal(t, test.status, receive(t, conn).StatusCode)
				require.NoError(t, conn.Close())
				synctest.Wait()
				if test.status == http.StatusNoContent {
					require.Len(t, h.events, 1)
					assert.Equal(t, event4711, string(h.events[0].Raw))
				} else {
					assert.Empty(t, h.events)
				}
			})
		})
	}
}
