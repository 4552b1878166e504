package fleet_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestDriftIsShownAndChangedBack(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		sb, c := start(t, release)
		a := agent("k1")
		a.Description, a.Prompt = "For Ada.", "Summarise."
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a, agent("k2")}}
		f.Agents[1].After = &fleet.After{Key: "k1"}
		apply(t, c, f)
		first, second := owned(t, sb)["k1"][0], owned(t, sb)["k2"][0]
		for _, test := range []struct {
			id     int64
			update client.PeriodicAgentUpdateRequest
			want   string
		}{
			{first.ID, client.PeriodicAgentUpdateRequest{Prompt: new("By hand.")}, `prompt: "By hand." → Summarise.`},
			{first.ID, client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Hour: "9"}}}, "task.crontab.hour: 9 → 8"},
			{first.ID, client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false)}}, "task.enabled: false → true"},
			{first.ID, client.PeriodicAgentUpdateRequest{CallbackURL: new("https://example.com"), CallbackSecret: new(api.NewSecret("hush"))}, `callback_secret: *** → ""`},
			{second.ID, client.PeriodicAgentUpdateRequest{PreviousAgent: client.Null[int64]()}, "previous_agent: null → "},
		} {
			_, err := c.PeriodicAgents.Update(t.Context(), test.id, &test.update)
			require.NoError(t, err)
			plan, err := f.Plan(t.Context(), c)
			require.NoError(t, err)
			require.Len(t, plan.Changes, 1, "%s", plan)
			assert.Contains(t, plan.String(), test.want)
			assert.NotContains(t, plan.String(), "hush")
			assert.Equal(t, fleet.ActionChange, plan.Changes[0].Action)
			assert.Equal(t, test.id, plan.Changes[0].ID)
			apply(t, c, f)
			requireEmpty(t, c, f)
		}
	}
}

func TestTheMarkerSurvivesHandEdits(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	a := agent("k1")
	a.Description = "For Ada.\nAnd Bob."
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
	apply(t, c, f)
	id := owned(t, sb)["k1"][0].ID
	edit := func(description string) {
		_, err := c.PeriodicAgents.Update(t.Context(), id, &client.PeriodicAgentUpdateRequest{Description: &description})
		require.NoError(t, err)
	}
	edit("[fleet courses/k1]\n\n  For Ada.\r\nAnd Bob.\r\n") // moved, and edited in a browser
	requireEmpty(t, c, f)
	edit("For everyone. [fleet courses/k1] Really.")
	plan := apply(t, c, f)
	require.Len(t, plan.Changes, 1)
	assert.Equal(t, []fleet.FieldChange{{Path: "description", Old: "For everyone. [fleet courses/k1] Really.", New: "For Ada.\nAnd Bob.\n\n[fleet courses/k1]"}}, plan.Changes[0].Fields)
	requireEmpty(t, c, f)

	edit("[fleet courses/k1] [fleet other/k1]")
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	assert.Empty(t, plan.Changes)
	require.Len(t, plan.Problems, 1)
	assert.Contains(t, plan.Problems[0].Text, "several markers")

	edit("Mine now.") // it has left the fleet
	plan, err = f.Plan(t.Context(), c)
	require.NoError(t, err)
	require.Len(t, plan.Changes, 1)
	assert.Equal(t, fleet.ActionCreate, plan.Changes[0].Action)
}

func TestRemovedAgents(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		sb, c := start(t, release)
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2")}}
		apply(t, c, f)
		id := owned(t, sb)["k2"][0].ID
		f.Agents = f.Agents[:1]
		plan := apply(t, c, f)
		require.Len(t, plan.Changes, 1)
		assert.Equal(t, fleet.ActionDisable, plan.Changes[0].Action)
		requireEmpty(t, c, f)
		f.Removed = fleet.RemovedDelete
		// Another agent runs after it: deleting it would change that one.
		other, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
			Mentor: map[bool]string{true: "1", false: tutor}[release == sandbox.Release359], Title: "Other", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Hour: "9"}}, PreviousAgent: client.Value(id),
		})
		require.NoError(t, err)
		plan, err = f.Plan(t.Context(), c)
		require.NoError(t, err)
		assert.Empty(t, plan.Changes)
		require.Len(t, plan.Problems, 1)
		assert.Equal(t, []int64{other.ID}, plan.Problems[0].IDs)
		require.NoError(t, c.PeriodicAgents.Delete(t.Context(), other.ID))
		apply(t, c, f)
		requireEmpty(t, c, f)
		assert.Empty(t, owned(t, sb)["k2"])
	}
}

