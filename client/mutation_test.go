package client_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

const validAgent = `{"id": 7, "title": "Morning digest", "username": "ada", "description": "", "prompt": "p", "created_at": "2026-01-05T09:00:00Z", "modified_at": "2026-01-05T09:00:00Z",
"enabled": true, "one_off": false, "platform_key": "acme", "pathway": "", "callback_url": "https://hooks.example.com/runs", "callback_secret": "s", "parent_session_id": "", "parent_mentor_id": null,
"previous_agent": 4, "previous_agent_status": "success", "previous_agent_output": "",
"task": {"id": 11, "name": "n", "one_off": false, "start_time": null, "enabled": true, "crontab": {"minute": "0", "hour": "8", "day_of_week": "mon-fri", "day_of_month": "*", "month_of_year": "*"}},
"mentor": {"id": 3, "name": "Coach", "unique_id": "u", "flow": {"nodes": [1, {"x": 2}]}, "metadata": {}, "google_voice": 5, "created_at": null, "created_by": "ada",
 "categories": [{"id": 1, "name": "Writing", "audience": {"id": 1, "name": "Students"}, "audiences": [{"id": 1}]}], "types": [{"id": 1, "name": "Tutor"}], "subjects": [{"id": 1}],
 "call_configuration": {"id": 1, "mode": "realtime", "google_voice": {"id": 1, "name": "v"}, "openai_voice_id": 3},
 "mcp_servers": [{"id": 1, "name": "Library", "credentials": "c", "extra_headers": {"A": "b"}, "created_at": "2026-01-05T09:00:00Z"}]}}`

const validPage = `{"count": 2, "next": null, "previous": null, "results": [` + validAgent + `, ` + validAgent + `]}`

// kinds are values of every kind that a field may turn into.
func kinds() []any {
	return []any{
		nil, true, false, 0, -1, 1.5, json.Number("1e400"), json.Number("99999999999999999999"), "", "text", "12", "true", "2026-01-05",
		[]any{},
		[]any{nil},
		[]any{1, "x", []any{}, map[string]any{}},
		map[string]any{},
		map[string]any{"id": "x"},
		map[string]any{"": nil},
	}
}

// mutate turns one random value in v into one of another kind, drops it, or adds
// one that nobody knows.
func mutate(random *rand.Rand, v any, chance float64) any {
	if random.Float64() < chance {
		all := kinds()
		return all[random.IntN(len(all))]
	}
	switch v := v.(type) {
	case map[string]any:
		changed := map[string]any{}
		for name, value := range v {
			if random.Float64() >= chance/4 {
				changed[name] = mutate(random, value, chance)
			}
		}
		if random.Float64() < chance {
			changed["unheard_of"] = kinds()[random.IntN(3)]
		}
		return changed
	case []any:
		var changed []any
		for _, value := range v {
			changed = append(changed, mutate(random, value, chance))
		}
		return changed
	}
	return v
}

// Whatever becomes of the fields of an answer, it is no error as long as the
// whole is what was promised, and what did not change is read.
func TestMutatedAnswersAreDecoded(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var agent, page map[string]any
	require.NoError(t, json.Unmarshal([]byte(validAgent), &agent))
	require.NoError(t, json.Unmarshal([]byte(validPage), &page))
	var body string
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) { return respond(r, http.StatusOK, body), nil }))
	fields := func(v map[string]any, chance float64) string {
		changed := map[string]any{}
		for name, value := range v {
			changed[name] = mutate(random, value, chance)
		}
		delete(changed, "next")
		text, err := json.Marshal(changed)
		require.NoError(t, err)
		return string(text)
	}
	for n := range 500 {
		chance := []float64{0.01, 0.1, 0.5}[n%3]
		body = fields(agent, chance)
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err, body)
		_, err = c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
		require.NoError(t, err, body)
		body = fields(page, chance)
		for _, list := range []func() error{
			func() error { _, err := c.PeriodicAgents.List(t.Context(), nil); return err },
			func() error { _, err := client.Collect(c.Mentors.All(t.Context(), nil), 10); return err },
			func() error { _, err := c.PinnedMessages.List(t.Context(), "s"); return err },
		} {
			err := list()
			if hasNullItem(t, body) {
				require.ErrorContains(t, err, "is null", body)
			} else {
				require.NoError(t, err, body)
			}
		}
		_, err = c.PeriodicAgents.Statistics(t.Context(), nil)
		require.NoError(t, err, body)
	}
}

func hasNullItem(t *testing.T, page string) bool {
	t.Helper()
	var decoded struct{ Results json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(page), &decoded))
	var items []json.RawMessage
	_ = json.Unmarshal(decoded.Results, &items) // which may be no list
	return slices.ContainsFunc(items, func(item json.RawMessage) bool { return string(item) == "null" })
}

// One field at a time: all others must be as they were.
func TestOneMutatedFieldCostsNoOther(t *testing.T) {
	t.Parallel()
	var valid map[string]any
	require.NoError(t, json.Unmarshal([]byte(validAgent), &valid))
	for name, was := range valid {
		for _, kind := range kinds() {
			valid[name] = kind
			text, err := json.Marshal(valid)
			require.NoError(t, err)
			agent := getAgent(t, string(text))
			if name != "title" {
				require.Equal(t, "Morning digest", agent.Title, "%s is %v", name, kind)
			}
			if name != "task" {
				require.Equal(t, "8", agent.Task.Crontab.Hour, "%s is %v", name, kind)
			}
			if name != "mentor" {
				require.Equal(t, "Library", agent.Mentor.MCPServers[0].Name, "%s is %v", name, kind)
			}
		}
		valid[name] = was
	}
}

// FuzzDecode answers with anything: never a panic, and an error or a result.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		validAgent, validPage, `[[` + validAgent + `]]`, `null`, ``, `{}`, `[]`, `"x"`, `{"count": 1e999}`, `{"id": "\ud800"}`, `[[[[[[`, `{"a":`, `{"results": [null, 7]}`,
		`{"mentor": [{}]}`, `[7, [8]]`, strings.Repeat("[", 20000), strings.Repeat(`{"mentor":`, 2000),
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 400)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		status = 200 + (status%400+400)%400
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return respond(r, status, string(body)), nil
		}), retries(1))
		agent, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.Equal(t, err == nil, agent != nil)
		if err != nil {
			require.NotEmpty(t, err.Error())
		}
		page, err := c.PeriodicAgents.List(t.Context(), nil)
		require.Equal(t, err == nil, page != nil)
		_, _ = c.PinnedMessages.List(t.Context(), "s")
		_, _ = c.PeriodicAgentLogs.Get(t.Context(), 1)
		_, _ = client.Collect(c.Mentors.All(t.Context(), nil, client.WithPrefetch(2)), 20)
		_ = c.PeriodicAgents.Delete(t.Context(), 1)
	})
}
