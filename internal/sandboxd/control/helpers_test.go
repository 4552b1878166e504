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
	exchanges "github.com/iblai/iblai-go/internal/recording"
	"github.com/iblai/iblai-go/internal/sandboxd/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

const (
	key   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	coach = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	// monday is five minutes before the digest of the default seed.
	monday = "2026-01-05T07:55:00Z"
)

// A server is a [Server] that listens.
type server struct {
	url      string
	errorLog *lockedBuffer // of net/http
	stop     func()        // may be called again
}

// start serves the default seed with a stopped clock, until the test is over.
func start(t testing.TB, changes ...func(*Options)) *server {
	t.Helper()
	listening := httptest.NewUnstartedServer(nil)
	return startOn(t, listening, changes...)
}

func startOn(t testing.TB, listening *httptest.Server, changes ...func(*Options)) *server {
	t.Helper()
	initial, err := seed.Default()
	require.NoError(t, err)
	options := Options{Seed: stopped(t, initial, monday), URL: "http://" + listening.Listener.Addr().String()}
	for _, change := range changes {
		change(&options)
	}
	s, err := New(options)
	require.NoError(t, err)
	running := &server{url: options.URL, errorLog: &lockedBuffer{}}
	listening.Config.Handler = s
	listening.Config.ErrorLog = log.New(running.errorLog, "", 0)
	listening.Start()
	running.stop = sync.OnceFunc(func() {
		s.Close()
		listening.Close()
	})
	t.Cleanup(running.stop)
	return running
}

// stopped stops the clock of a seed at a time.
func stopped(t testing.TB, s *seed.Seed, at string) *seed.Seed {
	t.Helper()
	var err error
	s.Start, err = time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	s.Speed = 0
	return s
}

// withSeed has a server start with a seed in YAML.
func withSeed(t testing.TB, text string) func(*Options) {
	t.Helper()
	read, err := seed.Read(document.File("seed.yaml"), []byte(text), document.YAML)
	require.NoError(t, err)
	return func(options *Options) { options.Seed = stopped(t, read, monday) }
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

type response struct {
	status int
	header http.Header
	body   string
}

// reason is the text of an error.
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

// do sends a request. A body is JSON. Headers are names and values in turn; an
// empty value removes one. The contract tests record the exchange.
func (s *server) do(t testing.TB, method, target, body string, headers ...string) response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	if !assert.NoError(t, err) { // it may be another goroutine than the test's
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

// newClient is a client of the first account.
func (s *server) newClient(t testing.TB) *client.Client {
	t.Helper()
	account := get[statusBody](t, s, "/_sandbox/status").Accounts[0]
	c, err := client.New(client.WithBaseURL(s.url), client.WithAPIKey(account.APIKey), client.WithOrg(account.Org), client.WithUsername(account.Username))
	require.NoError(t, err)
	return c
}

// newReceiver listens for callbacks, and returns their URL.
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
