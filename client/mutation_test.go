package client_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
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

// kinds returns values of every JSON type.
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

// mutate replaces random values in v by values of another type, removes some,
// and adds unknown fields.
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
			changed["unknown"] = kinds()[random.IntN(3)]
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

// Fields of unexpected types are no error, and don't affect the other fields.
func TestMutatedResponsesAreDecoded(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	agent, page := parsed(t, validAgent), parsed(t, validPage)
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
	var wantAgent, wantMentor any // as JSON, of the valid agent
	for n := range 250 {
		chance := []float64{0.01, 0.1, 0.5}[n%3]
		if body = validAgent; n > 0 {
			body = fields(agent, chance)
		}
		got, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.Equal(t, hasID(parsed(t, body)), err == nil, "%v: %s", err, body)
		created, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
		require.Equal(t, hasID(parsed(t, body)), err == nil, "%v: %s", err, body)
		require.Equal(t, got, created)
		if n == 0 {
			wantAgent, wantMentor = asJSON(t, got), asJSON(t, got.Mentor)
			require.NotEqual(t, wantAgent, asJSON(t, client.PeriodicAgent{}))
		}
		if err == nil {
			requireUnchangedIsRead(t, body, agent, parsed(t, body), wantAgent, asJSON(t, got))
		}

		body = fields(page, chance)
		changed := parsed(t, body)
		agents, err := c.PeriodicAgents.List(t.Context(), nil)
		_, mentorsErr := c.Mentors.List(t.Context(), nil)
		_, pinsErr := c.PinnedMessages.List(t.Context(), "s")
		items, isList := changed["results"].([]any)
		require.Equal(t, isList && all(items, hasID), err == nil, "%v: %s", err, body)
		require.Equal(t, isList && all(items, isObject), mentorsErr == nil, "%v: %s", mentorsErr, body)
		require.Equal(t, isList && len(items) == 0, pinsErr == nil, "%v: %s", pinsErr, body)
		if err == nil {
			require.Len(t, agents.Results, len(items), body)
			for i, item := range items {
				requireUnchangedIsRead(t, body, agent, item, wantAgent, asJSON(t, agents.Results[i]))
			}
		}
		_, err = c.PeriodicAgents.Statistics(t.Context(), nil)
		require.ErrorContains(t, err, "total_tasks", body)

		mentor, ok := agent["mentor"].(map[string]any)
		require.True(t, ok)
		item := fields(mentor, chance)
		body = `{"count": 1, "results": [` + item + `]}`
		mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 10)
		require.NoError(t, err, body)
		require.Len(t, mentors, 1, body)
		requireUnchangedIsRead(t, body, mentor, parsed(t, item), wantMentor, asJSON(t, mentors[0]))
	}
}

// requireUnchangedIsRead requires of every value that is the same in valid and
// in changed that it is the same in want and in got, which were decoded from
// them.
func requireUnchangedIsRead(t *testing.T, body string, valid, changed, want, got any) {
	t.Helper()
	if reflect.DeepEqual(valid, changed) {
		require.Equal(t, want, got, body)
		return
	}
	switch valid := valid.(type) {
	case map[string]any:
		changed, isObject := changed.(map[string]any)
		want, isRead := want.(map[string]any)
		if !isObject || !isRead { // a secret holds it as text
			return
		}
		got, ok := got.(map[string]any)
		require.True(t, ok, body)
		for name, value := range valid {
			if now, ok := changed[name]; ok {
				requireUnchangedIsRead(t, body, value, now, want[name], got[name])
			}
		}
	case []any:
		changed, ok := changed.([]any)
		if !ok || len(changed) != len(valid) {
			return
		}
		want, ok := want.([]any)
		require.True(t, ok, body)
		got, ok := got.([]any)
		require.True(t, ok, body)
		for i := range valid {
			requireUnchangedIsRead(t, body, valid[i], changed[i], want[i], got[i])
		}
	}
}

// asJSON returns what encoding/json makes of a model.
func asJSON(t *testing.T, model any) any {
	t.Helper()
	text, err := json.Marshal(model)
	require.NoError(t, err)
	return parsed(t, string(text))
}

// parsed returns an object with its numbers as they are written.
func parsed(t *testing.T, body string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var v map[string]any
	require.NoError(t, decoder.Decode(&v))
	return v
}

func all(items []any, is func(any) bool) bool {
	return !slices.ContainsFunc(items, func(item any) bool { return !is(item) })
}

func isObject(item any) bool {
	_, ok := item.(map[string]any)
	return ok
}

// hasID reports whether item is an object whose id is an integer, maybe in a
// string.
func hasID(item any) bool {
	object, _ := item.(map[string]any)
	_, err := strconv.ParseInt(fmt.Sprint(object["id"]), 10, 64)
	return err == nil
}

// A field of an unexpected type does not affect the other fields.
func TestMutatedFieldAffectsNoOther(t *testing.T) {
	t.Parallel()
	var valid map[string]any
	require.NoError(t, json.Unmarshal([]byte(validAgent), &valid))
	for name, was := range valid {
		for _, kind := range kinds() {
			valid[name] = kind
			text, err := json.Marshal(valid)
			require.NoError(t, err)
			if name == "id" && !hasID(parsed(t, string(text))) {
				continue
			}
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

// FuzzDecode decodes arbitrary responses: the result is a value or an error,
// never a panic.
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
