package main

import (
	"bytes"
	"flag"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// What is printed leads a program there.
func TestGreeting(t *testing.T) {
	s := start(t)
	for line := range strings.Lines(s.stdout.String()) {
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
	for _, part := range []string{"console      " + s.url + "/\n", s.url + "/_sandbox/openapi.yaml\n", monday + ", stands still"} {
		assert.Contains(t, s.stdout.String(), part)
	}
}

func TestGreetingNamesAnAdministrator(t *testing.T) {
	t.Parallel()
	s := startAs(t, "-speed", "60", "-seed", write(t, "seed.yaml", `
orgs: [{key: "it's", accounts: [{username: bob}, {username: ada l, admin: true, api_key: `+key+`}]}]
`))
	for _, part := range []string{"export IBLAI_API_KEY=" + key + "\n", `export IBLAI_ORG='it'\''s'` + "\n", "export IBLAI_USERNAME='ada l'\n", "runs at 60 times real time"} {
		assert.Contains(t, s.stdout.String(), part)
	}
	nobody := startAs(t, "-seed", write(t, "seed.yaml", "orgs: [{key: acme, accounts: [{username: bob}]}]"))
	assert.Contains(t, nobody.stdout.String(), "export IBLAI_USERNAME=bob\n", "where there is no administrator, somebody else will do")
	assert.Contains(t, nobody.stdout.String(), "runs in real time")
}

// Nothing is served, and nothing printed, if something is wrong.
func TestRefusesToStart(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	long := write(t, "long.yaml", strings.Repeat("#", maxSeed+1))
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":        {[]string{"-sped", "1"}, "-sped; -h tells the flags"},
		"argument":            {[]string{"seed.yaml"}, `unexpected argument "seed.yaml"`},
		"log":                 {[]string{"-log", "xml"}, `-log must be text, json or off, not "xml"`},
		"clock":               {[]string{"-clock", "noon"}, `-clock must be a time such as 2026-01-05T07:55:00Z, not "noon"`},
		"clock, too early":    {[]string{"-clock", "1900-01-01T00:00:00Z"}, "-clock must be a time"},
		"speed":               {[]string{"-speed", "fast"}, "-speed"},
		"speed, too high":     {[]string{"-speed", "1e9"}, "-speed must be from 0 to 86400"},
		"speed, no number":    {[]string{"-speed", "NaN"}, "-speed must be from 0 to 86400"},
		"host":                {[]string{"-host", ""}, "must not be empty"},
		"address":             {[]string{"-addr", "8765"}, `-addr "8765" is not HOST:PORT`},
		"all addresses":       {[]string{"-addr", ":0"}, "administrator's key; give -allow-remote too"},
		"IPv4":                {[]string{"-addr", "0.0.0.0:0"}, "beyond this machine's loopback interface"},
		"IPv6":                {[]string{"-addr", "[::]:0"}, "beyond this machine's loopback interface"},
		"another address":     {[]string{"-addr", "192.0.2.7:0"}, "beyond this machine's loopback interface"},
		"a name":              {[]string{"-addr", "example.test:0"}, "beyond this machine's loopback interface"},
		"a name like it":      {[]string{"-addr", "localhost.example.test:0"}, "beyond this machine's loopback interface"},
		"taken address":       {[]string{"-addr", taken.Addr().String()}, "address already in use"},
		"no seed":             {[]string{"-seed", "nowhere.yaml"}, "-seed: open nowhere.yaml"},
		"a folder":            {[]string{"-seed", t.TempDir()}, "-seed: read"},
		"long seed":           {[]string{"-seed", long}, "long.yaml is longer than 67108864 bytes"},
		"seed is no JSON":     {[]string{"-seed", write(t, "seed.JSON", "orgs: []")}, "seed.JSON:1: is no JSON"},
		"no faults":           {[]string{"-faults", "nowhere.yaml"}, "-faults: open nowhere.yaml"},
		"bad faults":          {[]string{"-faults", write(t, "faults.yaml", "requests:\n- status: 99\n")}, "faults.yaml:2: requests[0].status: must be from 200 to 599, not 99"},
		"faults with nothing": {[]string{"-faults", write(t, "faults.json", "")}, "faults.json: is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), append([]string{"-addr", "127.0.0.1:0"}, test.args...), failing{t}, failing{t})
			require.ErrorContains(t, err, test.want)
		})
	}
}

