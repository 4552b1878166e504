package command

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestAgentLifecycle(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	s := newShell(t, sb)
	s.variables["SECRET"] = testSecret
	prompt := filepath.Join(t.TempDir(), "prompt.txt")
	require.NoError(t, os.WriteFile(prompt, []byte("Draft an answer."), 0o600))

	assert.Equal(t, "created agent 2, \"Drafts\"\n", s.succeed("agents", "create", "--title", "Drafts", "--mentor", "study-coach",
		"--prompt-file", prompt, "--schedule", "30 8 * * 1", "--after", "Morning digest", "--after-status", "success",
		"--callback-url", "https://hooks.example.com/runs", "--callback-secret-env", "SECRET", "--start-time", "2026-01-01T00:00:00Z"))
	shown := s.succeed("agents", "get", "Drafts")
	for _, line := range []string{
		"title:         Drafts", "prompt:        Draft an answer.", "Study coach  " + coach, "30 8 * * 1  (At 08:30 on Monday, UTC)",
		"after:         agent 1 with status success", "callback URL:  https://hooks.example.com/runs", "start time:    2026-01-01T00:00:00Z",
	} {
		assert.Contains(t, shown, line)
	}

	assert.Equal(t, "changed agent 2, \"Replies\"\n", s.succeed("agents", "edit", "2", "--title", "Replies", "--after", "none", "--start-time", "none"))
	shown = s.succeed("agents", "get", "2")
	assert.NotContains(t, shown, "after:")
	assert.NotContains(t, shown, "start time:")
	assert.Contains(t, shown, "prompt:        Draft an answer.", "fields without a flag stay")

	assert.Equal(t, "disabled agent 1, \"Morning digest\"\ndisabled agent 2, \"Replies\"\n", s.succeed("agents", "disable", "1", "Replies"))
	assert.Contains(t, s.succeed("agents", "list"), "2   Replies         Study coach  30 8 * * 1       no       -\n")
	assert.Equal(t, "enabled agent 2, \"Replies\"\n", s.succeed("agents", "enable", "2"))
	assert.Contains(t, s.succeed("agents", "list"), "2   Replies         Study coach  30 8 * * 1       yes      2026-01-05 08:30\n")

	s.stdin = "no\n"
	out := s.run("agents", "delete", "2")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "not confirmed")
	s.stdin = "yes\ny\n"
	assert.Equal(t, "deleted agent 1, \"Morning digest\"\ndeleted agent 2, \"Replies\"\n", s.succeed("agents", "delete", "1", "2"))
	assert.Equal(t, "[]\n", s.succeed("agents", "list", "-o", "json"))
}

func TestDeleteRequiresConfirmation(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	s := newShell(t, sb)
	assert.Equal(t, exitFailed, s.run("agents", "delete", "1").code)
	assert.Empty(t, writeMethods(sb))
	assert.Equal(t, "1\n", s.succeed("agents", "delete", "1", "--yes", "-o", "name"))
}

// If a write fails, the output has the agents that were changed before.
func TestPartialFailureIsReported(t *testing.T) {
	t.Parallel()
	fault := sandbox.Fault{Match: sandbox.RequestMatch{Method: "PATCH", Path: "/api/ai-mentor/orgs/*/users/*/periodic-agents/2/"}, Effect: sandbox.RespondWith(500)}
	sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", hourly("Second"), hourly("Third")), sandbox.WithFaults(fault))
	s := newShell(t, sb)
	out := s.run("agents", "disable", "1", "2", "3")
	assert.Equal(t, output{exitFailed, "disabled agent 1, \"Morning digest\"\n", "iblai: agent 2: the service failed (500)\n"}, out)
	out = s.run("agents", "disable", "1", "2", "3", "-o", "name")
	assert.Equal(t, output{exitFailed, "1\n", "iblai: agent 2: the service failed (500)\n"}, out)
}

// An interrupt ends a question.
func TestInterruptedConfirmation(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	s := newShell(t, sb)
	input, keyboard := io.Pipe()
	t.Cleanup(func() { assert.NoError(t, keyboard.Close()) })
	ctx, interrupt := context.WithCancel(t.Context())
	env := s.environment
	env.Stdin, env.Stdout, env.Stderr = input, io.Discard, &writer{wait: "[yes/no]", found: interrupt}
	assert.Equal(t, exitFailed, Run(ctx, []string{"agents", "delete", "1"}, env))
	assert.Empty(t, writeMethods(sb))
}

func TestMultilinePrompt(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	s.succeed("agents", "edit", "1", "--prompt", "First\x1b[31m.\nSecond.")
	assert.Contains(t, s.succeed("agents", "get", "1"), "prompt:    First�[31m.\n           Second.\n")
}

