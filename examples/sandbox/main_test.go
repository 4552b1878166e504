package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// monday is five minutes before the digest of the default seed.
const monday = "2026-01-05T07:55:00Z"

// A program is a running command.
type program struct {
	url    string
	stderr bytes.Buffer // must not be read before stop
	stop   func() error // like a signal; may be called repeatedly
}

// start runs the command on a free port until the test ends.
func start(t testing.TB, args ...string) *program {
	t.Helper()
	p := &program{}
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), writer, &p.stderr)
		_ = writer.Close()
	}()
	p.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { require.NoError(t, p.stop()) })
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "export IBLAI_BASE_URL="); ok {
			p.url = url
		}
		if strings.HasPrefix(lines.Text(), "export IBLAI_USERNAME=") {
			return p
		}
	}
	require.NoError(t, p.stop(), "the command did not start")
	require.Fail(t, "the command printed no address")
	return nil
}

// do sends a request that must succeed, and returns the body of the response.
func (p *program) do(t testing.TB, method, target, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, p.url+target, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(text))
	return string(text)
}

// writeFile writes a file in a temporary directory, and returns its name.
func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// noOutput is a writer that fails the test when something is written.
type noOutput struct{ t *testing.T }

func (w noOutput) Write(text []byte) (int, error) {
	w.t.Errorf("unexpected output: %s", text)
	return len(text), nil
}

// With an invalid flag or file, the command prints nothing and serves nothing.
func TestInvalidFlags(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	long := writeFile(t, "long.yaml", strings.Repeat("#", seed.MaxSize+1))
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":           {[]string{"-sped", "1"}, "-sped; -h lists the flags"},
		"argument":               {[]string{"seed.yaml"}, `unexpected argument "seed.yaml"`},
		"log":                    {[]string{"-log", "xml"}, `-log must be text, json or off, not "xml"`},
		"clock":                  {[]string{"-clock", "noon"}, `-clock must be a time such as 2026-01-05T07:55:00Z, not "noon"`},
		"clock, too early":       {[]string{"-clock", "1900-01-01T00:00:00Z"}, "-clock must be a time"},
		"clock, then speed":      {[]string{"-clock", "noon", "-speed", "1"}, "-clock must be a time"},
		"speed":                  {[]string{"-speed", "fast"}, "-speed"},
		"speed, too high":        {[]string{"-speed", "1e9"}, "-speed must be from 0 to 86400"},
		"speed, no number":       {[]string{"-speed", "NaN"}, "-speed must be from 0 to 86400"},
		"host":                   {[]string{"-host", ""}, `"" must be a host name`},
		"host with a port":       {[]string{"-host", "sandbox.test:8765"}, "must be a host name, without scheme and port"},
		"host with a scheme":     {[]string{"-host", "http://sandbox.test"}, "must be a host name, without scheme and port"},
		"all addresses":          {[]string{"-addr", ":0"}, "administrator's key; add -allow-remote"},
		"taken address":          {[]string{"-addr", taken.Addr().String()}, "address already in use"},
		"no seed":                {[]string{"-seed", "nowhere.yaml"}, "open nowhere.yaml"},
		"a folder":               {[]string{"-seed", t.TempDir()}, "read "},
		"long seed":              {[]string{"-seed", long}, "long.yaml is longer than 67108864 bytes"},
		"seed is not valid JSON": {[]string{"-seed", writeFile(t, "seed.JSON", "orgs: []")}, "seed.JSON:1: is not valid JSON"},
		"no faults":              {[]string{"-faults", "nowhere.yaml"}, "open nowhere.yaml"},
		"bad faults":             {[]string{"-faults", writeFile(t, "faults.yaml", "requests:\n- status: 99\n")}, "faults.yaml:2: requests[0].status: must be from 200 to 599, not 99"},
		"empty faults":           {[]string{"-faults", writeFile(t, "faults.json", "")}, "faults.json: is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), append([]string{"-addr", "127.0.0.1:0"}, test.args...), noOutput{t}, noOutput{t})
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var printed bytes.Buffer
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, noOutput{t}, &printed), flag.ErrHelp)
	for _, name := range []string{"-addr", "-allow-remote", "-host", "-seed", "-faults", "-clock", "-speed", "-log"} {
		assert.Contains(t, printed.String(), name)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	p := start(t, "-seed", "seed.yaml", "-speed", "0")
	assert.Contains(t, p.do(t, http.MethodGet, "/_sandbox/clock", ""), `"speed":0`)
	assert.Contains(t, p.do(t, http.MethodGet, "/_sandbox/schedules?ids=1", ""), "Morning digest")
}

func TestFlagsReplaceTheSeed(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "seed.yaml", `
clock: {start: 2030-01-01T00:00:00Z, speed: 0}
orgs: [{key: acme, accounts: [{username: ada}]}]
faults: {deliveries: [{drop: true}, {duplicate: true}]}
`)
	const clock, faults = "/_sandbox/clock", "/_sandbox/faults"
	p := start(t, "-seed", file)
	assert.JSONEq(t, `{"now": "2030-01-01T00:00:00Z", "speed": 0}`, p.do(t, http.MethodGet, clock, ""))
	assert.JSONEq(t, `{"requests": [], "deliveries": [
		{"id": "1", "drop": true, "matched": 0, "applied": 0, "left": null}, {"id": "2", "duplicate": true, "matched": 0, "applied": 0, "left": null}
	]}`, p.do(t, http.MethodGet, faults, ""))

	p = start(t, "-seed", file, "-clock", monday, "-faults", writeFile(t, "faults.json", `{"deliveries": [{"reorder": true}]}`))
	for range 2 { // the second time after a reset
		assert.JSONEq(t, `{"now": "`+monday+`", "speed": 0}`, p.do(t, http.MethodGet, clock, ""))
		assert.JSONEq(t, `{"requests": [], "deliveries": [{"id": "1", "reorder": true, "matched": 0, "applied": 0, "left": null}]}`, p.do(t, http.MethodGet, faults, ""))
		p.do(t, http.MethodPost, "/_sandbox/reset", "{}")
	}
	assert.Contains(t, start(t, "-seed", file, "-speed", "0.25").do(t, http.MethodGet, clock, ""), `"speed":0.25`)
}

func TestHosts(t *testing.T) {
	t.Parallel()
	p := start(t, "-host", "Sandbox.test", "-host", "sandbox2.test")
	for host, status := range map[string]int{"sandbox.test": http.StatusOK, "sandbox2.test": http.StatusOK, "sandbox3.test": http.StatusForbidden} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/_sandbox/status", http.NoBody)
		require.NoError(t, err)
		request.Host = host
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, status, response.StatusCode, host)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	for style, want := range map[string]string{"text": "path=/_sandbox/reset", "json": `"path":"/_sandbox/reset"`, "off": ""} {
		p := start(t, "-log", style)
		p.do(t, http.MethodPost, "/_sandbox/reset", "{}")
		require.NoError(t, p.stop())
		assert.Contains(t, p.stderr.String(), want)
		assert.Equal(t, want == "", p.stderr.Len() == 0, style)
	}
}
