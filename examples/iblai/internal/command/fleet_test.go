package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

const fleetFile = `fleet: courses
agents:
  - {key: digest, title: Digest, mentor: Study coach, schedule: 0 9 * * *}
  - {key: drafts, title: Drafts, mentor: Study coach, schedule: 0 10 * * *, after: digest}
`

// writeFleet writes a file and returns its name.
func writeFleet(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestPlanAndApply(t *testing.T) {
	t.Parallel()
	for _, release := range []sandbox.Release{sandbox.Release359, sandbox.Release490, sandbox.Release495, sandbox.Release4205} {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			sb := newSandbox(t, sandbox.WithRelease(release))
			s := newShell(t, sb)
			file := writeFleet(t, fleetFile)
			if release == sandbox.Release359 {
				file = writeFleet(t, strings.ReplaceAll(fleetFile, "mentor:", "mentor_id: 1, mentor:"))
			}
			out := s.run("plan", file)
			assert.Equal(t, exitChanges, out.code, out.stderr)
			assert.Contains(t, out.stdout, "2 to create")
			assert.Empty(t, out.stderr)
			assert.Empty(t, writeMethods(sb))

			s.stdin = "no\n"
			out = s.run("apply", file)
			assert.Equal(t, exitFailed, out.code)
			assert.Contains(t, out.stderr, "Make these changes in org acme? [yes/no] iblai: not confirmed, and nothing was changed")
			assert.Empty(t, writeMethods(sb))
			s.stdin = ""
			assert.Equal(t, exitFailed, s.run("apply", file).code, "no answer")
			s.stdin = "y\n"
			assert.Contains(t, s.succeed("apply", file), "create  digest  agent 2  done\ncreate  drafts  agent 3  done\n")

			assert.Equal(t, "Fleet courses: nothing to do.\n", s.succeed("plan", file))
			assert.Equal(t, "Fleet courses: nothing to do.\n", s.succeed("apply", file), "without changes there is no question")
			s.succeed("agents", "edit", "3", "--prompt", "By hand.")
			out = s.run("plan", file, "-o", "name")
			assert.Equal(t, output{exitChanges, "drafts\n", ""}, out)
		})
	}
}

func TestFleetFormats(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	file := writeFleet(t, fleetFile)
	var fromJSON, fromYAML any
	var plan fleet.Plan
	text := s.run("plan", file, "-o", "json").stdout
	require.NoError(t, json.Unmarshal([]byte(text), &plan))
	assert.Len(t, plan.Changes, 2)
	require.NoError(t, json.Unmarshal([]byte(text), &fromJSON))
	require.NoError(t, yaml.Unmarshal([]byte(s.run("plan", file, "-o", "yaml").stdout), &fromYAML))
	assert.JSONEq(t, mustJSON(t, fromJSON), mustJSON(t, fromYAML))
	assert.JSONEq(t, `[{"action": "create", "key": "digest", "id": 2, "done": true}, {"action": "create", "key": "drafts", "id": 3, "done": true}]`,
		s.succeed("apply", file, "--yes", "-o", "json"))
	assert.Equal(t, "[]\n", s.succeed("apply", file, "--yes", "-o", "json"))

	s.environment.Terminal = true
	s.succeed("agents", "edit", "2", "--prompt", "By hand.")
	assert.Contains(t, s.run("plan", file).stdout, "\x1b[33m~ change digest (agent 2): Digest\x1b[0m\n")
}

// A failed change doesn't stop the others, and the exit code tells of it.
func TestApplyFails(t *testing.T) {
	t.Parallel()
	fault := sandbox.Fault{Match: sandbox.On(sandbox.OperationPeriodicAgentsCreate), Selection: sandbox.Times(1), Effect: sandbox.RespondWith(500)}
	sb := newSandbox(t, sandbox.WithFaults(fault))
	s := newShell(t, sb)
	file := writeFleet(t, fleetFile+"  - {key: other, title: Other, mentor: Tutor, schedule: 0 10 * * *}\n")
	out := s.run("apply", file, "--yes")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stdout, "not done: the service failed (500)")
	assert.Contains(t, out.stdout, "create  other ")
	assert.Contains(t, s.succeed("apply", file, "--yes"), "2 to create")
	assert.Equal(t, exitOK, s.run("plan", file).code)
}

// A mistake in the file is reported with its place, and nothing is sent.
func TestInvalidFleet(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	s := newShell(t, sb)
	file := writeFleet(t, "fleet: courses\nagents:\n  - {key: digest, title: Digest, mentor: Study coach, schedule: 0 9 * * 7, color: red}\n")
	for _, name := range []string{"plan", "apply"} {
		out := s.run(name, file)
		assert.Equal(t, exitFailed, out.code)
		assert.Contains(t, out.stderr, file+":3:55: ")
		assert.Contains(t, out.stderr, file+":3:76: ")
		assert.Contains(t, s.run(name, "/nonexistent").stderr, "iblai: stat /nonexistent: ")
		assert.Contains(t, s.run(name).stderr, "0 files are given, but one is required")
	}
	assert.Zero(t, requestCount(sb))
	out := s.run("plan", writeFleet(t, "fleet: courses\nagents:\n  - {key: digest, title: Digest, mentor: Nobody, schedule: 0 9 * * 1}\n"))
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "Nobody")
}

// Two agents with the same marker are a problem that apply does not solve.
func TestPlanWithProblems(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	file := writeFleet(t, fleetFile)
	s.succeed("apply", file, "--yes")
	s.succeed("agents", "create", "--title", "Copy", "--mentor", "Study coach", "--schedule", "0 9 * * *", "--description", "[fleet courses/digest]")
	out := s.run("plan", file)
	assert.Equal(t, exitChanges, out.code)
	assert.Contains(t, out.stdout, "! digest: ")
	out = s.run("apply", file, "--yes")
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "the plan has problems (1) that apply can't solve")
}

// An exported fleet is adopted, and then needs no change.
func TestExportAndAdopt(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, sandbox.WithPeriodicAgent("acme", hourly("Inbox watch"), hourly("Drafts")))
	s := newShell(t, sb)
	file := filepath.Join(t.TempDir(), "courses.yaml")
	out := s.run("export", file, "Inbox watch", "3")
	require.Equal(t, exitOK, out.code, out.stderr)
	assert.Contains(t, out.stderr, "run: iblai adopt "+file+" drafts=3 inbox-watch=2\n")
	assert.Empty(t, writeMethods(sb))
	assert.Contains(t, s.run("export", file).stderr, file+" exists")
	assert.Contains(t, s.succeed("export", "-", "1", "--fleet", "one"), "fleet: one\n")
	assert.Contains(t, s.run("export", "-").stderr, "--fleet is required")
	assert.Contains(t, s.run("export", "-", "--fleet", "a b").stderr, "iblai: --fleet ")

	assert.Contains(t, s.run("adopt", file, "inbox-watch").stderr, "must be a key and an agent")
	assert.Contains(t, s.run("adopt", file, "bogus=1").stderr, "not a key of the fleet")
	assert.Equal(t, "adopted agent 3 as drafts\nadopted agent 2 as inbox-watch\n",
		s.succeed("adopt", file, "inbox-watch=Inbox watch", "drafts=3"))
	plan := s.run("plan", file)
	assert.Equal(t, exitOK, plan.code, "%s%s", plan.stdout, plan.stderr)
}