func TestFormats(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	for _, args := range [][]string{{"agents", "list"}, {"agents", "get", "1"}, {"agents", "next"}, {"logs"}, {"stats"}, {"doctor"}, {"crontab", "next", "* * * * *"}} {
		var fromJSON, fromYAML any
		require.NoError(t, json.Unmarshal([]byte(s.succeed(append(args, "-o", "json")...)), &fromJSON), args)
		require.NoError(t, yaml.Unmarshal([]byte(s.succeed(append(args, "-o", "yaml")...)), &fromYAML), args)
		normalized, err := json.Marshal(fromYAML)
		require.NoError(t, err)
		if args[0] != "doctor" { // its times differ
			assert.JSONEq(t, mustJSON(t, fromJSON), string(normalized), "%v", args)
		}
	}
	assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name"))
	assert.Contains(t, s.succeed("agents", "list", "-o", "yaml"), "callback_secret: '***'")
	assert.True(t, strings.HasPrefix(s.succeed("agents", "get", "1", "-o", "yaml"), "id: 1\n"), "one agent is not a list")
	assert.True(t, strings.HasPrefix(s.succeed("agents", "get", "1", "1", "-o", "yaml"), "- id: 1\n"))
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func TestLimit(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, sandbox.WithPeriodicAgent("acme", hourly("Second"))))
	out := s.run("agents", "list", "--limit", "1", "-o", "name")
	assert.Equal(t, output{exitOK, "1\n", "There are more than 1 items; increase --limit to see them.\n"}, out)
	assert.Empty(t, s.run("agents", "list", "--limit", "2").stderr)
}

// agents next has no --limit.
func TestLimitOfNext(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	for range 1000 {
		_, err := sb.AddPeriodicAgent("acme", hourly("One of many"))
		require.NoError(t, err)
	}
	assert.Equal(t, "There are more than 1000 items; name agents to see them.\n", newShell(t, sb).run("agents", "next", "-n", "1", "-o", "name").stderr)
}

func TestTitlesMustBeUnique(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, sandbox.WithPeriodicAgent("acme", hourly("Morning digest"))))
	out := s.run("agents", "disable", "Morning digest")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, `2 agents have the title "Morning digest"; use an id: 1, 2`)
}

// A roundTripper intercepts requests to the sandbox.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A release that ignores the filter also lists other agents.
func TestTitleFilterIsIgnored(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, sandbox.WithPeriodicAgent("acme", hourly("Drafts"))))
	next := s.environment.HTTPClient.Transport
	s.environment.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.RawQuery = ""
		return next.RoundTrip(r)
	})}
	assert.Equal(t, "2\n", s.succeed("agents", "get", "Drafts", "-o", "name"))
}

func TestFindMentor(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, sandbox.WithMentor("acme", client.Mentor{Name: "Tutor"})))
	for _, mentor := range []string{coach, "study-coach", "Study coach"} {
		s.succeed("agents", "create", "--title", mentor, "--mentor", mentor, "--schedule", "0 8 * * *")
	}
	assert.Contains(t, s.run("agents", "create", "--title", "x", "--mentor", "Nobody", "--schedule", "0 8 * * *").stderr, `no mentor has the unique id, slug or name "Nobody"`)
	assert.Contains(t, s.run("agents", "create", "--title", "x", "--mentor", "Tutor", "--schedule", "0 8 * * *").stderr, `2 mentors have the name "Tutor"; use a unique id:`)
}

// Older releases create agents with the number of the mentor.
func TestEveryRelease(t *testing.T) {
	t.Parallel()
	for release, mentor := range map[sandbox.Release]string{
		sandbox.Release359: "1", sandbox.Release490: "Study coach", sandbox.Release495: "Study coach", sandbox.Release4205: "Study coach",
	} {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			s := newShell(t, newSandbox(t, withPastRuns(), sandbox.WithRelease(release)))
			s.succeed("agents", "create", "--title", "Drafts", "--mentor", mentor, "--schedule", "0 9 * * *", "--after", "Morning digest")
			s.succeed("agents", "edit", "Drafts", "--schedule", "0 10 * * *", "--after", "none")
			s.succeed("agents", "disable", "Drafts")
			assert.Contains(t, s.succeed("agents", "list"), "Drafts")
			assert.Contains(t, s.succeed("agents", "get", "Drafts"), "0 10 * * *")
			assert.Contains(t, s.succeed("agents", "next"), "Morning digest")
			assert.Equal(t, "3\n2\n1\n", s.succeed("logs", "-o", "name"))
			assert.Contains(t, s.succeed("stats"), "50.0%")
			s.succeed("doctor")
			s.succeed("agents", "delete", "Drafts", "--yes")
		})
	}
}

