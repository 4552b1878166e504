package fleet_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// foreign is an agent without a marker.
var foreign = client.PeriodicAgentCreateRequest{
	Mentor: tutor, Title: "By hand", Prompt: new("  Nobody touches this. "),
	Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "7"}},
}

// Whatever a fleet says and said before, one Apply makes it so, for every release.
func TestAPlanAfterApplyIsEmpty(t *testing.T) {
	t.Parallel()
	secrets := []string{secretFile(t, "first secret"), secretFile(t, "second secret")}
	for _, release := range releases {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				g := &generator{rand.New(rand.NewPCG(seed, 1)), secrets}
				sb, c := start(t, release, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, foreign))
				untouched, err := sb.PeriodicAgent(sb.PeriodicAgentIDs(sandbox.DefaultOrg)[0])
				require.NoError(t, err)
				for range 4 {
					f := g.shuffled(g.fleet())
					applySaved(t, c, f)
					requireEmpty(t, c, f)
					for key, agents := range owned(t, sb) {
						require.Len(t, agents, 1, key)
					}
				}
				after, err := sb.PeriodicAgent(untouched.ID)
				require.NoError(t, err)
				assert.Equal(t, untouched, after)
			}
		})
	}
}

// applySaved applies a plan that was saved and read back, as in another process.
func applySaved(t *testing.T, c *client.Client, f *fleet.Fleet) {
	t.Helper()
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	saved, err := json.Marshal(plan)
	require.NoError(t, err)
	for _, secret := range []string{"first secret", "second secret"} {
		require.NotContains(t, string(saved)+plan.String(), secret)
	}
	var read fleet.Plan
	require.NoError(t, json.Unmarshal(saved, &read))
	assert.Equal(t, plan.String(), read.String())
	result, err := read.Apply(t.Context(), c)
	require.NoError(t, err, "%s", plan)
	assert.Len(t, result.Steps, len(plan.Changes))
	// The same plan once more does no harm.
	again, err := read.Apply(t.Context(), c)
	require.NoError(t, err, "%s", plan)
	for i, step := range again.Steps {
		if read.Changes[i].Action == fleet.ActionCreate {
			assert.Equal(t, result.Steps[i].ID, step.ID)
		}
	}
}
