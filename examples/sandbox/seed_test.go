package main

import (
	"context"
	"encoding/json"
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

// build makes what a seed means, as YAML has it.
func build(t testing.TB, text string) (*seed, *sandbox.Sandbox) {
	t.Helper()
	r, err := readSeed(fileSource("seed.yaml"), []byte(text), formatYAML)
	require.NoError(t, err)
	sb, err := r.build(nil)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	return r.seed, sb
}

func TestDefaultSeed(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.newClient(t)
	account := get[statusBody](t, s, "/_sandbox/status").Accounts
	require.Len(t, account, 1)
	assert.Equal(t, "acme", account[0].Org)
	assert.Equal(t, "ada", account[0].Username)
	assert.True(t, account[0].Admin)

	mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 10)
	require.NoError(t, err)
	require.Len(t, mentors, 1)
	assert.Equal(t, coach, mentors[0].UniqueID)

	moved := send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	assert.Positive(t, *moved.Runs)
	statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 3, statistics.TotalTasks)
	assert.Zero(t, statistics.PendingTasks, "all of them have run within a day")
}

// The sample has all that a seed can say, and means what it says.
func TestSampleSeed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("seed.yaml")
	require.NoError(t, err)
	read, sb := build(t, string(text))
	assert.InDelta(t, 60, sb.ClockSpeed(), 0)
	assert.WithinDuration(t, time.Date(2026, time.January, 5, 7, 55, 0, 0, time.UTC), sb.Now(), time.Hour)
	assert.EqualValues(t, 1, read.random)

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

	assert.Equal(t, []sandbox.Fault{{Match: sandbox.On("ai_mentor_orgs_users_periodic_agents_create"), Selection: sandbox.Selection{Skip: 2, Times: 1}, Effect: sandbox.RequestEffect{Status: http.StatusServiceUnavailable, RetryAfter: time.Second}}}, sb.Faults())
	assert.Equal(t, []sandbox.DeliveryFault{{Match: sandbox.DeliveryMatch{AgentID: 1}, Selection: sandbox.Selection{Probability: 0.5}, Effect: sandbox.DeliveryEffect{Delay: 30 * time.Second}}}, sb.DeliveryFaults())
	var past []client.PeriodicAgentLog
	for log := range sb.Logs("acme", firstTime, time.Date(2026, time.January, 3, 0, 0, 0, 0, time.UTC)) {
		past = append(past, *log)
	}
	require.Len(t, past, 2)
	assert.Equal(t, "Answered.", past[0].Content)
	assert.Equal(t, api.StatusError, past[1].Status)
	assert.Equal(t, time.Minute, past[1].EndTime.Sub(past[1].StartTime.Time))
}

// The same sample in JSON is the same seed.
func TestSeedInJSON(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("seed.yaml")
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, yaml.Unmarshal(text, &content))
	asJSON, err := json.MarshalIndent(content, "", "  ")
	require.NoError(t, err)
	inYAML, err := readSeed(fileSource("seed.yaml"), text, formatYAML)
	require.NoError(t, err)
	inJSON, err := readSeed(fileSource("seed.json"), asJSON, formatJSON)
	require.NoError(t, err)
	assert.Equal(t, inYAML.seed, inJSON.seed)
}

// What is left out is filled in the same way each time.
func TestSmallestSeed(t *testing.T) {
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

// TestBadSeeds compares the messages with the comments of the files: what is wrong
// stands behind the line, after "# ".
func TestBadSeeds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".txt")
		require.NoError(t, err)
		err = run(t.Context(), []string{"-addr", "127.0.0.1:0", "-seed", file}, failing{t}, failing{t})
		require.Error(t, err, file)
		assert.Equal(t, strings.TrimSpace(string(want)), err.Error(), file)

		// Through the control API nothing is changed.
		s := start(t)
		before := get[statusBody](t, s, "/_sandbox/status")
		a := s.ask(t, http.MethodPost, "/_sandbox/seed", string(text), "Content-Type", "application/yaml")
		assert.Equal(t, http.StatusBadRequest, a.status)
		assert.Equal(t, strings.ReplaceAll(strings.TrimSpace(string(want)), file+":", "seed: line "), a.reason(t), file)
		assert.Equal(t, before, get[statusBody](t, s, "/_sandbox/status"))
	}
}

