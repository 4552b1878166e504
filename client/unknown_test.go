package client_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// modelTypes returns the types of all models in a response.
func modelTypes() map[reflect.Type]bool {
	types := map[reflect.Type]bool{}
	var add func(reflect.Type)
	add = func(of reflect.Type) {
		switch {
		case of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice:
			add(of.Elem())
		case of.Kind() == reflect.Struct && !types[of]:
			if _, ok := of.FieldByName("Unknown"); ok {
				types[of] = true
			}
			for field := range of.Fields() {
				add(field.Type)
			}
		}
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[client.Mentor](), reflect.TypeFor[client.PeriodicAgent](), reflect.TypeFor[client.PeriodicAgentLog](),
		reflect.TypeFor[client.PeriodicAgentStatistics](), reflect.TypeFor[client.Pin](), reflect.TypeFor[client.PinnedSession](),
	} {
		add(of)
	}
	return types
}

// anyJSON returns a value that a service could send for the type, with more
// fields than the type has. Secrets are masked already.
func anyJSON(t *testing.T, random *rand.Rand, of reflect.Type) any {
	t.Helper()
	texts := []string{"", "text", "naïve “text” 📚", "\"\\/\b\f\n\r\t\x00<>&\u2028", strings.Repeat("a long text. ", 20), "7", "true"}
	switch of {
	case reflect.TypeFor[api.Secret]():
		return []string{"", "***"}[random.IntN(2)]
	case reflect.TypeFor[client.Time]():
		return []any{nil, "soon", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.123456+01:00"}[random.IntN(4)]
	case reflect.TypeFor[json.RawMessage]():
		return unknownValues()[random.IntN(len(unknownValues()))]
	}
	switch of.Kind() {
	case reflect.Struct:
		object := map[string]any{}
		for field := range of.Fields() {
			if name := field.Tag.Get("json"); name != "-" {
				name, options, _ := strings.Cut(name, ",")
				if object[name] = anyJSON(t, random, field.Type); options == "omitempty" && object[name] == "" {
					delete(object, name)
				}
			}
		}
		for range random.IntN(4) {
			names := []string{"new", "new_too", "ID", "", "naïve \"name\"\n", "a name that is longer than those that are interned"}
			object[names[random.IntN(len(names))]] = unknownValues()[random.IntN(len(unknownValues()))]
		}
		return object
	case reflect.Slice:
		items := []any{}
		for range random.IntN(3) {
			items = append(items, anyJSON(t, random, of.Elem()))
		}
		return items
	case reflect.Pointer:
		if random.IntN(2) == 0 {
			return nil
		}
		return anyJSON(t, random, of.Elem())
	case reflect.String:
		return texts[random.IntN(len(texts))]
	case reflect.Int64:
		return random.Int64() - random.Int64()
	case reflect.Float64:
		return random.Float64()
	case reflect.Bool:
		return random.IntN(2) == 0
	default:
		require.FailNow(t, "the test has no value for the type", "%s", of)
		return nil
	}
}

func unknownValues() []any {
	return []any{
		nil, true, -1.5e-7, json.Number("12345678901234567890"), json.Number("1e400"), "text \u2028 📚",
		[]any{},
		map[string]any{},
		map[string]any{"a": []any{nil, 1, "x", map[string]any{"": false}}},
	}
}

func TestModelsAreEncodedAsTheyWereReceived(t *testing.T) {
	t.Parallel()
	types := modelTypes()
	assert.GreaterOrEqual(t, len(types), 15)
	random := rand.New(rand.NewPCG(1, 2))
	for of := range types {
		for range 200 {
			received, err := json.Marshal(anyJSON(t, random, of))
			require.NoError(t, err)
			model := reflect.New(of)
			require.NoError(t, json.Unmarshal(received, model.Interface()), "%s", received)
			again, err := json.Marshal(model.Elem().Interface())
			require.NoError(t, err)
			requireSameJSON(t, received, again, of)

			// The same through one more round.
			second := reflect.New(of)
			require.NoError(t, json.Unmarshal(again, second.Interface()))
			require.Equal(t, model.Interface(), second.Interface())
		}
	}
}

// requireSameJSON compares two texts, with their numbers as they are written. A
// time with an offset may be written with another one.
func requireSameJSON(t *testing.T, want, got []byte, of reflect.Type) {
	t.Helper()
	var values [2]any
	for i, text := range [][]byte{want, got} {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&values[i]))
	}
	require.Equal(t, values[0], values[1], "%s: %s", of, want)
}

// A value that doesn't fit its field is written again, too, and values that are
// not JSON become null.
func TestMisfitsAreEncodedAsTheyWereReceived(t *testing.T) {
	t.Parallel()
	const body = `{"id": 7, "title": ["a"], "previous_agent": 1e400, "task": "daily", "mentor": {"categories": [7, {"name": 8}], "flow": {"a": [NaN, -Infinity, "NaN"]}, "id": Infinity}}`
	agent := getAgent(t, body)
	assert.Equal(t, map[string]string{"id": "null", "categories": `[7, {"name": 8}]`}, unknown(agent.Mentor.Unknown))
	assert.Equal(t, `{"a": [null, null, "NaN"]}`, string(agent.Mentor.Flow))
	written, err := json.Marshal(agent)
	require.NoError(t, err)
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(written, &fields))
	assert.JSONEq(t, `["a"]`, string(fields["title"]))
	assert.Equal(t, "1e400", string(fields["previous_agent"]))
	assert.Equal(t, `"daily"`, string(fields["task"]))
	assert.Contains(t, string(fields["mentor"]), `"categories":[7,{"name":8}]`)
}

