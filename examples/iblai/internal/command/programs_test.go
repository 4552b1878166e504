package command

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestCrontab(t *testing.T) {
	t.Parallel()
	s := newShell(t, nil)
	s.variables = nil // no account is needed
	assert.Equal(t, "At 08:00 on Monday through Friday\n", s.succeed("crontab", "explain", "0 8 * * mon-fri"))
	assert.Equal(t, "At 08:00 on Monday through Friday\n", s.succeed("crontab", "explain", "0", "8", "*", "*", "mon-fri"))
	assert.Equal(t, "UTC                   LOCAL\nMon 2026-01-05 08:00  Mon 2026-01-05 03:00 EST\n",
		s.succeed("crontab", "next", "0 8 * * *", "-n", "1", "--tz", "America/New_York"))
	assert.Equal(t, "2026-01-05T08:00:00Z\n", s.succeed("crontab", "next", "0 8 * * *", "-n", "1", "-o", "name"))
	assert.Equal(t, "runs\n", s.succeed("crontab", "check", "0 8 * * *"))
	assert.Equal(t, `FROM (UTC)        TO (UTC)          SCHEDULE (UTC)
2026-01-05 07:55  2026-03-29 01:00  0 7 * * 1-5
2026-03-29 01:00  2026-10-25 01:00  0 6 * * 1-5
2026-10-25 01:00  2027-01-05 07:55  0 7 * * 1-5
`, s.succeed("crontab", "utc", "0 8 * * mon-fri", "--tz", "Europe/Berlin"))
	assert.Equal(t, "0 11 * * 1\n0 23 * * 0\n", s.succeed("crontab", "utc", "0 0,12 * * mon", "--tz", "Europe/Berlin", "--days", "1", "-o", "name"))
	out := s.run("crontab", "check", "0 8 * * 7")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stdout, "never runs\n  day_of_week \"7\"")
	assert.Empty(t, out.stderr)

	out = s.run("crontab", "check", "0 8 * * 7", "-o", "json")
	assert.Equal(t, exitFailed, out.code)
	assert.JSONEq(t, `{"verdict": "never runs", "findings": [{"field": "day_of_week", "value": "7", "verdict": "never runs",
		"reason": "\"7\" is not a number from 0 to 6: Sunday is 0", "suggestion": "0"}]}`, out.stdout)
	assert.Equal(t, "verdict: runs\nfindings: []\n", s.succeed("crontab", "check", "0 8 * * *", "-o", "yaml"))
	assert.JSONEq(t, `{"description": "At 08:00 every day"}`, s.succeed("crontab", "explain", "0 8 * * *", "-o", "json"))
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	s := newShell(t, sb)
	assert.Contains(t, s.succeed("doctor"), ", 0 failed, ")
	assert.Empty(t, writes(sb))
	assert.Contains(t, s.succeed("doctor", "--write"), "204, nothing remains")
	s.variables[client.EnvAPIKey] = strings.Repeat("0", 64)
	out := s.run("doctor")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stdout, "The key is not accepted")
	assert.Empty(t, out.stderr)
}

// The sandbox that the command starts is the one that the variables name.
func TestSandbox(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := newShell(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan output)
	go func() { served <- s.runContext(ctx, "sandbox", "--addr", addr) }()

	for line := range strings.Lines(s.succeed("sandbox", "env", "--addr", addr)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		s.variables[name] = strings.Trim(value, "'")
	}
	assert.Contains(t, s.succeed("agents", "list"), "Morning digest")
	stop()
	assert.Equal(t, exitOK, (<-served).code)

	out := s.run("sandbox", "--addr", "0.0.0.0:0")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "beyond this machine")
	assert.NotContains(t, out.stderr, "allow-remote", "a flag of another command")
}

// Every command has a short text and an example, and the README shows all of
// their help. UPDATE_README=1 renews it.
func TestHelp(t *testing.T) {
	var reference strings.Builder
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd.Name() == "completion" || cmd.Name() == "help" {
			return // cobra's
		}
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		assert.Contains(t, cmd.Example, "iblai ", cmd.CommandPath())
		text := newShell(t, nil).succeed(append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		text, _, _ = strings.Cut(text, "\nGlobal Flags:")
		reference.WriteString("\n### " + cmd.CommandPath() + "\n\n```\n" + strings.TrimSpace(text) + "\n```\n")
		for _, child := range cmd.Commands() {
			visit(child)
		}
	}
	visit((&app{Environment: newShell(t, nil).environment}).newRoot())

	checkReadme(t, "Reference", reference.String())
}

// checkReadme compares a section of the README with text. UPDATE_README=1 writes
// it.
func checkReadme(t *testing.T, section, text string) {
	t.Helper()
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(readme), "\n## "+section+"\n")
	require.True(t, found, section)
	current, after, more := strings.Cut(rest, "\n## ")
	if os.Getenv("UPDATE_README") == "" {
		assert.Equal(t, strings.TrimSpace(text), strings.TrimSpace(current), "run UPDATE_README=1 go test")
		return
	}
	updated := before + "\n## " + section + "\n\n" + strings.TrimSpace(text) + "\n"
	if more {
		updated += "\n## " + after
	}
	require.NoError(t, os.WriteFile(file, []byte(updated), 0o600))
}

// The session in the README is what the commands print. It can't run beside
// TestHelp, which writes the same file.
func TestSession(t *testing.T) {
	sb := newSandbox(t, sandbox.WithOutcomes(sandbox.Outcome{Status: api.StatusSuccess, Output: "Two essays are due on Friday.", Duration: 4200 * time.Millisecond}))
	s := newShell(t, sb)
	s.environment.Now = sb.Now
	var session strings.Builder
	session.WriteString("```console\n")
	for _, line := range []string{
		`iblai agents create --title Drafts --mentor "Study coach" --prompt "Draft answers." --schedule "30 8 * * *"`,
		`iblai agents list`,
		`iblai agents next -n 1`,
		`# a day later`,
		`iblai logs`,
		`iblai stats`,
		`iblai agents edit Drafts --schedule "0 8 * * 7"`,
		`iblai agents edit Drafts --schedule "0 8 * * sun"`,
		`iblai crontab explain "0 8 * * sun"`,
	} {
		session.WriteString("$ " + line + "\n")
		if strings.HasPrefix(line, "#") {
			_, err := sb.Advance(t.Context(), 24*time.Hour)
			require.NoError(t, err)
			continue
		}
		out := s.run(words(line)[1:]...)
		session.WriteString(out.stdout + out.stderr)
	}
	session.WriteString("```\n")
	checkReadme(t, "A session", session.String())
}

// words splits a line like a shell, at spaces outside of double quotes.
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