// failing is where nothing may be written to.
type failing struct{ t *testing.T }

func (f failing) Write(text []byte) (int, error) {
	f.t.Errorf("this was written: %s", text)
	return len(text), nil
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	read, _ := build(t, `
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: Made up, task: {crontab: {}}}
  - title: Script
    task: {crontab: {}}
    outcomes:
    - {status: error, log: "No.", duration: 2s}
    - {output: "Yes."}
    - {status: running}
`)
	outcomes := read.outcomes()
	at := func(agent, log int64) sandbox.Outcome {
		return outcomes(context.Background(), sandbox.Run{AgentID: agent, LogID: log, Title: "Digest", Prompt: "Ä?"}) //nolint:usetesting // none is needed
	}
	script := []sandbox.Outcome{
		{Status: api.StatusError, Log: "No.", Duration: 2 * time.Second},
		{Output: "Yes."},
		{Status: api.StatusRunning},
	}
	for i := range int64(7) {
		assert.Equal(t, script[i%3], at(2, 100+i))
	}

	counts := map[api.Status]int{}
	for i := range int64(500) {
		outcome := at(1, i)
		counts[outcome.Status]++
		assert.Equal(t, outcome, at(1, i), "the same run goes the same way")
		assert.GreaterOrEqual(t, outcome.Duration, 2*time.Second)
		assert.Less(t, outcome.Duration, 9*time.Second)
		assert.Contains(t, outcome.Log, `"Digest"`)
		assert.Contains(t, outcome.Log, "2 characters")
		assert.Equal(t, outcome.Status == api.StatusError, outcome.Output == "")
	}
	assert.Greater(t, counts[""], 400)
	assert.Greater(t, counts[api.StatusError], 20)
}

// Accounts keep the keys that they have, unless somebody else gets them.
func TestKeys(t *testing.T) {
	t.Parallel()
	const adaAndBob = "orgs: [{key: acme, accounts: [{username: ada, admin: true}, {username: bob}]}]"
	s := start(t, "-seed", write(t, "seed.yaml", adaAndBob))
	keys := func() map[string]string {
		of := map[string]string{}
		for _, a := range get[statusBody](t, s, "/_sandbox/status").Accounts {
			of[a.Org+" "+a.Username] = a.APIKey
		}
		return of
	}
	seed := func(text string) {
		send[statusBody](t, s, http.MethodPost, "/_sandbox/seed", text, "Content-Type", "application/yaml")
	}
	first := keys()
	assert.Len(t, first, 2)

	seed("orgs: [{key: acme, accounts: [{username: ada, admin: true}, {username: eve}]}, {key: else, accounts: [{username: ada}]}]")
	assert.Equal(t, first["acme ada"], keys()["acme ada"])
	assert.NotEqual(t, first["acme ada"], keys()["else ada"])

	seed("orgs: [{key: acme, accounts: [{username: ada}, {username: eve, api_key: " + first["acme ada"] + "}]}]")
	assert.Equal(t, first["acme ada"], keys()["acme eve"])
	assert.NotEqual(t, first["acme ada"], keys()["acme ada"])

	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, first, keys(), "a reset brings back the first keys")
}

// Logs have ids in the order of time, whichever agent's they are.
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
	for log := range sb.Logs("acme", firstTime, lastTime) {
		if log.ID <= 3 { // the clock runs
			agents = append(agents, log.PeriodicAgent)
		}
	}
	assert.Equal(t, []int64{1, 2, 1}, agents)
}
