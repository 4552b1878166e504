package client_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// alwaysResponding returns a client whose every call gets the response body.
func alwaysResponding(t testing.TB, body string) *client.Client {
	t.Helper()
	return newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, body), nil
	}), retries(1))
}

func getAgent(t *testing.T, body string) *client.PeriodicAgent {
	t.Helper()
	agent, err := alwaysResponding(t, body).PeriodicAgents.Get(t.Context(), 7)
	require.NoError(t, err, body)
	return agent
}

func TestUnknownFieldsAndValuesAreKept(t *testing.T) {
	t.Parallel()
	agent := getAgent(t, `{"id": 7, "new_field": {"deep": [1, 2, {"x": null}]}, "previous_agent_status": "on_hold",
		"mentor": {"greeting_method": "sings", "call_configuration": {"mode": "telepathy", "tts_provider": "x"}, "mcp_servers": [{"transport": "pigeon", "auth_type": "handshake"}]}}`)
	assert.EqualValues(t, 7, agent.ID)
	assert.Equal(t, api.Status("on_hold"), agent.PreviousAgentStatus)
	assert.Equal(t, client.GreetingMethod("sings"), agent.Mentor.GreetingMethod)
	assert.Equal(t, client.CallConfigurationMode("telepathy"), agent.Mentor.CallConfiguration.Mode)
	assert.Equal(t, client.MCPTransport("pigeon"), agent.Mentor.MCPServers[0].Transport)
	value, ok := agent.Unknown.Get("new_field")
	assert.True(t, ok)
	assert.Equal(t, `{"deep": [1, 2, {"x": null}]}`, string(value))
	assert.Nil(t, agent.Mentor.Unknown)
}

func TestMissingFieldsAndNullsAreZero(t *testing.T) {
	t.Parallel()
	want := &client.PeriodicAgent{ID: 7}
	assert.Equal(t, want, getAgent(t, `{"id": 7}`))
	whole, err := json.Marshal(client.PeriodicAgent{Mentor: client.Mentor{Categories: []client.MentorCategory{{}}, MCPServers: []client.MCPServer{{}}}})
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(whole, &fields))
	for name := range fields {
		assert.Equal(t, want, getAgent(t, fmt.Sprintf(`{%q: null, "id": 7}`, name)), name)
	}
	mentor, ok := fields["mentor"].(map[string]any)
	require.True(t, ok)
	for name := range mentor {
		agent := getAgent(t, fmt.Sprintf(`{"id": 7, "mentor": {%q: null}}`, name))
		assert.EqualValues(t, 7, agent.ID)
	}
	agent := getAgent(t, `{"id": 7, "mentor": {"categories": [null], "mcp_servers": [null, {}], "types": null}, "task": {"crontab": null, "start_time": null}}`)
	assert.Len(t, agent.Mentor.MCPServers, 2)
	assert.Nil(t, agent.Task.StartTime)
}

func TestEmptyTextsForWhatIsNotSet(t *testing.T) {
	t.Parallel()
	agent := getAgent(t, `{"id": 7, "callback_url": "", "created_at": "", "previous_agent_status": "", "parent_mentor_id": "", "task": {"start_time": "", "enabled": "", "crontab": ""}, "mentor": {"recently_accessed_at": "", "mcp_servers": "", "last_accessed_by": ""}}`)
	assert.EqualValues(t, 7, agent.ID)
	assert.True(t, agent.CreatedAt.IsZero())
	assert.Empty(t, agent.CallbackURL)
	assert.Empty(t, agent.Mentor.MCPServers)
}

