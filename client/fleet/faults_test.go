package fleet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Each request of a plan and its application fails once, in every way: a rerun
// converges, and what was reported as done is done.
func TestEveryRequestFailsOnce(t *testing.T) {
	t.Parallel()
	secrets := []string{secretFile(t, "first secret")}
	for name, effect := range map[string]sandbox.RequestEffect{
		"not sent":       {Reset: sandbox.ResetBefore},
		"lost response":  {Reset: sandbox.ResetAfter},
		"half response":  {Truncate: true},
		"unavailable":    sandbox.RespondWith(http.StatusServiceUnavailable),
		"refused":        sandbox.RespondWith(http.StatusForbidden),
		"another 404":    {Status: http.StatusNotFound, Body: "<h1>Not Found</h1>"},
		"login page":     {Body: "<h1>Log in</h1>", ContentType: "text/html"},
		"older release":  {Release: sandbox.Release359},
		"newest release": {Release: sandbox.Release4205},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, release := range []sandbox.Release{sandbox.Release359, sandbox.Release4205} {
				for _, times := range []int{1, 2} {
					g := &generator{rand.New(rand.NewPCG(uint64(i), uint64(times))), secrets}
					before, wanted := g.fleet(), g.fleet()
					k := 0
					for failsAt(t, release, effect, k, times, before, wanted) {
						k++
					}
					require.Positive(t, k)
				}
			}
		})
	}
}

// failsAt applies a fleet with faults from request k on, and again without. It
// returns false if there are fewer requests.
func failsAt(t *testing.T, release sandbox.Release, effect sandbox.RequestEffect, k, times int, before, wanted *fleet.Fleet) bool {
	t.Helper()
	where := fmt.Sprintf("release %s, request %d, %d times", release, k, times)
	sb, c := start(t, release, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, foreign))
	defer sb.Close()
	apply(t, c, before)
	impatient, err := client.New(append(sb.ClientOptions(), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))...)
	require.NoError(t, err)
	require.NoError(t, sb.SetFaults(sandbox.Fault{Selection: sandbox.Selection{Skip: k, Times: times}, Effect: effect}))
	var result *fleet.Result
	plan, err := wanted.Plan(t.Context(), impatient)
	if err == nil {
		result, err = plan.Apply(t.Context(), impatient)
	}
	hit := sb.FaultStates()[0].Applied > 0
	require.NoError(t, sb.SetFaults())
	if err == nil && effect.Release == "" {
		requireEmpty(t, c, wanted)
	}
	if err != nil && result != nil {
		var failed []string
		for _, step := range result.Steps {
			if step.Err != nil {
				failed = append(failed, step.Change.Key)
			}
		}
		require.NotEmpty(t, failed, where)
	}
	apply(t, c, wanted)
	requireEmpty(t, c, wanted)
	for key, agents := range owned(t, sb) {
		require.Len(t, agents, 1, "%s: %s", where, key)
	}
	return hit
}

func TestALostCreationIsFound(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		sb, c := start(t, release)
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2")}}
		f.Agents[1].After = &fleet.After{Key: "k1"}
		require.NoError(t, sb.SetFaults(sandbox.Fault{
			Match:  sandbox.On(sandbox.OperationPeriodicAgentsCreate),
			Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter},
		}))
		plan := apply(t, c, f)
		assert.Len(t, plan.Changes, 2)
		requireEmpty(t, c, f)
		assert.Len(t, sb.PeriodicAgentIDs(sandbox.DefaultOrg), 2)
	}
}

func TestADoubleIsReported(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		sb, c := start(t, release)
		first, second := agent("k1"), agent("k2")
		second.After = &fleet.After{Key: "k1"}
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{first, second}}
		// Two programs plan at the same time, and one of them applies later: the request
		// of the other was under way.
		apply(t, c, f)
		late := owned(t, sb)["k1"][0].CreateRequest()
		if release == sandbox.Release359 {
			late.Mentor = "1"
		}
		double, err := c.PeriodicAgents.Create(t.Context(), late)
		require.NoError(t, err)
		plan, err := f.Plan(t.Context(), c)
		require.NoError(t, err)
		require.Len(t, plan.Problems, 1, "%s", plan)
		assert.Empty(t, plan.Changes)
		assert.False(t, plan.IsEmpty())
		assert.Equal(t, "k1", plan.Problems[0].Key)
		assert.Contains(t, plan.Problems[0].IDs, double.ID)
		assert.Contains(t, plan.String(), "have the same marker")

		f.Agents = append(f.Agents, agent("k3"))
		f.Agents[2].After = &fleet.After{Key: "k1"}
		plan, err = f.Plan(t.Context(), c)
		require.NoError(t, err)
		assert.Len(t, plan.Problems, 2, "a new agent can't run after one of two")

		require.NoError(t, c.PeriodicAgents.Delete(t.Context(), double.ID))
		apply(t, c, f)
		requireEmpty(t, c, f)
	}
}

