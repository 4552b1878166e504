package fleet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

// What was exported and adopted needs no change, for every release.
func TestExportAndAdopt(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		for seed := range uint64(6) {
			g := &generator{rand.New(rand.NewPCG(seed, 2)), nil}
			sb, c := start(t, release, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, foreign))
			made := g.fleet()
			apply(t, c, made)
			unmark(t, sb, c, g)
			before := agents(t, sb)

			out, err := fleet.Export(t.Context(), c, "courses")
			require.NoError(t, err)
			file := out.File
			if release == sandbox.Release359 { // what the notes say
				file = regexp.MustCompile(`(?m)^( +)mentor: (.).*`).ReplaceAll(file, []byte("$0\n${1}mentor_id: ${2}"))
				file = bytes.ReplaceAll(file, []byte("mentor_id: 1"), []byte("mentor_id: 2"))
				file = bytes.ReplaceAll(file, []byte("mentor_id: 0"), []byte("mentor_id: 1"))
			}
			f, err := fleet.Parse("fleet.yaml", file, nil)
			require.NoError(t, err, "%s", file)
			require.Len(t, f.Agents, len(before))
			require.NoError(t, f.Adopt(t.Context(), c, out.IDs))
			require.NoError(t, f.Adopt(t.Context(), c, out.IDs), "again")
			requireEmpty(t, c, f)
			assert.Len(t, agents(t, sb), len(before))

			again, err := fleet.Export(t.Context(), c, "courses")
			require.NoError(t, err)
			assert.Equal(t, string(out.File), string(again.File))
			assert.Empty(t, again.IDs)
			other, err := fleet.Export(t.Context(), c, "other")
			require.NoError(t, err)
			assert.Equal(t, "fleet: other\nagents: []\n", string(other.File), "agents of another fleet are left out")
			sb.Close()
		}
	}
}

func agents(t *testing.T, sb *sandbox.Sandbox) (all []*client.PeriodicAgent) {
	t.Helper()
	for _, id := range sb.PeriodicAgentIDs(sandbox.DefaultOrg) {
		a, err := sb.PeriodicAgent(id)
		require.NoError(t, err)
		all = append(all, a)
	}
	return all
}

// unmark removes the markers of some agents.
func unmark(t *testing.T, sb *sandbox.Sandbox, c *client.Client, g *generator) {
	t.Helper()
	for _, a := range agents(t, sb) {
		marker := regexp.MustCompile(`\[fleet courses/k\d\]`)
		if g.IntN(2) == 0 {
			_, err := c.PeriodicAgents.Update(t.Context(), a.ID, &client.PeriodicAgentUpdateRequest{
				Title:       new(marker.ReplaceAllString(a.Title, "")),
				Description: new(marker.ReplaceAllString(a.Description, "")),
			})
			require.NoError(t, err)
		}
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	create := func(r client.PeriodicAgentCreateRequest) int64 {
		r.Mentor = tutor
		created, err := c.PeriodicAgents.Create(t.Context(), &r, client.AllowUnrunnable())
		require.NoError(t, err)
		return created.ID
	}
	daily := client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}}
	first := create(client.PeriodicAgentCreateRequest{
		Title: "Morning digest", Task: daily, Prompt: new("Summarise.\nBe brief."), Description: new("For Ada: all."),
		CallbackURL: new("https://hooks.example.com/"), CallbackSecret: new(api.NewSecret("hush")),
	})
	never := create(client.PeriodicAgentCreateRequest{Title: "Never", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{DayOfWeek: "7"}}})
	create(client.PeriodicAgentCreateRequest{Title: "Dependent", Task: daily, PreviousAgent: client.Value(never)})
	last := create(client.PeriodicAgentCreateRequest{Title: "Morning digest", Task: daily, PreviousAgent: client.Value(first), PreviousAgentStatus: new(api.StatusError)})

	out, err := fleet.Export(t.Context(), c, "courses")
	require.NoError(t, err)
	assert.Equal(t, `fleet: courses
agents:
    - key: morning-digest
      title: Morning digest
      mentor: 0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e
      description: 'For Ada: all.'
      prompt: |-
        Summarise.
        Be brief.
      schedule: 0 8 * * *
      callback:
        url: https://hooks.example.com/
        secret_env: CALLBACK_SECRET_MORNING_DIGEST
    - key: morning-digest-4
      title: Morning digest
      mentor: 0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e
      schedule: 0 8 * * *
      after:
        key: morning-digest
        status: error
`, string(out.File))
	assert.Equal(t, map[string]int64{"morning-digest": first, "morning-digest-4": last}, out.IDs)
	require.Len(t, out.Notes, 3)
	assert.Contains(t, out.Notes[0], "Agent 2 is left out: ")
	assert.Equal(t, "Agent 3 is left out: it runs after never, which is left out.", out.Notes[1])
	assert.Equal(t, "Agent 1 has a callback_secret: set the environment variable CALLBACK_SECRET_MORNING_DIGEST.", out.Notes[2])

	out, err = fleet.Export(t.Context(), c, "courses", last)
	require.NoError(t, err)
	assert.Equal(t, "fleet: courses\nagents: []\n", string(out.File))
	assert.Equal(t, []string{"Agent 4 is left out: it runs after agent 1, which is not exported."}, out.Notes)
	_, err = fleet.Export(t.Context(), c, "courses", 99)
	require.ErrorIs(t, err, client.ErrNotFound)
	sb.Close()
}

// An agent made by hand can have a password in its callback_url.
func TestPasswordInCallbackURL(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1")}}
	apply(t, c, f)
	id := sb.PeriodicAgentIDs(sandbox.DefaultOrg)[0]
	_, err := c.PeriodicAgents.Update(t.Context(), id, &client.PeriodicAgentUpdateRequest{CallbackURL: new("https://ada:hush@hooks.example.com/@a")})
	require.NoError(t, err)

	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	assert.NotContains(t, plan.String(), "hush")
	assert.Contains(t, plan.String(), "https://***@hooks.example.com/@a")

	out, err := fleet.Export(t.Context(), c, "courses")
	require.NoError(t, err)
	assert.NotContains(t, string(out.File), "hush")
	require.Len(t, out.Notes, 1)
	assert.Contains(t, out.Notes[0], "must not have a user or password in it")
	assert.NotContains(t, out.Notes[0], "hush")
}

func TestAdoptRefuses(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, foreign))
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2"), agent("k3")}}
	only := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1")}}
	apply(t, c, only)
	other := &fleet.Fleet{Name: "other", Agents: []fleet.Agent{agent("k1")}}
	apply(t, c, other)
	ids := sb.PeriodicAgentIDs(sandbox.DefaultOrg)
	before := agents(t, sb)
	err := f.Adopt(t.Context(), c, map[string]int64{"k1": ids[0], "k2": ids[2], "k3": 99, "k4": ids[0]})
	require.EqualError(t, err, fmt.Sprintf(`ibl.ai: ids[k1] is agent %d, but agent %d has the marker of the key
ibl.ai: ids[k2] is agent %d, which has other markers: [fleet other/k1]
ibl.ai: ids[k3] is agent 99, which does not exist
ibl.ai: ids[k4] is not a key of the fleet`, ids[0], ids[1], ids[2]))
	require.ErrorContains(t, f.Adopt(t.Context(), c, map[string]int64{"k2": ids[0], "k3": ids[0]}), "which another key has as well")
	assert.Equal(t, before, agents(t, sb), "nothing is changed")
}
