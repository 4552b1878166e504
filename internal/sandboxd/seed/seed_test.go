package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// sample is the seed that shows every field of a seed.
const sample = "../../../examples/sandbox/seed.yaml"

// build reads a seed in YAML and creates its sandbox.
func build(t testing.TB, text string) (*Seed, *sandbox.Sandbox) {
	t.Helper()
	s, err := Read(document.File("seed.yaml"), []byte(text), document.YAML)
	require.NoError(t, err)
	sb, err := s.NewSandbox(nil)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	return s, sb.Sandbox
}

// The sample contains every field of a seed.
func TestSampleSeed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(sample)
	require.NoError(t, err)
	read, sb := build(t, string(text))
	assert.InDelta(t, 60, sb.ClockSpeed(), 0)
	assert.WithinDuration(t, time.Date(2026, time.January, 5, 7, 55, 0, 0, time.UTC), sb.Now(), time.Hour)
	assert.EqualValues(t, 1, read.random)
	assert.Equal(t, sandbox.Release4205, read.release)
	assert.Equal(t, sandbox.Beat29, read.beat)

	accounts := sb.Accounts()
	require.Len(t, accounts, 2)
	assert.Equal(t, "bob", accounts[1].Username)
	assert.True(t, accounts[1].Member)
	assert.NotEmpty(t, accounts[1].APIKey)
	mentors := sb.Mentors("acme")
	require.Len(t, mentors, 2)
	assert.True(t, mentors[1].IsFeatured)

	digest, err := sb.PeriodicAgent(1)
	require.NoError(t, err)
	assert.Equal(t, client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri", DayOfMonth: "*", MonthOfYear: "*"}, digest.Task.Crontab)
	assert.Equal(t, "http://127.0.0.1:8766/runs", digest.CallbackURL)
	assert.Equal(t, "ada", digest.Username)
	watch, err := sb.PeriodicAgent(2)
	require.NoError(t, err)
	assert.Equal(t, "Librarian", watch.Mentor.Name)
	drafts, err := sb.PeriodicAgent(3)
	require.NoError(t, err)
	assert.Equal(t, new(int64(2)), drafts.PreviousAgent)

	assert.Equal(t, []sandbox.Fault{{
		ID:        "outage",
		Match:     sandbox.On(sandbox.OperationPeriodicAgentsCreate),
		Selection: sandbox.Selection{Skip: 2, Times: 1},
		Effect:    sandbox.RequestEffect{Status: http.StatusServiceUnavailable, RetryAfter: time.Second},
	}}, sb.Faults())
	assert.Equal(t, []sandbox.DeliveryFault{{
		ID:        "1",
		Match:     sandbox.DeliveryMatch{AgentID: 1},
		Selection: sandbox.Selection{Probability: 0.5},
		Effect:    sandbox.DeliveryEffect{Delay: 30 * time.Second},
	}}, sb.DeliveryFaults())
	var past []*client.PeriodicAgentLog
	for log := range sb.Logs("acme", document.MinTime(), time.Date(2026, time.January, 3, 0, 0, 0, 0, time.UTC)) {
		past = append(past, log)
	}
	require.Len(t, past, 2)
	assert.Equal(t, 2*time.Second, sb.LogDelay())
	watched := slices.Collect(sb.Logs("acme", time.Date(2026, time.January, 5, 7, 50, 0, 0, time.UTC), time.Date(2026, time.January, 5, 7, 51, 0, 0, time.UTC)))
	require.Len(t, watched, 1)
	assert.EqualValues(t, 2, watched[0].PeriodicAgent)
	assert.EqualValues(t, 3, watched[0].ID)
	pinned := pin(t, sb, "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51")
	assert.Equal(t, new("Sources for the essay"), pinned.Title)
	assert.Equal(t, mentors[1].UniqueID, pinned.MentorUniqueID)
	require.Len(t, pinned.Messages, 1, "this release shows the first one")
	assert.JSONEq(t, `{"role": "user", "content": "Which books are about tides?"}`, string(pinned.Messages[0].Message))
	assert.Equal(t, "2026-01-04T16:20:00Z", pinned.Messages[0].InsertedAt.Format(time.RFC3339))
	assert.Equal(t, "Received a response.", past[0].Content)
	assert.Equal(t, api.StatusError, past[1].Status)
	assert.Equal(t, time.Minute, past[1].EndTime.Sub(past[1].StartTime.Time))
}

// pin pins a session as the first user, and returns it.
func pin(t *testing.T, sb *sandbox.Sandbox, id string) *client.PinnedSession {
	t.Helper()
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	_, err = c.PinnedMessages.Create(t.Context(), id)
	require.NoError(t, err)
	pinned, err := c.PinnedMessages.List(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, pinned.Results, 1)
	return pinned.Results[0]
}

