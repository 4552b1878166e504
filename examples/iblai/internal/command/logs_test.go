package command

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// pastRun returns the log of a run that started some time before monday.
func pastRun(id int64, before, took time.Duration, status api.Status, content string) client.PeriodicAgentLog {
	start := monday.Add(-before)
	return client.PeriodicAgentLog{
		ID: id, PeriodicAgent: 1, Status: status, Content: content,
		StartTime: client.Time{Time: start}, EndTime: new(client.Time{Time: start.Add(took)}), CreatedAt: client.Time{Time: start},
	}
}

func withPastRuns() sandbox.Option {
	return sandbox.WithPeriodicAgentLog("acme",
		pastRun(1, 48*time.Hour, 4*time.Second, api.StatusSuccess, "Old."),
		pastRun(2, 3*time.Hour, 2*time.Second, api.StatusError, "Out of tokens\x1b[31m.\nSecond line."),
		pastRun(3, time.Hour, 1500*time.Millisecond, api.StatusSuccess, "Two essays are due."))
}

func TestLogs(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	assert.Equal(t, `LOG  AGENT  STATUS   STARTED (UTC)        TOOK  OUTPUT
3    1      success  2026-01-05 06:55:00  1.5s  Two essays are due.
2    1      error    2026-01-05 04:55:00  2s    Out of tokens�[31m.
1    1      success  2026-01-03 07:55:00  4s    Old.
`, s.succeed("logs"))
	assert.Equal(t, "3\n2\n", s.succeed("logs", "--since", "24h", "-o", "name"))
	assert.Equal(t, "2\n", s.succeed("logs", "Morning digest", "--status", "error", "-o", "name"))
	assert.Contains(t, s.succeed("logs", "--full", "--limit", "2"), "2s\nOut of tokens�[31m.\nSecond line.\n")
	var logs []client.PeriodicAgentLog
	require.NoError(t, json.Unmarshal([]byte(s.succeed("logs", "-o", "json")), &logs))
	assert.Equal(t, "Out of tokens\x1b[31m.\nSecond line.", logs[1].Content, "programs get the text as it is")
}

// The formats of logs --follow can be parsed run by run.
func TestFollowJSON(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	for format, want := range map[string]string{"json": `{"id":3,`, "yaml": "---\nid: 3\n", "name": "3\n"} {
		ctx, interrupt := context.WithCancel(ctx)
		stdout := &writer{wait: want, found: interrupt}
		env := s.environment
		env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), stdout, &bytes.Buffer{}
		assert.Equal(t, exitOK, Run(ctx, []string{"logs", "-f", "--since", "2h", "-o", format}, env))
		assert.True(t, strings.HasPrefix(stdout.text.String(), want), stdout.text.String())
	}
}

func TestColors(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	assert.NotContains(t, s.succeed("logs"), "\x1b", "a pipe")
	s.environment.Terminal = true
	assert.Contains(t, s.succeed("logs"), "\x1b[31merror\x1b[0m    2026-01-05")
	assert.NotContains(t, s.succeed("logs", "-o", "yaml"), "\x1b[0m")
	s.variables["TERM"] = "dumb"
	assert.NotContains(t, s.succeed("logs"), "\x1b")
	delete(s.variables, "TERM")
	s.variables["NO_COLOR"] = "1"
	assert.NotContains(t, s.succeed("logs"), "\x1b")
}

// A writer calls a function once a text was written to it.
type writer struct {
	mu    sync.Mutex
	text  bytes.Buffer
	wait  string
	found func()
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if w.wait != "" && strings.Contains(w.text.String(), w.wait) {
		w.wait = ""
		w.found()
	}
	return len(p), nil
}

// An interrupt ends logs --follow successfully.
func TestFollow(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, withPastRuns())
	s := newShell(t, sb)
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	var stderr bytes.Buffer
	stdout := &writer{wait: "Finished now.", found: interrupt}
	env := s.environment
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), stdout, &stderr
	_, err := sb.RunNow(ctx, 1, sandbox.Outcome{Status: api.StatusSuccess, Output: "Finished now.", Log: "Finished now."})
	require.NoError(t, err)
	code := Run(ctx, []string{"logs", "--follow", "--since", "2h"}, env)
	assert.Equal(t, exitOK, code, stderr.String())
	assert.Contains(t, stdout.text.String(), "Two essays are due.")
	assert.NotContains(t, stdout.text.String(), "Out of tokens")

	s.variables[client.EnvAPIKey] = "wrong"
	assert.Contains(t, s.run("logs", "--follow").stderr, "the service rejected the API key")
}

func TestStats(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	assert.Equal(t, "AGENT  TITLE           RUNS  FAILED  SUCCESS  P50   P95\n1      Morning digest  2     1       50.0%    1.5s  2.0s\n", s.succeed("stats"))
	assert.Equal(t, "agent,title,runs,failed,success_rate,p50_seconds,p95_seconds\n1,Morning digest,3,1,0.6666666666666666,2,4\n", s.succeed("stats", "--since", "720h", "--csv"))
	assert.Equal(t, "[]\n", s.succeed("stats", "--since", "1m", "-o", "json"))

	s.environment.Progress = true
	out := s.run("stats")
	assert.Equal(t, "\r["+strings.Repeat("#", 9)+strings.Repeat(".", 21)+"]  33%  runs: 1\r["+strings.Repeat("#", 19)+strings.Repeat(".", 11)+"]  66%  runs: 2\r\x1b[K", out.stderr)
	assert.Contains(t, out.stdout, "50.0%")
}

// A spreadsheet doesn't run a title as a formula.
func TestStatsCSVFormula(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	for _, title := range []string{`=HYPERLINK("http://evil")`, "+1", "-1", "@SUM(1)"} {
		s.succeed("agents", "edit", "1", "--title="+title)
		out := s.succeed("stats", "--since", "720h", "--csv")
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, "'"+title, rows[1][1])
	}
}