func TestModelsCanBeCompared(t *testing.T) {
	t.Parallel()
	read := func() client.PeriodicAgentLog {
		log, err := alwaysResponding(t, `{"id": 1, "content": "c", "created_at": "2026-01-05T09:00:00Z"}`).PeriodicAgentLogs.Get(t.Context(), 1)
		require.NoError(t, err)
		return *log
	}
	one, other := read(), read()
	assert.True(t, one == other)
	type fields client.PeriodicAgentLog
	assert.Equal(t, "c", fields(one).Content)
}

// The names of unknown fields are printed, and their values never.
func TestUnknownValuesAreNotPrinted(t *testing.T) {
	t.Parallel()
	const value = "a-credential-of-a-later-release"
	agent := getAgent(t, `{"id": 7, "api_token": "`+value+`", "task": {"headers": {"A": "`+value+`"}}, "mentor": {"mcp_servers": [{"passwords": ["`+value+`"], "max_tokens": 12}]}}`)
	page := client.Page[client.PeriodicAgent]{Results: []*client.PeriodicAgent{agent}, Unknown: agent.Unknown}
	for _, printed := range []any{agent, *agent, agent.Unknown, *agent.Unknown, &page, page, page.Results, agent.Mentor.MCPServers, struct{ Agent *client.PeriodicAgent }{agent}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			out := fmt.Sprintf(verb, printed)
			assert.NotContains(t, out, value, "%s of %T", verb, printed)
			assert.NotContains(t, out, fmt.Sprintf("%x", value), "%s of %T", verb, printed)
		}
		for _, newHandler := range []func(*bytes.Buffer) slog.Handler{
			func(out *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(out, nil) },
			func(out *bytes.Buffer) slog.Handler { return slog.NewTextHandler(out, nil) },
		} {
			var out bytes.Buffer
			slog.New(newHandler(&out)).Info("m", "v", printed)
			assert.NotContains(t, out.String(), value, "%T", printed)
		}
	}
	assert.Contains(t, fmt.Sprintf("%+v", *agent), "Unknown:[api_token]")
	written, err := json.Marshal(agent)
	require.NoError(t, err)
	assert.Contains(t, string(written), `"api_token":"***"`)
	assert.Contains(t, string(written), `"max_tokens":12`)
	written, err = json.Marshal(page)
	require.NoError(t, err)
	assert.NotContains(t, string(written), value)
	var again client.Page[client.PeriodicAgent]
	require.NoError(t, json.Unmarshal(written, &again))
	assert.EqualValues(t, 7, again.Results[0].ID)
	assert.Equal(t, []string{"api_token"}, again.Unknown.Names())
	token, _ := agent.Unknown.Get("api_token")
	assert.Equal(t, `"`+value+`"`, string(token))
}

// Of every model, whatever identifies it.
func TestUnknownValuesAreNotLogged(t *testing.T) {
	t.Parallel()
	const value = "a-credential-of-a-later-release"
	for of := range modelTypes() {
		model := reflect.New(of)
		require.NoError(t, json.Unmarshal([]byte(`{"new": "`+value+`"}`), model.Interface()))
		for _, printed := range []any{model.Interface(), model.Elem().Interface()} {
			var out bytes.Buffer
			slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", printed)
			assert.NotContains(t, out.String(), value, "%T", printed)
			assert.Contains(t, out.String(), `"v":`, "%T", printed)
		}
	}
}

// A secret may be deep in an unknown field, or in one that has another type in a
// later release.
func TestSecretsInUnknownFieldsAreMasked(t *testing.T) {
	t.Parallel()
	const value = "a-credential-of-a-later-release"
	for received, want := range map[string]string{
		`{"api_token": "V"}`:                            `{"api_token":"***"}`,
		`{"new": {"api_token": "V", "n": 1e400}}`:       `{"new":{"api_token":"***","n":1e400}}`,
		`{"new": [[{"a": [{"password": ["V"]}]}, ""]]}`: `{"new":[[{"a":[{"password":"***"}]},""]]}`,
		`{"new": {"headers": {"A": "V"}, "b": null}}`:   `{"new":{"headers":"***","b":null}}`,
		`{"new": {"\u0074oken": "V", "max_tokens": 9}}`: `{"new":{"token":"***","max_tokens":9}}`,
		`{"new": {"token": null, "tokens": false}}`:     `{"new":{"token":null,"tokens":false}}`,
		`{"new": {"token": 1, "token": "V"}}`:           `{"new":{"token":1,"token":"***"}}`,
		`{"minute": {"secret": "V"}}`:                   `{"minute":{"secret":"***"}}`,
	} {
		var schedule client.CrontabSchedule
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(received, "V", value)), &schedule))
		written, err := json.Marshal(schedule)
		require.NoError(t, err)
		assert.Equal(t, want, string(written))
	}
	agent := getAgent(t, `{"id": 7, "mentor": {"mcp_servers": {"credentials": "`+value+`"}}}`)
	written, err := json.Marshal(agent)
	require.NoError(t, err)
	assert.NotContains(t, string(written), value)
	assert.Contains(t, string(written), `"mcp_servers":{"credentials":"***"}`)

	// Values that a program sets.
	schedule := client.CrontabSchedule{Unknown: new(api.Fields)}
	schedule.Unknown.Set("token", json.RawMessage(" \""+value+"\" "))
	written, err = json.Marshal(schedule)
	require.NoError(t, err)
	assert.Equal(t, `{"token":"***"}`, string(written))
	for _, invalid := range []string{"", " ", "{", `{"a"}`, `"x" "y"`, "[1,]"} {
		schedule.Unknown.Set("token", json.RawMessage(invalid))
		_, err = json.Marshal(schedule)
		assert.ErrorContains(t, err, "token", invalid)
	}
}