// One field of another type costs no more than itself.
func TestValuesOfAnotherType(t *testing.T) {
	t.Parallel()
	agent := getAgent(t, `{"id": "7", "title": 12, "description": true, "enabled": "true", "one_off": "False", "parent_mentor_id": "9", "previous_agent": 3.0,
		"callback_secret": 42, "created_at": 1767600000, "task": [], "mentor": {"id": "3", "name": null, "metadata": {"n": 12345678901234567890}, "categories": {"a": 1}, "is_featured": 1, "google_voice": "x"}}`)
	assert.EqualValues(t, 7, agent.ID)
	assert.Equal(t, "12", agent.Title)
	assert.True(t, agent.Enabled)
	assert.False(t, agent.OneOff)
	assert.Equal(t, new(int64(9)), agent.ParentMentorID)
	assert.Equal(t, new(int64(3)), agent.PreviousAgent)
	assert.Equal(t, api.NewSecret("42"), agent.CallbackSecret)
	assert.Equal(t, "1767600000", agent.CreatedAt.Text(), "what can't be read is kept")
	assert.EqualValues(t, 3, agent.Mentor.ID)
	assert.True(t, agent.Mentor.IsFeatured)
	assert.JSONEq(t, `{"n": 12345678901234567890}`, string(agent.Mentor.Metadata))
	assert.Empty(t, agent.Mentor.Categories)

	created, err := alwaysResponding(t, `{"id": 7, "title": ["a"], "mentor": {"mcp_servers": [{"credentials": "`+testCredentials+`"}]}}`).PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.NoError(t, err)
	assert.Empty(t, created.Title, "an array is no text")
	assert.Equal(t, testCredentials, created.Mentor.MCPServers[0].Credentials.Reveal(), "a release may answer with the whole mentor")
}

func TestIntegers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "12.0": 12, "1e3": 1000, "120e-1": 12, "-0.0": 0, `"12"`: 12, `" 12 "`: 12, `"12.0"`: 12,
	} {
		agent := getAgent(t, `{"id": `+text+`, "previous_agent": `+text+`}`)
		assert.Equal(t, want, agent.ID, text)
		assert.Equal(t, &want, agent.PreviousAgent, text)
		assert.Nil(t, agent.Unknown, text)
	}
}

// A value that doesn't fit is not lost. If it is the id, the response is not what
// was promised.
func TestValuesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"9223372036854775808", "-9223372036854775809", "1e300", "1e400", "1.5", "12.5e0", `"NaN"`, `"Inf"`, "true", "[]", "{}", `"0x10"`, `"1_0"`, `"12x"`, `"text"`} {
		agent := getAgent(t, `{"id": 7, "title": "T", "previous_agent": `+text+`, "task": {"id": `+text+`}}`)
		assert.Equal(t, "T", agent.Title)
		assert.Nil(t, agent.PreviousAgent, text)
		assert.Zero(t, agent.Task.ID, text)
		assert.Equal(t, map[string]string{"previous_agent": text}, unknown(agent.Unknown))
		assert.Equal(t, map[string]string{"id": text}, unknown(agent.Task.Unknown))

		_, err := alwaysResponding(t, `{"title": "T", "id": `+text+`}`).PeriodicAgents.Get(t.Context(), 7)
		requireNotPromised(t, err, "id ")
	}
	agent := getAgent(t, `{"id": 7, "title": ["a"], "enabled": 2, "one_off": "yes", "mentor": [1], "task": {"crontab": "daily"}, "callback_url": {}}`)
	assert.Equal(t, map[string]string{"title": `["a"]`, "enabled": "2", "one_off": `"yes"`, "mentor": "[1]", "callback_url": "{}"}, unknown(agent.Unknown))
	assert.Equal(t, map[string]string{"crontab": `"daily"`}, unknown(agent.Task.Unknown))
	agent = getAgent(t, `{"id": 7, "mentor": {"categories": [{"id": 1}, 7, {"id": 2}]}}`)
	assert.Len(t, agent.Mentor.Categories, 3)
	assert.Equal(t, map[string]string{"categories": `[{"id": 1}, 7, {"id": 2}]`}, unknown(agent.Mentor.Unknown), "a list with an item that doesn't fit")
}

// unknown returns the JSON of unknown fields by their names.
func unknown(fields *api.Fields) map[string]string {
	values := map[string]string{}
	for name, value := range fields.All() {
		values[name] = string(value)
	}
	return values
}

// requireNotPromised requires a DecodeError that names the place.
func requireNotPromised(t *testing.T, err error, place string) {
	t.Helper()
	failure, ok := errors.AsType[*client.DecodeError](err)
	require.True(t, ok, "%v", err)
	require.Truef(t, strings.HasPrefix(failure.Err.Error(), place), "%v does not begin with %q", failure.Err, place)
}