// After an update of the service, markers move from the titles to the descriptions.
func TestAnUpdateOfTheService(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	older := sandbox.Fault{Effect: sandbox.RequestEffect{Release: sandbox.Release359}}
	require.NoError(t, sb.SetFaults(older))
	a := agent("k1")
	a.Description = "For Ada."
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
	plan := apply(t, c, f)
	assert.True(t, plan.TitleMarkers)
	assert.Equal(t, "Agent k1 [fleet courses/k1]", owned(t, sb)["k1"][0].Title)
	requireEmpty(t, c, f)
	require.NoError(t, sb.SetFaults())
	plan = apply(t, c, f)
	assert.Equal(t, []fleet.FieldChange{
		{Path: "title", Old: "Agent k1 [fleet courses/k1]", New: "Agent k1"},
		{Path: "description", Old: "", New: "For Ada.\n\n[fleet courses/k1]"},
	}, plan.Changes[0].Fields)
	requireEmpty(t, c, f)
	// Back again, the description can't be seen: nothing is created twice.
	require.NoError(t, sb.SetFaults(older))
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	assert.Empty(t, plan.Changes)
	require.Len(t, plan.Problems, 1)
	// A saved plan of the newer release is not applied to the older one.
	require.NoError(t, sb.SetFaults())
	f.Agents = append(f.Agents, agent("k2"))
	plan, err = f.Plan(t.Context(), c)
	require.NoError(t, err)
	require.NoError(t, sb.SetFaults(older))
	_, err = plan.Apply(t.Context(), c)
	require.ErrorIs(t, err, fleet.ErrMixedReleases)
}

func TestOldReleasesNeedTheNumericIDOfTheMentor(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Release359)
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2")}}
	f.Agents[0].MentorID = 0
	f.Agents[1].Title = strings.Repeat("x", 250)
	_, err := f.Plan(t.Context(), c)
	require.ErrorContains(t, err, "agents[0].mentor needs mentor_id")
	require.ErrorContains(t, err, "agents[1].title is too long")
}

func TestMentors(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Release4205,
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{ID: 3, UniqueID: "3b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e", Slug: "third", Name: "tutor"}))
	f := &fleet.Fleet{Name: "courses"}
	for _, reference := range []string{"tutor", "nobody", "", "third", strings.ToUpper(tutor), "2", "The helper"} {
		a := agent("k" + string(rune('0'+len(f.Agents))))
		a.Mentor = reference
		f.Agents = append(f.Agents, a)
	}
	_, err := f.Plan(t.Context(), c)
	require.EqualError(t, err, "ibl.ai: agents[2].mentor is empty")
	f.Agents[2].Mentor = "tutor"
	_, err = f.Plan(t.Context(), c)
	ambiguous := `refers to "tutor", but 2 mentors have that slug or name: use the unique id of one (0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e, 3b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e)`
	require.EqualError(t, err, strings.Join([]string{
		"ibl.ai: agents[0].mentor " + ambiguous,
		`ibl.ai: agents[1].mentor refers to "nobody", but no mentor has that id, slug or name`,
		"ibl.ai: agents[2].mentor " + ambiguous,
	}, "\n"))
	f.Agents = f.Agents[3:]
	apply(t, c, f)
	requireEmpty(t, c, f)
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Release4205)
	path := secretFile(t, "hush")
	a := agent("k1")
	a.Callback = &fleet.Callback{URL: "https://hooks.example.com/", SecretSource: fleet.SecretSource{File: path}}
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
	apply(t, c, f)
	requireEmpty(t, c, f)
	require.NoError(t, os.WriteFile(path, []byte("another"), 0o600))
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, []fleet.FieldChange{{Path: "callback_secret", Old: "***", New: "***"}}, plan.Changes[0].Fields)
	saved, err := json.Marshal(plan)
	require.NoError(t, err)
	assert.NotContains(t, string(saved), "another")
	apply(t, c, f)
	requireEmpty(t, c, f)

	for name, source := range map[string]fleet.SecretSource{
		"missing":  {File: filepath.Join(t.TempDir(), "none")},
		"folder":   {File: t.TempDir()},
		"no env":   {Env: "IBLAI_FLEET_TEST_UNSET"},
		"long":     {File: secretFile(t, strings.Repeat("x", 256))},
		"too long": {File: secretFile(t, strings.Repeat("x", 5000))},
		"masked":   {File: secretFile(t, "***")},
	} {
		f.Agents[0].Callback.SecretSource = source
		_, err = f.Plan(t.Context(), c)
		failed, ok := errors.AsType[*api.ArgumentError](err)
		require.True(t, ok, name)
		assert.Equal(t, "agents[0].callback", failed.Argument)
	}
	if runtime.GOOS != "windows" {
		require.NoError(t, os.Chmod(path, 0o644))
		f.Agents[0].Callback.SecretSource = fleet.SecretSource{File: path}
		_, err = f.Plan(t.Context(), c)
		require.ErrorContains(t, err, "other users can read "+path+"; run chmod 600")
	}
}