// The sample is the same seed if it is converted to JSON.
func TestSeedInJSON(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(sample)
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, yaml.Unmarshal(text, &content))
	asJSON, err := json.MarshalIndent(content, "", "  ")
	require.NoError(t, err)
	inYAML, err := Read(document.File("seed.yaml"), text, document.YAML)
	require.NoError(t, err)
	inJSON, err := Read(document.File("seed.json"), asJSON, document.JSON)
	require.NoError(t, err)
	for _, s := range []*Seed{inYAML, inJSON} {
		s.document, s.parts = nil, nil // the positions differ
	}
	assert.Equal(t, inYAML, inJSON)
}

// Two sandboxes of a seed have the same defaults.
func TestMinimalSeed(t *testing.T) {
	t.Parallel()
	const text = `
orgs:
- {key: one, accounts: [{username: ada}], agents: [{title: Digest, task: {crontab: {}}}]}
- {key: two, accounts: [{username: ada}], mentors: [{name: A}, {name: A}], agents: [{title: Digest, task: {crontab: {hour: 5}}}]}
`
	_, first := build(t, text)
	_, second := build(t, text)
	assert.InDelta(t, 1, first.ClockSpeed(), 0)
	assert.WithinDuration(t, time.Now(), first.Now(), time.Minute)
	require.Len(t, first.Mentors("one"), 1)
	assert.Equal(t, "Study coach", first.Mentors("one")[0].Name)
	require.Len(t, first.Mentors("two"), 2)
	for _, org := range []string{"one", "two"} {
		for i, mentor := range first.Mentors(org) {
			assert.Equal(t, mentor.UniqueID, second.Mentors(org)[i].UniqueID)
		}
	}
	agent, err := first.PeriodicAgent(2)
	require.NoError(t, err)
	assert.Equal(t, "two", agent.PlatformKey)
	assert.Equal(t, first.Mentors("two")[0].UniqueID, agent.Mentor.UniqueID)
	assert.Equal(t, "5", agent.Task.Crontab.Hour)
}

// TestInvalidSeeds compares the errors of each file with the text file beside
// it.
func TestInvalidSeeds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".txt")
		require.NoError(t, err)
		s, err := ReadFile(file)
		if err == nil {
			_, err = s.NewSandbox(nil)
		}
		require.Error(t, err, file)
		assert.Equal(t, strings.TrimSpace(string(want)), err.Error(), file)
	}
}

// Aliases can repeat a long list many times. The only error is about the length
// of the document, and not about its unread parts.
func TestTooManyAliases(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("orgs:\n- key: acme\n  accounts: [{username: ada}]\n  agents:\n  - title: First\n    task: {crontab: {}}\n    logs: &logs\n")
	for range 1000 {
		text.WriteString("    - {start_time: 2026-01-01T00:00:00Z}\n")
	}
	for range 1500 {
		text.WriteString("  - {title: Another, task: {crontab: {}}, logs: *logs}\n")
	}
	_, err := Read(document.File("seed.yaml"), []byte(text.String()), document.YAML)
	require.EqualError(t, err, "seed.yaml: is too long: it has more than 2000000 values")
}

// Some Windows editors write a byte order mark.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	for format, text := range map[document.Format]string{
		document.JSON: "\ufeff" + `{"orgs": [{"key": "acme", "accounts": [{"username": "ada"}]}]}`,
		document.YAML: "\ufefforgs: [{key: acme, accounts: [{username: ada}]}]",
	} {
		_, err := Read(document.File("seed"), []byte(text), format)
		require.NoError(t, err, text)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`orgs: [{key: " acme", accounts: [{username: ada}]}]`:                          `seed.yaml:1: orgs[0].key: " acme" begins or ends with a space`,
		`orgs: [{key: acme, accounts: [{username: "a\nb"}]}]`:                          `orgs[0].accounts[0].username: "a\nb" has a control character`,
		`orgs: [{key: acme, accounts: [{username: ada}], mentors: [{name: "x\t"}]}]`:   `orgs[0].mentors[0].name: "x\t" begins or ends with a space`,
		`orgs: [{key: ` + strings.Repeat("a", 256) + `, accounts: [{username: ada}]}]`: "orgs[0].key: has 256 characters, but at most 255 are allowed",
	} {
		_, err := Read(document.File("seed.yaml"), []byte(text), document.YAML)
		require.ErrorContains(t, err, want)
	}
}

// A callback_url of "inbox" is replaced with the URL of the server's inbox.
func TestInboxURL(t *testing.T) {
	t.Parallel()
	s, err := Default()
	require.NoError(t, err)
	s.InboxURL = "http://127.0.0.1:1/_sandbox/inbox"
	sb, err := s.NewSandbox(nil)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	agent, err := sb.PeriodicAgent(2)
	require.NoError(t, err)
	assert.Equal(t, s.InboxURL, agent.CallbackURL)
}

