package control

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
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
	"github.com/iblai/iblai-go/internal/document"
	exchanges "github.com/iblai/iblai-go/internal/recording"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

const (
	key   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	coach = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	// monday is five minutes before the digest of the default seed.
	monday = "2026-01-05T07:55:00Z"
)

// A server is a running [Server].
type server struct {
	url      string
	errorLog *lockedBuffer // errors reported by net/http
	stop     func()        // may be called repeatedly
}

// start serves the default seed with a stopped clock until the test ends.
func start(t testing.TB, changes ...func(*Options)) *server {
	t.Helper()
	return startOn(t, httptest.NewUnstartedServer(nil), changes...)
}

func startOn(t testing.TB, testServer *httptest.Server, changes ...func(*Options)) *server {
	t.Helper()
	initial, err := seed.Default()
	require.NoError(t, err)
	options := Options{Seed: stopClock(t, initial, monday), URL: "http://" + testServer.Listener.Addr().String()}
	for _, change := range changes {
		change(&options)
	}
	s, err := New(options)
	require.NoError(t, err)
	running := &server{url: options.URL, errorLog: &lockedBuffer{}}
	testServer.Config.Handler = s
	testServer.Config.ErrorLog = log.New(running.errorLog, "", 0)
	testServer.Start()
	running.stop = sync.OnceFunc(func() {
		s.Close()
		testServer.Close()
	})
	t.Cleanup(running.stop)
	return running
}

// stopClock makes the clock of a seed start at a time, and stops it.
func stopClock(t testing.TB, s *seed.Seed, at string) *seed.Seed {
	t.Helper()
	var err error
	s.Start, err = time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	s.Speed = 0
	return s
}

// withSeed replaces the seed of a server with a seed in YAML, and stops its
// clock.
func withSeed(t testing.TB, text string) func(*Options) {
	t.Helper()
	read, err := seed.Read(document.File("seed.yaml"), []byte(text), document.YAML)
	require.NoError(t, err)
	return func(options *Options) { options.Seed = stopClock(t, read, monday) }
}

// A lockedBuffer is a buffer that is safe for concurrent use.
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

type response struct {
	status int
	header http.Header
	body   string
}

// reason returns the message of an error response.
func (r response) reason(t testing.TB) string {
	t.Helper()
	require.Equal(t, "application/json", r.header.Get("Content-Type"), r.body)
	return decode[errorBody](t, r).Error
}

func decode[T any](t testing.TB, r response) (body T) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(r.body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&body), r.body)
	return body
}

// do sends a request with a JSON body. Headers alternate between names and
// values; an empty value removes the header. The contract tests record the
// exchange.
func (s *server) do(t testing.TB, method, target, body string, headers ...string) response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	if !assert.NoError(t, err) { // not require, since this may not be the goroutine of the test
		return response{}
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
	received, err := exchanges.Transport(http.DefaultTransport).RoundTrip(request)
	if !assert.NoError(t, err) {
		return response{}
	}
	defer received.Body.Close()
	text, err := io.ReadAll(received.Body)
	assert.NoError(t, err)
	return response{received.StatusCode, received.Header, string(text)}
}

// get sends a GET request that must succeed.
func get[T any](t testing.TB, s *server, target string) T {
	t.Helper()
	return send[T](t, s, http.MethodGet, target, "")
}

// send sends a request that must succeed.
func send[T any](t testing.TB, s *server, method, target, body string, headers ...string) T {
	t.Helper()
	r := s.do(t, method, target, body, headers...)
	require.Equal(t, http.StatusOK, r.status, r.body)
	return decode[T](t, r)
}

// newClient returns a client for the first account.
func (s *server) newClient(t testing.TB) *client.Client {
	t.Helper()
	account := get[statusBody](t, s, "/_sandbox/status").Accounts[0]
	c, err := client.New(client.WithBaseURL(s.url), client.WithAPIKey(account.APIKey), client.WithOrg(account.Org), client.WithUsername(account.Username))
	require.NoError(t, err)
	return c
}

// newReceiver starts a receiver of callbacks, and returns its URL.
func newReceiver(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	receiver := httptest.NewServer(handler)
	t.Cleanup(receiver.Close)
	return receiver.URL + "/runs"
}

// listenOn listens on a free port of an address.
func listenOn(t testing.TB, address string) *httptest.Server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(address, "0"))
	require.NoError(t, err)
	return &httptest.Server{Listener: listener, Config: &http.Server{ReadHeaderTimeout: time.Minute}}
}
