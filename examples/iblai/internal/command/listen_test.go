package command

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// listen runs the command until its output contains a text.
func (s *shell) listen(until string, args ...string) (stdout, stderr string) {
	s.t.Helper()
	ctx, interrupt := context.WithTimeout(s.t.Context(), time.Minute)
	defer interrupt()
	out, notes := &writer{wait: until, found: interrupt}, &writer{}
	env := s.environment
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), out, notes
	require.Equal(s.t, exitOK, Run(ctx, append([]string{"listen"}, args...), env), notes.text.String())
	assert.NotContains(s.t, out.text.String()+notes.text.String(), testSecret)
	return out.text.String(), notes.text.String()
}

// take returns a value that the channel contains.
func take[T any](t *testing.T, values <-chan T) T {
	t.Helper()
	select {
	case value := <-values:
		return value
	default:
		require.Fail(t, "nothing was received")
		panic("unreachable")
	}
}

// A receiver verifies the callbacks with the secret of the agent.
func TestListen(t *testing.T) {
	t.Parallel()
	unsigned := hourly("Unsigned")
	sb := newSandbox(t, withPastRuns(), sandbox.WithPeriodicAgent("acme", unsigned))
	s := newShell(t, sb)
	verifier, err := callback.NewVerifier(api.NewSecret(testSecret))
	require.NoError(t, err)
	events := make(chan *callback.Event, 10)
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		events <- event
		return nil
	}, callback.WithLogger(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	receiver := httptest.NewServer(handler)
	t.Cleanup(receiver.Close)

	_, err = sb.RunNow(t.Context(), 2, sandbox.Outcome{Status: api.StatusSuccess, Output: "Nothing."})
	require.NoError(t, err)
	stdout, stderr := s.listen("run 4 of agent 2", "--forward-to", receiver.URL+"/runs", "--since", "1d")
	assert.Contains(t, stdout, "run 2 of agent 1 (error, signed): 204 No Content\nrun 3 of agent 1 (success, signed): 204 No Content\n")
	assert.Contains(t, stdout, "run 4 of agent 2 (success, unsigned, since the agent has no callback_secret): 401 Unauthorized\n")
	assert.Contains(t, stderr, "agent_output  is the complete log")
	take(t, events)
	event := take(t, events)
	assert.Equal(t, int64(3), event.LogID)
	assert.Equal(t, api.StatusSuccess, event.Status)
	assert.Equal(t, "Summarize what is due.", event.Prompt)
	assert.Equal(t, "Two essays are due.", event.AgentOutput)
	assert.Equal(t, monday.Add(-time.Hour+1500*time.Millisecond), event.Timestamp)

	s.variables["SECRET"] = testSecret
	stdout, _ = s.listen(`"log_id":4`, "Unsigned", "--forward-to", receiver.URL, "--since", "1d", "--callback-secret-env", "SECRET", "-o", "json")
	assert.Contains(t, stdout, `{"log_id":4,"agent":2,"status":"success","signed":true,"response_status":204,"seconds":`)
	assert.Equal(t, int64(4), take(t, events).LogID)
}

// A receiver that fails or is down does not end the command.
func TestListenReportsFailures(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	moved := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	t.Cleanup(moved.Close)
	stdout, _ := s.listen("run 3", "--forward-to", moved.URL, "--since", "1d")
	assert.Contains(t, stdout, "run 2 of agent 1 (error, signed): 302 Found\nrun 3 of agent 1 (success, signed): 302 Found\n")
	moved.Close()
	stdout, _ = s.listen("run 3", "--forward-to", moved.URL, "--since", "1d")
	assert.Contains(t, stdout, "connection refused")
}

// The body of a callback has the form of the platform's.
func TestCallbackBody(t *testing.T) {
	t.Parallel()
	const text = "Fasse \"alles\" zusammen: 5 < 6 & 7/8 \\ Aufsätze 📚\u2028\n\t\r\b\f\x00\x7f\xff"
	received := make(chan string, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- string(body)
	}))
	t.Cleanup(receiver.Close)
	agent := hourly("Summary")
	agent.Prompt, agent.CallbackURL = new(`5 < 6 & "7" 📚`), &receiver.URL
	sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", agent))
	run, err := sb.RunNow(t.Context(), 2, sandbox.Outcome{Output: text, Log: text, Duration: 4250 * time.Millisecond})
	require.NoError(t, err)
	require.NotNil(t, run.Delivery)
	want := take(t, received)

	newShell(t, sb).listen("run 1", "--forward-to", receiver.URL, "--since", "1d")
	got := take(t, received)
	// The log has more than the output, and listen doesn't know which part.
	before, rest, _ := strings.Cut(want, `"agent_output": `)
	_, after, _ := strings.Cut(rest, `, "log": `)
	content, _, _ := strings.Cut(after, `, "log_id"`)
	assert.Equal(t, before+`"agent_output": `+content+`, "log": `+after, got)
}