// A one-off agent that has run stays disabled; one that has not run is enabled.
func TestOneOff(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		sb, c := start(t, release)
		a := agent("k1")
		a.OneOff, a.Disabled = true, true
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
		apply(t, c, f)
		f.Agents[0].Disabled = false
		plan := apply(t, c, f)
		require.Len(t, plan.Changes, 1)
		runs, err := sb.Advance(t.Context(), 48*time.Hour)
		require.NoError(t, err)
		assert.Equal(t, 1, runs)
		assert.False(t, owned(t, sb)["k1"][0].Task.Enabled)
		requireEmpty(t, c, f)
	}
}

// A changed schedule does not run the agent at once.
func TestAChangedScheduleRunsNothingAtOnce(t *testing.T) {
	t.Parallel()
	for _, beat := range []sandbox.Beat{sandbox.Beat24, sandbox.Beat29} {
		sb, c := start(t, sandbox.Release4205, sandbox.WithBeat(beat))
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1")}}
		apply(t, c, f)
		runs, err := sb.AdvanceTo(t.Context(), monday.Add(27*time.Hour)) // Tuesday, 12:00
		require.NoError(t, err)
		require.Equal(t, 1, runs)
		f.Agents[0].Schedule.Hour = "10"
		apply(t, c, f)
		requireEmpty(t, c, f)
		runs, err = sb.AdvanceTo(t.Context(), monday.Add(48*time.Hour+30*time.Minute)) // Wednesday, 09:30
		require.NoError(t, err)
		assert.Zero(t, runs)
		runs, err = sb.AdvanceTo(t.Context(), monday.Add(50*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, 1, runs)
	}
}

// The plan after a change of the clocks has the change of the crontab.
func TestLocalTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which starts on 1 January 2000
		sb, c := start(t, sandbox.Release4205)
		a := agent("k1")
		a.TimeZone = "Europe/Berlin"
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
		plan := apply(t, c, f)
		assert.Equal(t, "7", owned(t, sb)["k1"][0].Task.Crontab.Hour)
		change := time.Date(2000, time.March, 26, 0, 59, 30, 0, time.UTC)
		assert.Equal(t, change, plan.ClocksChange)
		assert.Contains(t, plan.String(), "Apply the fleet again at 2000-03-26T00:59:30Z, before the clocks change.")
		requireClocks(t, c, f, change)
		time.Sleep(time.Until(change))
		plan = apply(t, c, f)
		assert.Equal(t, []fleet.FieldChange{{Path: "task.crontab.hour", Old: "7", New: "6"}}, plan.Changes[0].Fields)
		requireClocks(t, c, f, time.Date(2000, time.October, 29, 0, 59, 30, 0, time.UTC))
		sb.Close()
	})
}

func requireClocks(t *testing.T, c *client.Client, f *fleet.Fleet, change time.Time) {
	t.Helper()
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	assert.True(t, plan.IsEmpty())
	assert.Equal(t, change, plan.ClocksChange)
}

func TestAFleetIsValidatedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{{Key: "A", Schedule: crontab.Fields{DayOfMonth: "31", MonthOfYear: "2"}}}}
	_, err := f.Plan(t.Context(), c)
	require.ErrorContains(t, err, "ibl.ai: agents[0].title is empty")
	require.ErrorContains(t, err, "agents[0].schedule.day_of_month")
	require.Error(t, f.Adopt(t.Context(), c, nil))
	_, err = fleet.Export(t.Context(), c, "Not A Name")
	require.Error(t, err)
	for range sb.Requests() {
		t.Fatal("a request was sent")
	}
}