func TestApplyStopsWithItsContext(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2"), agent("k3")}}
	ctx, cancel := context.WithCancel(t.Context())
	created := 0
	canceling, err := client.New(append(sb.ClientOptions(), client.WithObserver(func(_ context.Context, attempt client.Attempt) {
		if attempt.Operation.Method == http.MethodPost {
			if created++; created == 2 {
				cancel()
			}
		}
	}))...)
	require.NoError(t, err)
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	result, err := plan.Apply(ctx, canceling)
	require.ErrorIs(t, err, fleet.ErrSkipped)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, result.Steps, 3)
	require.NoError(t, result.Steps[0].Err)
	require.ErrorIs(t, result.Steps[2].Err, fleet.ErrSkipped)
	assert.Contains(t, result.String(), "not done: create k3")
	apply(t, c, f)
	requireEmpty(t, c, f)
	assert.Len(t, sb.PeriodicAgentIDs(sandbox.DefaultOrg), 3)
}

func TestAppliedAgentsThatRunAfterAFailedOneAreSkipped(t *testing.T) {
	t.Parallel()
	sb, c := start(t, sandbox.Release4205)
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k2"), agent("k1"), agent("k3")}}
	f.Agents[0].After = &fleet.After{Key: "k1"}
	require.NoError(t, sb.SetFaults(sandbox.Fault{
		Match:     sandbox.On(sandbox.OperationPeriodicAgentsCreate),
		Selection: sandbox.Times(1),
		Effect:    sandbox.RequestEffect{Status: http.StatusBadRequest, Body: `{"title": ["No."]}`},
	}))
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	result, err := plan.Apply(t.Context(), c)
	require.ErrorIs(t, err, client.ErrValidation)
	require.Len(t, result.Steps, 3)
	require.ErrorIs(t, result.Steps[0].Err, client.ErrValidation)
	require.ErrorIs(t, result.Steps[1].Err, fleet.ErrSkipped)
	require.NoError(t, result.Steps[2].Err)
	assert.Len(t, sb.PeriodicAgentIDs(sandbox.DefaultOrg), 1)
}

func TestWhatHasChangedSinceThePlanIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		_, c := start(t, release)
		f := &fleet.Fleet{Name: "courses", Removed: fleet.RemovedDelete, Agents: []fleet.Agent{agent("k1"), agent("k2"), agent("k3")}}
		ids := map[string]int64{}
		plan, err := f.Plan(t.Context(), c)
		require.NoError(t, err)
		result, err := plan.Apply(t.Context(), c)
		require.NoError(t, err)
		for _, step := range result.Steps {
			ids[step.Change.Key] = step.ID
		}
		f.Agents[0].Prompt = "New."
		f.Agents = f.Agents[:2]
		f.Agents[1].Prompt = "New."
		plan, err = f.Plan(t.Context(), c)
		require.NoError(t, err)
		require.Len(t, plan.Changes, 3)
		for _, key := range []string{"k1", "k3"} {
			_, err = c.PeriodicAgents.Update(t.Context(), ids[key], &client.PeriodicAgentUpdateRequest{Prompt: new("By hand.")})
			require.NoError(t, err)
		}
		result, err = plan.Apply(t.Context(), c)
		require.ErrorIs(t, err, fleet.ErrChanged)
		for _, step := range result.Steps {
			assert.Equal(t, step.Change.Key != "k2", errors.Is(step.Err, fleet.ErrChanged), step.Change.Key)
		}
		kept, err := c.PeriodicAgents.Get(t.Context(), ids["k3"])
		require.NoError(t, err)
		assert.Equal(t, "By hand.", kept.Prompt)
	}
}

func TestAPlanIsForOneOrg(t *testing.T) {
	t.Parallel()
	_, c := start(t, sandbox.Release4205)
	f := &fleet.Fleet{Name: "courses"}
	plan, err := f.Plan(t.Context(), c)
	require.NoError(t, err)
	plan.Org = "another"
	_, err = plan.Apply(t.Context(), c)
	_, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%v", err)
}

// Two programs that apply a fleet at the same time may create doubles, but the next
// plan reports each.
func TestTwoApplyAtOnce(t *testing.T) {
	t.Parallel()
	for range 10 {
		sb, c := start(t, sandbox.Release4205)
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2"), agent("k3")}}
		var done sync.WaitGroup
		for range 2 {
			plan, err := f.Plan(t.Context(), c)
			require.NoError(t, err)
			done.Go(func() {
				_, err := plan.Apply(t.Context(), c)
				if err != nil {
					assert.ErrorIs(t, err, fleet.ErrChanged)
				}
			})
		}
		done.Wait()
		plan, err := f.Plan(t.Context(), c)
		require.NoError(t, err)
		assert.Empty(t, plan.Changes)
		reported := map[string]bool{}
		for _, problem := range plan.Problems {
			reported[problem.Key] = true
		}
		for key, agents := range owned(t, sb) {
			assert.Equal(t, len(agents) > 1, reported[key])
		}
	}
}

