package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	exchanges "github.com/iblai/iblai-go/internal/recording"
)

const (
	key   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	coach = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	// monday is five minutes before the digest of the default seed.
	monday = "2026-01-05T07:55:00Z"
)

// A server is the program while it runs.
type server struct {
	url    string
	stdout *lockedBuffer
	stderr *lockedBuffer
	stop   func() error // as by a signal; may be called again
}

// start runs the program with a clock that stands still, until the test is over.
func start(t testing.TB, args ...string) *server {
	t.Helper()
	return startAs(t, append([]string{"-clock", monday, "-speed", "0"}, args...)...)
}

// startAs runs the program as it is told to, on a free port.
func startAs(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}}
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"-addr", "127.0.0.1:0", "-log", "off"}, args...), io.MultiWriter(s.stdout, writer), s.stderr)
		_ = writer.Close()
	}()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { require.NoError(t, s.stop()) })
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "export IBLAI_BASE_URL="); ok {
			s.url = url
		}
		if strings.HasPrefix(lines.Text(), "export IBLAI_USERNAME=") {
			break
		}
	}
	if s.url == "" {
		require.NoError(t, s.stop(), "the program did not start")
		require.Fail(t, "the program tells no address")
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }() // ends with the program
	return s
}

// lockedBuffer can be written to and read from by several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// An answer is what came over the wire.
type answer struct {
	status int
	header http.Header
	body   string
}

// reason is the text of an error.
func (a answer) reason(t testing.TB) string {
	t.Helper()
	require.Equal(t, "application/json", a.header.Get("Content-Type"), a.body)
	return decode[errorBody](t, a).Error
}

func decode[T any](t testing.TB, a answer) (body T) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(a.body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&body), a.body)
	return body
}

// ask sends a request. A body is JSON. Headers are names and values in turn; an
// empty value means none. The contract tests get to see what is exchanged.
func (s *server) ask(t testing.TB, method, target, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	if !assert.NoError(t, err) { // it may be another goroutine than the test's
		return answer{}
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		}
	}
	request.Host = request.Header.Get("Host")
	response, err := exchanges.Transport(http.DefaultTransport).RoundTrip(request)
	if !assert.NoError(t, err) {
		return answer{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	assert.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(text)}
}

// get asks for what must be there.
func get[T any](t testing.TB, s *server, target string) T {
	t.Helper()
	a := s.ask(t, http.MethodGet, target, "")
	require.Equal(t, http.StatusOK, a.status, a.body)
	return decode[T](t, a)
}

// send sends what must be taken.
func send[T any](t testing.TB, s *server, method, target, body string, headers ...string) T {
	t.Helper()
	a := s.ask(t, method, target, body, headers...)
	require.Equal(t, http.StatusOK, a.status, a.body)
	return decode[T](t, a)
}

// newClient is a client of the first account.
func (s *server) newClient(t testing.TB) *client.Client {
	t.Helper()
	account := get[statusBody](t, s, "/_sandbox/status").Accounts[0]
	c, err := client.New(client.WithBaseURL(s.url), client.WithAPIKey(account.APIKey), client.WithOrg(account.Org), client.WithUsername(account.Username))
	require.NoError(t, err)
	return c
}

// write makes a file, and returns where it is.
func write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// newReceiver listens for callbacks, and returns where.
func newReceiver(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	receiver := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = receiver.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = receiver.Close()
		<-done
	})
	return "http://" + listener.Addr().String() + "/runs"
}