// A seed that is refused late leaves the address free.
func TestLetsGoOfItsAddress(t *testing.T) {
	t.Parallel()
	// No other test listens there.
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.9:0")
	if err != nil {
		t.Skip("this machine has one loopback address only")
	}
	address := free.Addr().String()
	require.NoError(t, free.Close())
	require.Error(t, run(t.Context(), []string{"-addr", address, "-seed", "testdata/bad/refused.yaml"}, failing{t}, failing{t}))
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.Error(t, err, "nobody listens")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, failing{t}, &printed), flag.ErrHelp)
	for _, name := range []string{"-addr", "-allow-remote", "-host", "-seed", "-faults", "-clock", "-speed", "-log"} {
		assert.Contains(t, printed.String(), name)
	}
}

func TestFlagsStandAboveTheSeed(t *testing.T) {
	t.Parallel()
	seed := write(t, "seed.yaml", `
clock: {start: 2030-01-01T00:00:00Z, speed: 0}
orgs: [{key: acme, accounts: [{username: ada}]}]
faults: {deliveries: [{drop: true}, {duplicate: true}]}
`)
	s := startAs(t, "-seed", seed)
	status := get[statusBody](t, s, "/_sandbox/status")
	assert.Equal(t, 2030, status.Clock.Now.Year())
	assert.Zero(t, status.Clock.Speed)
	assert.Equal(t, 2, status.Counts.Faults)

	s = startAs(t, "-seed", seed, "-clock", monday, "-faults", write(t, "faults.json", `{"deliveries": [{"reorder": true}]}`))
	for range 2 { // a reset leaves it so
		status = send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
		assert.Equal(t, 2026, status.Clock.Now.Year())
		assert.Zero(t, status.Clock.Speed)
		assert.Equal(t, []deliveryFaultBody{{Reorder: true}}, get[faultsBody](t, s, "/_sandbox/faults").Deliveries)
	}
	assert.InDelta(t, 0.25, get[statusBody](t, startAs(t, "-seed", seed, "-speed", "0.25"), "/_sandbox/status").Clock.Speed, 0)
}

func TestListens(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-addr", "localhost:0"}, {"-addr", ":0", "-allow-remote"}} {
		s := start(t, args...)
		assert.Equal(t, s.url, get[statusBody](t, s, "/_sandbox/status").URL)
	}
}

// When it is told to stop, streams, advances and deliveries end at once, and
// nothing listens any more.
func TestStops(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	receiver := newReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or else the end of the connection would not be seen
		reached <- struct{}{}
		<-r.Context().Done()
	})
	s := start(t, "-seed", write(t, "seed.yaml", `
orgs: [{key: acme, accounts: [{username: ada}], agents: [{title: A, task: {crontab: {}}, callback_url: "`+receiver+`", outcomes: [{}]}]}]
`))
	events := watch(t, s)
	advanced := make(chan answer, 1)
	go func() { advanced <- s.ask(t, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`) }()
	<-reached
	require.NoError(t, s.stop())
	a := <-advanced
	assert.Equal(t, http.StatusConflict, a.status)
	assert.Contains(t, a.reason(t), "closed")
	for range events {
	}
	_, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.url[len("http://"):])
	require.Error(t, err)
}

// Requests that hang are broken off in the end.
func TestBreaksOff(t *testing.T) {
	t.Parallel()
	s := start(t)
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.url[len("http://"):])
	require.NoError(t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, "POST /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, s.stop())
	_, _ = io.ReadAll(connection) // ends, whether in peace or not
}

// The log tells of requests to the API and of changes, and nothing that is secret.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"text", "json", "off"} {
		s := start(t, "-log", style)
		apiKey := get[statusBody](t, s, "/_sandbox/status").Accounts[0].APIKey
		s.ask(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/?search=hidden", "", "Authorization", "Api-Token "+apiKey)
		s.ask(t, http.MethodPost, "/_sandbox/agents/1/fire", `{"output": "hidden"}`)
		s.ask(t, http.MethodGet, "/nowhere%0Alevel=ERROR", "")
		require.NoError(t, s.stop())
		logged := s.stderr.String()
		assert.NotContains(t, logged, apiKey)
		assert.NotContains(t, logged, "hidden")
		assert.NotContains(t, logged, "/_sandbox/status", "reading is not told")
		if style == "off" {
			assert.Empty(t, logged)
			continue
		}
		lines := strings.Split(strings.TrimSpace(logged), "\n")
		require.Len(t, lines, 3, "a path with a line break is one line")
		for i, parts := range [][]string{
			{"GET", "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", "200"},
			{"POST", "/_sandbox/agents/1/fire", "200"},
			{"GET", "/nowhere", "404"},
		} {
			for _, part := range parts {
				assert.Contains(t, lines[i], part)
			}
		}
	}
}

func TestServesNothingWithoutAnAddress(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	var out bytes.Buffer
	err = run(t.Context(), []string{"-addr", taken.Addr().String()}, &out, io.Discard)
	require.ErrorContains(t, err, taken.Addr().String())
	assert.Empty(t, out.String())
}