// A masked secret can't be compared: it is sent with other changes only.
func TestASecretThatThePlatformMasks(t *testing.T) {
	t.Parallel()
	sb, _ := start(t, sandbox.Release4205)
	c, err := client.New(append(sb.ClientOptions(), client.WithHTTPClient(&http.Client{Transport: replacing{sb.HTTPClient().Transport, regexp.MustCompile(`"callback_secret":"[^"]+"`), `"callback_secret":"******"`}}))...)
	require.NoError(t, err)
	a := agent("k1")
	path := secretFile(t, "hush")
	a.Callback = &fleet.Callback{URL: "https://hooks.example.com/", SecretSource: fleet.SecretSource{File: path}}
	f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{a}}
	apply(t, c, f)
	requireEmpty(t, c, f)
	require.NoError(t, os.WriteFile(path, []byte("another"), 0o600))
	requireEmpty(t, c, f)
	f.Agents[0].Prompt = "New."
	apply(t, c, f)
	requireEmpty(t, c, f)
	assert.Equal(t, "another", owned(t, sb)["k1"][0].CallbackSecret.Reveal())
}

// replacing replaces text in responses.
type replacing struct {
	base        http.RoundTripper
	old         *regexp.Regexp
	replacement string
}

func (m replacing) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := m.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	body = m.old.ReplaceAllLiteral(body, []byte(m.replacement))
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Del("Content-Length")
	return response, nil
}

// A service without a list of mentors can be planned with their unique ids, if an
// agent shows which release it is.
func TestAServiceWithoutMentorList(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		for _, body := range []string{`{"detail": "Not found."}`, "<h1>Not Found</h1>"} {
			sb, _ := start(t, release, sandbox.WithPeriodicAgent(sandbox.DefaultOrg, foreign))
			c, err := client.New(append(sb.ClientOptions(), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))...)
			require.NoError(t, err)
			require.NoError(t, sb.SetFaults(sandbox.Fault{
				Match:  sandbox.On(sandbox.OperationMentorsList),
				Effect: sandbox.RequestEffect{Status: http.StatusNotFound, Body: body},
			}))
			f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1"), agent("k2")}}
			_, err = f.Plan(t.Context(), c)
			require.ErrorContains(t, err, "agents[0].mentor")
			require.ErrorContains(t, err, "404 Not Found")
			f.Agents[0].Mentor, f.Agents[1].Mentor = tutor, strings.ToUpper(tutor)
			apply(t, c, f)
			requireEmpty(t, c, f)
			assert.Len(t, owned(t, sb), 2)
		}
	}
	sb, c := start(t, sandbox.Release4205)
	require.NoError(t, sb.SetFaults(sandbox.Fault{
		Match:  sandbox.On(sandbox.OperationMentorsList),
		Effect: sandbox.RespondWith(http.StatusNotFound),
	}))
	_, err := (&fleet.Fleet{Name: "courses"}).Plan(t.Context(), c)
	require.ErrorIs(t, err, client.ErrNotFound, "no agent shows the release")
}

// A service that stores something else than it was sent.
func TestAServiceThatChangesTexts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		old, replacement string
		agents           int
		err              string
	}{
		"other line endings": {`\\n`, `\r\n`, 1, ""},
		"no descriptions":    {`"description":"[^"]*"`, `"description":""`, 0, "does not keep the marker"},
	} {
		sb, _ := start(t, sandbox.Release4205)
		c, err := client.New(append(sb.ClientOptions(), client.WithHTTPClient(&http.Client{
			Transport: replacing{sb.HTTPClient().Transport, regexp.MustCompile(test.old), test.replacement},
		}))...)
		require.NoError(t, err)
		f := &fleet.Fleet{Name: "courses", Agents: []fleet.Agent{agent("k1")}}
		f.Agents[0].Prompt = "two\nlines"
		for range 2 {
			plan, err := f.Plan(t.Context(), c)
			require.NoError(t, err)
			_, err = plan.Apply(t.Context(), c)
			if test.err == "" {
				require.NoError(t, err, name)
				requireEmpty(t, c, f)
			} else {
				require.ErrorContains(t, err, test.err, name)
			}
			assert.Len(t, sb.PeriodicAgentIDs(sandbox.DefaultOrg), test.agents, name)
		}
	}
}
