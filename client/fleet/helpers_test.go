package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

// releases are the releases that the sandbox knows.
var releases = []sandbox.Release{sandbox.Release359, sandbox.Release490, sandbox.Release495, sandbox.Release4205}

var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

const (
	tutor  = "0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e"
	helper = "1b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e"
)

// start returns a sandbox of a release and a client of it.
func start(t testing.TB, release sandbox.Release, options ...sandbox.Option) (*sandbox.Sandbox, *client.Client) {
	t.Helper()
	sb, err := sandbox.New(append([]sandbox.Option{
		sandbox.WithRelease(release),
		sandbox.WithFrozenClock(monday),
		sandbox.WithPageSize(3, 5),
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{ID: 1, UniqueID: tutor, Slug: "tutor", Name: "The tutor"}),
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{ID: 2, UniqueID: helper, Slug: "helper", Name: "The helper"}),
	}, options...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	return sb, c
}

// agent returns a valid agent.
func agent(key string) fleet.Agent {
	return fleet.Agent{Key: key, Title: "Agent " + key, Mentor: "tutor", MentorID: 1, Schedule: crontab.Fields{Minute: "0", Hour: "8"}}
}

// apply plans and applies a fleet, and requires that all is done.
func apply(t testing.TB, c *client.Client, f *fleet.Fleet) *fleet.Plan {
	t.Helper()
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	result, err := plan.Apply(t.Context(), c)
	require.NoError(t, err, "%s", plan)
	require.Len(t, result.Steps, len(plan.Changes))
	return plan
}

// requireEmpty requires that a fleet needs no change.
func requireEmpty(t testing.TB, c *client.Client, f *fleet.Fleet) {
	t.Helper()
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	require.True(t, plan.IsEmpty(), "%s", plan)
}

// secretFile writes a secret to a file that only its owner can read.
func secretFile(t testing.TB, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte(secret+"\n"), 0o600))
	return path
}

// owned returns the agents on the platform by the key in their marker.
func owned(t testing.TB, sb *sandbox.Sandbox) map[string][]*client.PeriodicAgent {
	t.Helper()
	agents := map[string][]*client.PeriodicAgent{}
	for _, id := range sb.PeriodicAgentIDs(sandbox.DefaultOrg) {
		a, err := sb.PeriodicAgent(id)
		require.NoError(t, err)
		for i := range 10 {
			key := fmt.Sprintf("k%d", i)
			for _, text := range []string{a.Title, a.Description} {
				if len(text) > 0 && contains(text, "[fleet courses/"+key+"]") {
					agents[key] = append(agents[key], a)
					break
				}
			}
		}
	}
	return agents
}

// A generator makes random fleets.
type generator struct {
	*rand.Rand

	secrets []string // files
}

func (g *generator) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g *generator) text() string {
	return g.pick("", "Hello", "  spaces around\n", "two\nlines", "carriage\r\nreturn", "Grüße 📚", "a\u00a0b\u001c", "trailing \n\n\n", "# not: a comment", "\ttab", "'\"\\")
}

func (g *generator) fleet() *fleet.Fleet {
	f := &fleet.Fleet{Name: "courses", Removed: fleet.RemovedDisable}
	if g.IntN(2) == 0 {
		f.Removed = fleet.RemovedDelete
	}
	for _, i := range g.Perm(8)[:g.IntN(7)] {
		f.Agents = append(f.Agents, g.agent(fmt.Sprintf("k%d", i), f))
	}
	return f
}

func (g *generator) agent(key string, f *fleet.Fleet) fleet.Agent {
	a := fleet.Agent{
		Key: key, Title: g.pick("Title", " Title ", "Title "+key, "日本語"), Description: g.text(), Prompt: g.text(),
		Disabled: g.IntN(4) == 0, OneOff: g.IntN(5) == 0,
	}
	if g.IntN(2) == 0 {
		a.Mentor, a.MentorID = g.pick("tutor", "The tutor", tutor), 1
	} else {
		a.Mentor, a.MentorID = g.pick("helper", "The helper", helper), 2
	}
	a.Schedule = []crontab.Fields{
		{Minute: "*/15"},
		{Minute: "0", Hour: "8-8"},
		{Minute: "5,10", Hour: "6", DayOfWeek: "mon-fri"},
		{Minute: "0", Hour: "0", DayOfMonth: "1"},
		{Minute: "*", Hour: "22-2"},
		{Minute: "0", Hour: "12", DayOfWeek: "sun"},
	}[g.IntN(6)]
	if g.IntN(3) == 0 && a.Schedule.DayOfMonth == "" && a.Schedule.DayOfWeek == "" {
		a.TimeZone = g.pick("Europe/Berlin", "America/New_York", "Asia/Tokyo")
	}
	if len(f.Agents) > 0 && g.IntN(2) == 0 {
		a.After = &fleet.After{Key: f.Agents[g.IntN(len(f.Agents))].Key, Status: api.Status(g.pick("", "success", "error"))}
	}
	if g.IntN(3) == 0 {
		a.Callback = &fleet.Callback{URL: g.pick("https://hooks.example.com/a", " https://hooks.example.com/b ")}
		a.Callback.File = g.pick(append(g.secrets, "")...)
	}
	return a
}

// shuffled returns the fleet with its agents in another order.
func (g *generator) shuffled(f *fleet.Fleet) *fleet.Fleet {
	g.Shuffle(len(f.Agents), func(i, j int) { f.Agents[i], f.Agents[j] = f.Agents[j], f.Agents[i] })
	return f
}