// Of several fields with one name the last counts. Nothing of the others is
// left.
func TestLastOfRepeatedFieldsCounts(t *testing.T) {
	t.Parallel()
	agent := getAgent(t, `{"id": 1, "id": 7, "title": "a", "title": [], "prompt": [], "prompt": "p", "x": 1, "x": 2, "previous_agent": 3, "previous_agent": null,
		"task": {"id": 1, "name": "n", "x": 1}, "task": {"enabled": true}, "mentor": {"categories": [{"id": 1}, {"id": 2, "name": "N"}]}, "mentor": {"categories": [{"name": "M"}]}}`)
	assert.Equal(t, map[string]string{"title": "[]", "x": "2"}, unknown(agent.Unknown))
	agent.Unknown = nil
	assert.Equal(t, &client.PeriodicAgent{
		ID: 7, Prompt: "p", Task: client.PeriodicTask{Enabled: true}, Mentor: client.Mentor{Categories: []client.MentorCategory{{Name: "M"}}},
	}, agent)
	_, err := alwaysResponding(t, `{"id": 1, "id": null}`).PeriodicAgents.Get(t.Context(), 7)
	requireNotPromised(t, err, "id ")
	page, err := alwaysResponding(t, `{"results": [{"id": 1}], "results": [{"id": 2}]}`).PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Results, 1)
	assert.EqualValues(t, 2, page.Results[0].ID)
}

func TestFieldOfAnItemDoesNotCostItsPage(t *testing.T) {
	t.Parallel()
	for _, item := range []string{`{"id": 2, "task": 7}`, `{"id": 2, "mentor": 5}`, `{"id": 2, "mentor": [1]}`, `{"id": 2, "mentor": {"categories": [7]}}`, `{"id": 2, "created_at": {"x": 1}}`} {
		page, err := alwaysResponding(t, `{"count": 3, "next": null, "results": [{"id": 1, "title": "A"}, `+item+`, {"id": 3, "title": "C"}]}`).PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err, item)
		require.Len(t, page.Results, 3, item)
		assert.Equal(t, "A", page.Results[0].Title)
		assert.Equal(t, "C", page.Results[2].Title)
	}
	for _, page := range []string{
		`{"count": "3", "results": [{"id": 1}]}`, `{"count": null, "next": 5, "results": [{"id": 1}]}`, `{"next": {}, "previous": [], "results": [{"id": 1}]}`,
		`[{"id": 1}]`, `[[{"id": 1}]]`, `[[[], {"id": 1}], []]`,
	} {
		got, err := alwaysResponding(t, page).PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err, page)
		require.Len(t, got.Results, 1, page)
		assert.EqualValues(t, 1, got.Results[0].ID, page)
	}
	got, err := alwaysResponding(t, `{"count": [], "results": [], "pages": 4}`).PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"count": "[]", "pages": "4"}, unknown(got.Unknown))
}