// An error about a field that is in another part of the document names the
// field.
func TestInvalidOrg(t *testing.T) {
	t.Parallel()
	s, err := Read(document.File("seed.yaml"), []byte(`orgs: [{key: a/b, accounts: [{username: ada}]}]`), document.YAML)
	require.NoError(t, err)
	_, err = s.NewSandbox(nil)
	require.EqualError(t, err, `seed.yaml:1: orgs[0].accounts[0]: org is "a/b", which can't be a segment of a path`)
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	read, _ := build(t, `
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: Generated, task: {crontab: {}}}
  - title: Script
    task: {crontab: {}}
    outcomes:
    - {status: error, log: "No.", duration: 2s}
    - {output: "Yes."}
    - {status: running}
`)
	scripts := read.newScripts()
	outcomeOf := func(agent, log int64) sandbox.Outcome {
		return scripts.outcome(context.Background(), sandbox.Run{AgentID: agent, LogID: log, Title: "Digest", Prompt: "Ä?"}) //nolint:usetesting // the context is unused
	}
	script := []sandbox.Outcome{
		{Status: api.StatusError, Log: "No.", Duration: 2 * time.Second},
		{Output: "Yes."},
		{Status: api.StatusRunning},
	}
	for i := range int64(7) {
		assert.Equal(t, script[i%3], outcomeOf(2, 100+i))
	}

	counts := map[api.Status]int{}
	for i := range int64(500) {
		outcome := outcomeOf(1, i)
		counts[outcome.Status]++
		assert.Equal(t, outcome, outcomeOf(1, i), "the same run has the same outcome")
		assert.GreaterOrEqual(t, outcome.Duration, 2*time.Second)
		assert.Less(t, outcome.Duration, 9*time.Second)
		assert.Contains(t, outcome.Log, `"Digest"`)
		assert.Contains(t, outcome.Log, "2 characters")
		assert.Equal(t, outcome.Status == api.StatusError, outcome.Output == "")
	}
	assert.Greater(t, counts[""], 400)
	assert.Greater(t, counts[api.StatusError], 20)
}

// Log ids are in chronological order across agents.
func TestPastLogsInOrder(t *testing.T) {
	t.Parallel()
	_, sb := build(t, `
orgs:
- key: acme
  accounts: [{username: ada}]
  agents:
  - {title: A, task: {crontab: {}}, logs: [{start_time: 2026-01-03T00:00:00Z}, {start_time: 2026-01-01T00:00:00Z}]}
  - {title: B, task: {crontab: {}}, logs: [{start_time: 2026-01-02T00:00:00Z, status: running}]}
`)
	var agents []int64
	for log := range sb.Logs("acme", document.MinTime(), document.MaxTime()) {
		if log.ID <= 3 { // the clock is running, so agents may have run
			agents = append(agents, log.PeriodicAgent)
		}
	}
	assert.Equal(t, []int64{1, 2, 1}, agents)
}

func TestReleaseAndBeat(t *testing.T) {
	t.Parallel()
	const text = `
clock: { start: 2026-01-05T07:55:00Z, speed: 0 }
%s
orgs:
  - key: acme
    accounts: [{ username: ada, admin: true }]
    agents: [{ title: Digest, task: { crontab: { minute: 0, hour: 8 }, start_time: 2026-01-01T00:00:00Z } }]
`
	notFound := func(t *testing.T, sb *sandbox.Sandbox) string {
		t.Helper()
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)
		_, err = c.PeriodicAgents.Get(t.Context(), 999)
		require.Error(t, err)
		return err.Error()
	}
	runs := func(t *testing.T, sb *sandbox.Sandbox) int {
		t.Helper()
		n, err := sb.Advance(t.Context(), time.Hour)
		require.NoError(t, err)
		return n
	}

	_, sb := build(t, fmt.Sprintf(text, ""))
	assert.Contains(t, notFound(t, sb), "No PeriodicAgent matches the given query.")
	assert.Equal(t, 2, runs(t, sb), "beat 2.9 runs an agent with a start_time once more")

	_, sb = build(t, fmt.Sprintf(text, "release: \"3.59\"\nbeat: \"2.4\""))
	assert.Contains(t, notFound(t, sb), "Not found.")
	assert.Equal(t, 1, runs(t, sb))

	_, err := Read(document.File("seed.yaml"), fmt.Appendf(nil, text, "release: \"4.9\"\nbeat: 2.9"), document.YAML)
	require.ErrorContains(t, err, "seed.yaml:3: release: ")
	require.ErrorContains(t, err, "seed.yaml:4: beat: ")
}
