package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// The session in the README has the output of its commands, which run in the
// folder session. The test isn't parallel, since TestHelp writes the same file.
func TestSession(t *testing.T) {
	t.Chdir("../../session")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := newShell(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan output, 1)
	go func() { served <- s.runContext(ctx, "sandbox", "--seed", "sandbox.yaml", "--addr", addr) }()
	environment := s.succeed("sandbox", "env", "--addr", addr)
	for line := range strings.Lines(environment) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		s.variables[name] = strings.Trim(value, "'")
	}
	advance := func(duration string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/_sandbox/clock", strings.NewReader(`{"advance": "`+duration+`"}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		response, err := s.environment.HTTPClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	var session bytes.Buffer
	session.WriteString("These are commands in the folder [session](session) and their output. A test made the session, and moved the clock of\n" +
		"the sandbox. To repeat the session, set `speed: 600` in `sandbox.yaml`: a day then takes two minutes.\n\n```console\n$ iblai sandbox --seed sandbox.yaml >/dev/null 2>&1 &\n$ eval \"$(iblai sandbox env)\"\n")
	for _, line := range []string{
		`cat fleet.yaml`,
		`iblai plan fleet.yaml`,
		`iblai apply fleet.yaml`,
		`iblai agents next -n 1 --tz Europe/Berlin`,
		`iblai agents run "Morning digest"`,
		`# a day later`,
		`iblai logs`,
		`iblai stats`,
		`iblai agents edit "Reply drafts" --schedule "30 8 * * 7"`,
		`iblai agents edit "Reply drafts" --schedule "30 8 * * sun" --prompt "Draft answers."`,
		`iblai plan fleet.yaml; echo "exit code $?"`,
		`iblai apply fleet.yaml --yes`,
		`iblai plan fleet.yaml; echo "exit code $?"`,
	} {
		session.WriteString("$ " + line + "\n")
		command, shows := strings.CutSuffix(line, `; echo "exit code $?"`)
		args := words(command)
		switch args[0] {
		case "#":
			advance("24h")
		case "cat":
			text, err := os.ReadFile(args[1])
			require.NoError(t, err)
			session.Write(text)
		default:
			env := s.environment
			env.Stdin, env.Stdout, env.Stderr = &typist{"yes\n", &session}, &session, &session
			// The copy that agents run creates is due at the next minute.
			env.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				response, err := s.environment.HTTPClient.Transport.RoundTrip(r)
				if strings.Contains(line, "agents run") && r.Method == http.MethodPost {
					advance("2m")
				}
				return response, err
			})}
			code := Run(t.Context(), args[1:], env)
			if shows {
				fmt.Fprintf(&session, "exit code %d\n", code)
			}
		}
	}
	stop()
	<-served
	session.WriteString("```\n")
	checkReadme(t, "../README.md", "A session", session.String())
	assert.Contains(t, session.String(), "exit code 2")
	assert.Contains(t, session.String(), "exit code 0")
	assert.NotContains(t, session.String(), s.variables[client.EnvAPIKey])
}

// A typist types a text, which the terminal shows.
type typist struct {
	text   string
	screen io.Writer
}

func (t *typist) Read(p []byte) (int, error) {
	n := copy(p, t.text)
	t.text = t.text[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return t.screen.Write(p[:n])
}

// words splits a line at spaces outside of double quotes, like a shell.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}