func TestBareListEndsTheBody(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]]`, `[] {}`, `[`, `[{"id": 1}`, `[{"id": 1},]`, `[[]`} {
		_, err := alwaysResponding(t, body).PeriodicAgents.List(t.Context(), nil)
		requireNotPromised(t, err, "")
	}
}

// Successful responses of maintenance pages and of other services.
func TestResponseThatWasNotPromised(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body         string
		object, page string // what the errors of an object and of a page begin with
	}{
		{body: `{"detail":"maintenance"}`, page: "results is missing"},
		{body: `{}`, page: "results is missing"},
		{body: `{"results":"x"}`, page: "results is a text instead of an array"},
		{body: `{"results":{"1":{"id":1}}}`, page: "results is an object instead of an array"},
		{body: `{"data":[{"id":1}],"total":1}`, page: "results is missing"},
		{body: `{"count":60,"next":null,"previous":null}`, page: "results is missing"},
		{body: `{"count":5,"next":null,"previous":null,"results":null}`, page: "results is null instead of an array"},
		{body: `{"count":2,"next":null,"previous":null,"results":[1,"x",null]}`, page: "results[0] is a number instead of an object"},
		{body: `{"count":2,"results":[{"id":1,"session_id":"s"},"x"]}`, page: "results[1] is a text instead of an object"},
		{body: `{"count":2,"results":[{"id":1,"session_id":"s"},null]}`, page: "results[1] is null instead of an object"},
		{body: `[null]`, object: "the body is an array", page: "[0] is null instead of an object"},
		{body: `[[[]],[[7]]]`, object: "the body is an array", page: "[1][0][0] is a number instead of an object"},
		{body: `null`, object: "the body is null", page: "the body is null"},
		{body: `"x"`, object: "the body is a text", page: "the body is a text"},
		{body: ``, object: "the body is empty", page: "the body is empty"},
		{body: `<html>`, object: "the body is not JSON after byte 0", page: "the body is not JSON after byte 0"},
		{body: `{"id":7`, object: "the body ends too early", page: "the body ends too early"},
	} {
		for _, op := range operations(t) {
			err := op.call(t.Context(), alwaysResponding(t, test.body))
			switch name := op.name; {
			case strings.HasPrefix(name, "Do"):
			case op.isDelete():
				refused := test.body == "<html>" || strings.HasPrefix(test.body, `{"detail"`)
				assert.Equal(t, refused, err != nil, "%s: %s", name, test.body)
			case strings.HasSuffix(name, ".List"), strings.HasSuffix(name, ".All"), strings.HasSuffix(name, ".Since"):
				requireNotPromised(t, err, test.page)
			case strings.HasSuffix(name, ".Statistics"):
				requireNotPromised(t, err, cmp.Or(test.object, "the body has none of total_tasks, succeeded_tasks, "))
			default:
				requireNotPromised(t, err, cmp.Or(test.object, "id is missing"))
			}
		}
	}
}

func TestDecodeErrorNamesThePlace(t *testing.T) {
	t.Parallel()
	items := strings.Repeat(`{"id": 1}, `, 17)
	c := alwaysResponding(t, `{"count": 18, "results": [`+items+`{"id": "x"}]}`)
	page, err := c.PeriodicAgentLogs.List(t.Context(), nil)
	requireNotPromised(t, err, "results[17].id is missing, null or of another type")
	assert.Nil(t, page)
	_, err = client.Collect(c.PeriodicAgentLogs.All(t.Context(), nil), 100)
	requireNotPromised(t, err, "results[17].id ")
	_, err = alwaysResponding(t, `{"id": 7, "mentor": {"mcp_servers": [{}, {"secret": "secret", "name": tru}]}}`).PeriodicAgents.Get(t.Context(), 7)
	requireNotPromised(t, err, "mentor.mcp_servers[1].name is not JSON after byte ")
	assert.NotContains(t, err.Error(), "secret")
	_, err = alwaysResponding(t, `{"total_tasks": null, "running_tasks": "0"}`).PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
}

// A program may store a model as JSON and read it again.
func TestModelsAreReadByEncodingJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]client.Mentor{
		`{"mentor": "u"}`: {UniqueID: "u"}, `{"mentor": 3}`: {ID: 3}, `{"mentor": {"id": 3, "name": "Coach"}}`: {ID: 3, Name: "Coach"}, `{"mentor": null}`: {},
	} {
		agent := client.PeriodicAgent{Title: "before"}
		require.NoError(t, json.Unmarshal([]byte(text), &agent), text)
		assert.Equal(t, client.PeriodicAgent{Mentor: want}, agent)
	}
	require.Error(t, json.Unmarshal([]byte(`[]`), &client.PeriodicAgent{}))
	require.Error(t, json.Unmarshal([]byte(`"agent"`), &client.PeriodicAgent{}))
	require.NoError(t, json.Unmarshal([]byte(`null`), &client.PeriodicAgent{}))
}

func TestBodyOfAnotherType(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `7`, `"x"`, `true`, `null`, ` null `, `[{"id": 7}]`} {
		c := alwaysResponding(t, body)
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.Error(t, err, body)
		_, err = c.PeriodicAgents.Statistics(t.Context(), nil)
		require.Error(t, err, body)
	}
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-01-05T09:00:00Z": at, "2026-01-05T09:00:00.000000Z": at, "2026-01-05T10:00:00+01:00": at, "2026-01-05T09:00:00": at,
		"2026-01-05 09:00:00": at, "2026-01-05 09:00:00+00:00": at, "2026-01-05T09:00:00.25": at.Add(250 * time.Millisecond), "2026-01-05T10:00:00+0100": at,
		"2026-01-05t09:00:00z": at, "2026-01-05T09:00": at, "2026-01-05": at.Add(-9 * time.Hour), " 2026-01-05T09:00:00Z ": at, "2026-01-05T09:00:00\\u005a": at,
	} {
		agent := getAgent(t, `{"id": 7, "created_at": "`+text+`", "task": {"start_time": "`+text+`"}}`)
		assert.True(t, want.Equal(agent.CreatedAt.Time), "%s is %s", text, agent.CreatedAt)
		assert.True(t, want.Equal(agent.Task.StartTime.Time), text)
	}
	for _, text := range []string{"soon", "05.01.2026", "2026-13-45T99:00:00Z", "1767603600", "0", "-", "2026-01-05T24:00:00Z", "infinity"} {
		agent := getAgent(t, `{"id": 7, "created_at": "`+text+`"}`)
		assert.EqualValues(t, 7, agent.ID)
		assert.True(t, agent.CreatedAt.IsZero(), text)
		assert.Equal(t, text, agent.CreatedAt.Text())
	}
}

// What a model wrote into a log may be no valid text, or no text at all.
func TestBrokenTextsAreRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id": 1, "content": "a\ud83db"}`:               "a\ufffdb",
		`{"id": 1, "content": "a\udd11b"}`:               "a\ufffdb",
		`{"id": 1, "content": "\ud83d\ud83d\udd11"}`:     "\ufffd\U0001f511",
		"{\"id\": 1, \"content\": \"a\xffb\"}":           "a\ufffdb",
		"{\"id\": 1, \"content\": \"\xe2\x82\"}":         "\ufffd\ufffd",
		`{"id": 1, "content": "x", "content": "twice"}`:  "twice",
		`{"id": 1, "content": "a\u0000b"}`:               "a\x00b",
		`{"id": 1, "content": 12}`:                       "12",
		`{"id": 1, "content": null}`:                     "",
		`{"id": 1, "content": "\"\\\/\b\f\n\r\t\u00e9"}`: "\"\\/\b\f\n\r\té",
	} {
		log, err := alwaysResponding(t, body).PeriodicAgentLogs.Get(t.Context(), 1)
		require.NoError(t, err, body)
		assert.Equal(t, &client.PeriodicAgentLog{ID: 1, Content: want}, log)
		page, err := alwaysResponding(t, `{"results": [`+body+`]}`).PeriodicAgentLogs.List(t.Context(), nil)
		require.NoError(t, err, body)
		assert.Equal(t, []*client.PeriodicAgentLog{log}, page.Results)
	}
	for _, body := range []string{`{"content": "a\x"}`, `{"content": "a`, "{\"content\": \"a\nb\"}"} {
		_, err := alwaysResponding(t, body).PeriodicAgentLogs.Get(t.Context(), 1)
		_, ok := errors.AsType[*client.DecodeError](err)
		assert.True(t, ok, "%s: %v", body, err)
	}
}

func TestPinsInTheirThreeShapes(t *testing.T) {
	t.Parallel()
	const whole = `{"session_id": "s", "mentor": {"id": 3, "name": "Coach", "unique_id": "u"}, "messages": [{"id": 99, "message": {"type": "human", "big": 12345678901234567890}}]}`
	const bare = `{"session_id": "s", "mentor": "u", "messages": []}`
	for name, body := range map[string]string{
		"a list": `[` + whole + `]`, "a list in a list": `[[` + whole + `]]`, "a page": `{"count": 1, "next": null, "previous": null, "results": [` + whole + `]}`,
		"a list with bare mentors": `[` + bare + `]`, "a list in a list with bare mentors": `[[` + bare + `]]`, "a page with bare mentors": `{"count": 1, "results": [` + bare + `]}`,
		"a page of a list": `{"count": 1, "results": [` + whole + `], "extra": []}`,
	} {
		page, err := alwaysResponding(t, body).PinnedMessages.List(t.Context(), "s")
		require.NoError(t, err, name)
		require.Len(t, page.Results, 1, name)
		assert.EqualValues(t, 1, page.Count, name)
		assert.Equal(t, "s", page.Results[0].SessionID, name)
		assert.Equal(t, "u", page.Results[0].Mentor.UniqueID, name)
	}
	for _, body := range []string{`[]`, `[[]]`, `{"count": 0, "results": []}`} {
		page, err := alwaysResponding(t, body).PinnedMessages.List(t.Context(), "s")
		require.NoError(t, err, body)
		assert.Empty(t, page.Results)
		assert.Zero(t, page.Count)
	}
	page, err := alwaysResponding(t, `[`+whole+`]`).PinnedMessages.List(t.Context(), "s")
	require.NoError(t, err)
	assert.Contains(t, string(page.Results[0].Messages[0].Message), "12345678901234567890")
}

// Releases before 4 have mentors without id, types and subjects, and another
// name for an MCP server's headers.
func TestOlderReleases(t *testing.T) {
	t.Parallel()
	var response client.Response
	c := alwaysResponding(t, `{"id": 7, "mentor": {"name": "Coach", "unique_id": "u", "mcp_servers": [{"id": 1, "name": "Library", "headers": {"X-Key": "k"}}]}}`)
	agent, err := c.PeriodicAgents.Get(t.Context(), 7, client.WithResponse(&response))
	require.NoError(t, err)
	assert.Zero(t, agent.Mentor.ID)
	assert.Nil(t, agent.Mentor.Types)
	assert.Nil(t, agent.Mentor.Subjects)
	assert.Equal(t, "Library", agent.Mentor.MCPServers[0].Name)

	created, err := alwaysResponding(t, `{"id": 7, "mentor": 12, "title": "T"}`).PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.NoError(t, err)
	assert.Equal(t, client.Mentor{ID: 12}, created.Mentor, "a mentor's number")
}

func TestRawAnswerBesideTheTypedOne(t *testing.T) {
	t.Parallel()
	const body = ` {"new": 12345678901234567890, "title": 5, "id": 7, "session_id": "s", "total_tasks": 1, "results": []} `
	for _, op := range operations(t) {
		var response client.Response
		require.NoError(t, op.call(t.Context(), alwaysResponding(t, body), client.WithResponse(&response)), op.name)
		assert.Equal(t, http.StatusOK, response.StatusCode)
		assert.Equal(t, "application/json", response.Header.Get("Content-Type"))
		assert.Equal(t, body, string(response.Body), op.name)
		assert.Equal(t, 1, response.Attempts)
	}
	var response client.Response
	_, err := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusNotFound, `{"detail": "Not found."}`), nil
	})).PeriodicAgents.Get(t.Context(), 1, client.WithResponse(&response))
	require.ErrorIs(t, err, client.ErrNotFound)
	assert.JSONEq(t, `{"detail": "Not found."}`, string(response.Body), "an error's answer, too")

	page := "<html>" + strings.Repeat("x", 10_000) + "</html>"
	_, err = alwaysResponding(t, page).PeriodicAgents.Get(t.Context(), 1, client.WithResponse(&response))
	require.Error(t, err)
	assert.Len(t, response.Body, len(page), "and the whole of what could not be decoded")
}