// Releases 3.5x need the number of the mentor, which no response contains.
func TestMentorNumber(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, sandbox.WithRelease(sandbox.Release359), sandbox.WithClock(monday, 2000))
	s := newShell(t, sb)
	out := s.run("agents", "run", "Morning digest")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "set --mentor-number NUMBER.")
	out = s.run("agents", "create", "--title", "x", "--mentor", "Study coach", "--schedule", "0 8 * * *")
	assert.Contains(t, out.stderr, "set --mentor NUMBER.")
	assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name"))

	assert.NotEmpty(t, s.succeed("agents", "run", "Morning digest", "--mentor-number", "1"))
	assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name"), "the copy is deleted")
}

// The next runs and --since are relative to the service's clock.
func TestServiceClock(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t, withPastRuns()))
	s.environment.Now = func() time.Time { return monday.Add(-100 * day) }
	assert.Contains(t, s.succeed("agents", "next", "-n", "1"), "Mon 2026-01-05 08:00")
	assert.Contains(t, s.succeed("agents", "list"), "2026-01-05 08:00")
	assert.Equal(t, "3\n", s.succeed("logs", "--since", "2h", "-o", "name"))
	assert.Equal(t, "3\n2\n1\n", s.succeed("logs", "--since", "2d12h", "-o", "name"))
	assert.Contains(t, s.succeed("stats", "--csv"), "\n1,Morning digest,2,")
}

func TestNext(t *testing.T) {
	t.Parallel()
	off := hourly("Off")
	off.Task.Enabled = new(false)
	s := newShell(t, newSandbox(t, sandbox.WithPeriodicAgent("acme", off)))
	want := "UTC                   LOCAL                     ID  TITLE\n" +
		"Mon 2026-01-05 08:00  Mon 2026-01-05 09:00 CET  1   Morning digest\n" +
		"Tue 2026-01-06 08:00  Tue 2026-01-06 09:00 CET  1   Morning digest\n"
	assert.Equal(t, want, s.succeed("agents", "next", "-n", "2"))
	assert.Contains(t, s.succeed("agents", "next", "1", "-n", "1", "--tz", "America/New_York"), "Mon 2026-01-05 03:00 EST")
	assert.Equal(t, "UTC  LOCAL  ID  TITLE\n", s.succeed("agents", "next", "Off"), "a disabled agent has no next run")

	once := hourly("Once")
	once.Task.OneOff = new(true)
	warned := newShell(t, newSandbox(t, sandbox.WithPeriodicAgent("acme", once))).run("agents", "next", "Once")
	assert.Equal(t, "iblai: agent 2: one_off is set: if the task has run before, the scheduler disables it without another run\n", warned.stderr)
}

// The copy of the agent has no callback, and is deleted after its run.
func TestRunPrintsOutput(t *testing.T) {
	t.Parallel()
	for status, code := range map[api.Status]int{api.StatusSuccess: exitOK, api.StatusError: exitFailed} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			sb := newSandbox(t, sandbox.WithClock(monday, 2000), sandbox.WithOutcomes(sandbox.Outcome{Status: status, Output: "Two essays\x1b[31m are due.", Log: "Two essays\x1b[31m are due."}))
			s := newShell(t, sb)
			out := s.run("agents", "run", "Morning digest")
			assert.Equal(t, code, out.code, out.stderr)
			assert.Contains(t, out.stdout, "Two essays�[31m are due.")
			assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name"))
			assert.Equal(t, []string{"POST", "DELETE"}, writeMethods(sb))
		})
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	assert.True(t, strings.HasPrefix(s.succeed("__complete", "agents", "get", ""), "1\tMorning digest\n"))
	assert.Contains(t, s.succeed("__complete", "agents", "list", "-o", ""), "yaml\n")
	assert.Contains(t, s.succeed("__complete", "agents", "list", "--status", ""), "pending\n")
	assert.Contains(t, s.succeed("__complete", "agents", "create", "--mentor", ""), coach+"\tStudy coach\n")
	assert.Contains(t, s.succeed("__complete", "agents", "create", "--after", ""), "1\tMorning digest\n")
	s.writeConfig("profiles: {acme: {org: acme}, staging: {org: acme}}", 0o644)
	assert.Contains(t, s.succeed("__complete", "logs", "--profile", ""), "acme\nstaging\n")
	for _, name := range []string{"bash", "zsh", "fish", "powershell"} {
		assert.Contains(t, s.succeed("completion", name), "iblai")
	}
	s.variables = nil
	assert.NotContains(t, s.succeed("__complete", "agents", "get", ""), "Morning", "without settings there is nothing to complete")
}
