package sandboxd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

const (
	key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	// monday is five minutes before the digest of the default seed.
	monday = "2026-01-05T07:55:00Z"
)

// A server is a running call of [Serve].
type server struct {
	url    string
	output string
	stop   func() error // cancels the context; may be called repeatedly
}

// start calls Serve on a free port until the test ends.
func start(t testing.TB, config Config) *server {
	t.Helper()
	s := &server{}
	if config.Addr == "" {
		config.Addr = "127.0.0.1:0"
	}
	reader, writer := io.Pipe()
	config.Output = writer
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, config)
		_ = writer.Close()
	}()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { require.NoError(t, s.stop()) })
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		s.output += lines.Text() + "\n"
		if url, ok := strings.CutPrefix(lines.Text(), "export IBLAI_BASE_URL="); ok {
			s.url = url
		}
		if strings.HasPrefix(lines.Text(), "export IBLAI_USERNAME=") {
			return s
		}
	}
	require.NoError(t, s.stop(), "the server did not start")
	require.Fail(t, "the server printed no address")
	return nil
}

// readStopped reads a seed in YAML, and stops its clock.
func readStopped(t testing.TB, text string) *seed.Seed {
	t.Helper()
	s, err := seed.Read(document.File("seed.yaml"), []byte(text), document.YAML)
	require.NoError(t, err)
	s.Speed = 0
	return s
}

// The printed environment variables configure a client.
func TestGreeting(t *testing.T) {
	initial, err := seed.Default()
	require.NoError(t, err)
	initial.Start, err = time.Parse(time.RFC3339, monday)
	require.NoError(t, err)
	initial.Speed = 0
	s := start(t, Config{Seed: initial})
	for line := range strings.Lines(s.output) {
		if setting, ok := strings.CutPrefix(line, "export "); ok {
			name, value, _ := strings.Cut(strings.TrimSpace(setting), "=")
			t.Setenv(name, value)
		}
	}
	c, err := client.FromEnv()
	require.NoError(t, err)
	agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 10)
	require.NoError(t, err)
	assert.Len(t, agents, 3)
	for _, part := range []string{"console      " + s.url + "/\n", s.url + "/_sandbox/openapi.yaml\n", monday + ", stopped"} {
		assert.Contains(t, s.output, part)
	}
}

func TestGreetingNamesAnAdministrator(t *testing.T) {
	t.Parallel()
	fast := readStopped(t, `orgs: [{key: "it's", accounts: [{username: bob}, {username: ada l, admin: true, api_key: `+key+`}]}]`)
	fast.Speed = 60
	s := start(t, Config{Seed: fast})
	for _, part := range []string{"export IBLAI_API_KEY=" + key + "\n", `export IBLAI_ORG='it'\''s'` + "\n", "export IBLAI_USERNAME='ada l'\n", "runs at 60 times real time"} {
		assert.Contains(t, s.output, part)
	}
	noAdmin := readStopped(t, "orgs: [{key: acme, accounts: [{username: bob}]}]")
	noAdmin.Speed = 1
	s = start(t, Config{Seed: noAdmin})
	assert.Contains(t, s.output, "export IBLAI_USERNAME=bob\n", "without an administrator, the greeting names the first account")
	assert.Contains(t, s.output, "runs in real time")
}

func TestListenAddresses(t *testing.T) {
	t.Parallel()
	for _, config := range []Config{{Addr: "localhost:0"}, {Addr: ":0", AllowRemote: true}} {
		s := start(t, config)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/_sandbox/status", http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		var status struct {
			URL string `json:"url"`
		}
		require.NoError(t, json.NewDecoder(response.Body).Decode(&status))
		require.NoError(t, response.Body.Close())
		assert.Equal(t, s.url, status.URL)
	}
}

// If the address is invalid, Serve prints nothing.
func TestInvalidAddresses(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	for address, want := range map[string]string{
		"8765":                     `the address "8765" is not HOST:PORT`,
		":0":                       ":0: the address is not a loopback address",
		"0.0.0.0:0":                "is not a loopback address",
		"[::]:0":                   "is not a loopback address",
		"192.0.2.7:0":              "is not a loopback address",
		"example.test:0":           "is not a loopback address",
		"localhost.example.test:0": "is not a loopback address",
		taken.Addr().String():      "address already in use",
	} {
		var output bytes.Buffer
		require.ErrorContains(t, Serve(t.Context(), Config{Addr: address, Output: &output}), want, address)
		assert.Empty(t, output.String(), address)
	}
}

// If the sandbox rejects the seed, Serve closes its listener.
func TestInvalidSeedClosesListener(t *testing.T) {
	t.Parallel()
	// No other test listens on this address.
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.9:0")
	if err != nil {
		t.Skip("this machine has only one loopback address")
	}
	address := free.Addr().String()
	require.NoError(t, free.Close())
	invalid, err := seed.ReadFile("seed/testdata/bad/refused.yaml")
	require.NoError(t, err)
	require.ErrorContains(t, Serve(t.Context(), Config{Addr: address, Seed: invalid}), "refused.yaml:4")
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.Error(t, err, "the listener is closed")
}

// When the context is canceled, event streams, advances and deliveries end
// immediately, and the listener is closed.
func TestCancellation(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the client disconnects
		reached <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(receiver.Close)
	s := start(t, Config{Seed: readStopped(t, `
orgs: [{key: acme, accounts: [{username: ada}], agents: [{title: A, task: {crontab: {}}, callback_url: "`+receiver.URL+`/runs", outcomes: [{}]}]}]
`)})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/_sandbox/events", http.NoBody)
	require.NoError(t, err)
	events, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	type result struct {
		status int
		body   string
	}
	advanced := make(chan result, 1)
	go func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/_sandbox/clock", strings.NewReader(`{"advance": "1h"}`))
		assert.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultTransport.RoundTrip(request)
		assert.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		assert.NoError(t, err)
		_ = response.Body.Close()
		advanced <- result{response.StatusCode, string(body)}
	}()
	<-reached
	require.NoError(t, s.stop())
	got := <-advanced
	assert.Equal(t, http.StatusConflict, got.status)
	assert.Contains(t, got.body, "stopping")
	_, err = io.Copy(io.Discard, events.Body)
	require.NoError(t, err, "the stream ends without an error")
	require.NoError(t, events.Body.Close())
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", s.url[len("http://"):])
	require.Error(t, err)
}

// Shutdown aborts requests that hang.
func TestShutdownAbortsRequests(t *testing.T) {
	t.Parallel()
	s := start(t, Config{})
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.url[len("http://"):])
	require.NoError(t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, "POST /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(connection)
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line, "the server waits for the body")
	require.NoError(t, s.stop())
	_, _ = io.ReadAll(reader) // the connection ends, with or without an error
}