// What was decoded is the caller's, whatever is decoded after it: nothing of it
// lies in a buffer that is used again.
func TestDecodedValuesAreNotOverwritten(t *testing.T) {
	t.Parallel()
	var running sync.WaitGroup
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		id := strings.TrimSuffix(r.URL.Path[strings.Index(r.URL.Path, "agents/")+len("agents/"):], "/")
		return respond(r, http.StatusOK, fmt.Sprintf(`{"id": %q, "title": "agent %s", "mentor": {"metadata": {"of": "agent %s"}}}`, id, id, id)), nil
	}))
	for worker := range int64(8) {
		running.Go(func() {
			var all []*client.PeriodicAgent
			for n := range int64(50) {
				agent, err := c.PeriodicAgents.Get(t.Context(), 1+worker*1000+n)
				if assert.NoError(t, err) {
					all = append(all, agent)
				}
			}
			for n, agent := range all {
				want := fmt.Sprintf("agent %d", 1+worker*1000+int64(n))
				assert.Equal(t, want, agent.Title)
				assert.JSONEq(t, `{"of": "`+want+`"}`, string(agent.Mentor.Metadata))
			}
		})
	}
	running.Wait()
}

// A DELETE is not confirmed by a proxy's response. Other bodies don't matter.
func TestBodyOfDelete(t *testing.T) {
	t.Parallel()
	for body, expected := range map[string]string{
		"": "", " \n": "", "{}": "", "null": "", `{"id": 7}`: "", "[]": "", `{"detail": `: "", "deleted": "",
		`{"detail": "maintenance"}`:        "the body has a detail",
		"\ufeff{\"detail\": \"disabled\"}": "the body has a detail",
		"<html>":                           "the body is a page of HTML",
	} {
		c := alwaysResponding(t, body)
		for _, err := range []error{c.PeriodicAgents.Delete(t.Context(), 7), c.PinnedMessages.Delete(t.Context(), "s")} {
			if expected == "" {
				require.NoError(t, err, body)
				continue
			}
			requireNotPromised(t, err, expected)
			failure, _ := errors.AsType[*client.DecodeError](err)
			assert.Equal(t, client.OutcomeMaybeDone, failure.Outcome)
		}
	}
}
