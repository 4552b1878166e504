package sandbox_test

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newCompleteServer returns a server whose responses have a value in every field.
func newCompleteServer(t *testing.T, opts ...sandbox.Option) *sandbox.Server {
	t.Helper()
	first := titled(`A "title" & <b> é ` + "\u2028")
	first.ParentMentorID = client.Value[int64](math.MaxInt64)
	voice := client.Voice{ID: 4, Name: "A", Provider: client.VoiceProviderGoogle}
	server := newTestServer(t, append(opts,
		sandbox.WithPageSize(1, 100),
		sandbox.WithMentor("acme", client.Mentor{
			ID: 7, UniqueID: coach, Name: "Coach",
			Flow:              json.RawMessage(`{"status":"mine","nodes":[{"mode":"x"},1.50,12345678901234567890,"<\u00e9"]}`),
			Metadata:          json.RawMessage(`{"extra_headers":{}}`),
			Categories:        []client.MentorCategory{{ID: 1, Name: "Writing", Audiences: []client.MentorAudience{{ID: 3, Name: "All"}}}},
			Types:             []client.MentorType{{ID: 2}},
			Subjects:          []client.Subject{{ID: 5}},
			MCPServers:        []client.MCPServer{{ID: 2, URL: "https://mcp.example.edu/", ExtraHeaders: api.NewSecret(`{"X-Key":"k"}`)}, {ID: 3}},
			CallConfiguration: client.CallConfiguration{ID: 3, GoogleVoice: voice, OpenAIVoice: voice},
		}),
		sandbox.WithMentor("acme", client.Mentor{ID: 8}),
		sandbox.WithPeriodicAgent("acme", first),
		sandbox.WithPeriodicAgent("acme", titled("B")),
		sandbox.WithPeriodicAgent("acme", titled("C")),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, Messages: []client.ChatMessage{{Message: json.RawMessage(`{"mode":1}`)}}}),
	)...)
	runNow(t, server, 1, sandbox.Outcome{})
	send(t, server, http.MethodPost, "pin-message/", `{"session_id":"`+session+`"}`)
	return server
}

// everything has a request for each operation that responds with JSON, by its id,
// and some invalid requests.
var everything = map[sandbox.OperationID]struct{ method, target, body string }{
	sandbox.OperationMentorsList:              {http.MethodGet, "", ""},
	listAgents:                                {http.MethodGet, "periodic-agents/?page=2", ""},
	createAgent:                               {http.MethodPost, "periodic-agents/", newAgentBody},
	retrieveAgent:                             {http.MethodGet, "periodic-agents/1/", ""},
	sandbox.OperationPeriodicAgentsReplace:    {http.MethodPut, "periodic-agents/1/", newAgentBody},
	sandbox.OperationPeriodicAgentsUpdate:     {http.MethodPatch, "periodic-agents/1/", `{}`},
	sandbox.OperationPeriodicAgentsStatistics: {http.MethodGet, "periodic-agents/statistics/", ""},
	sandbox.OperationPeriodicAgentLogsList:    {http.MethodGet, "periodic-agent-logs/", ""},
	sandbox.OperationPeriodicAgentLogsGet:     {http.MethodGet, "periodic-agent-logs/1/", ""},
	sandbox.OperationPinnedMessagesList:       {http.MethodGet, "pin-message/?session_id=" + session, ""},
	sandbox.OperationPinnedMessagesCreate:     {http.MethodPost, "pin-message/", `{"session_id":"` + session + `"}`},
	"a validation error":                      {http.MethodPatch, "periodic-agents/1/", `{"previous_agent_status":"x","title":""}`},
	"a filter's error":                        {http.MethodGet, "periodic-agent-logs/?status=x", ""},
	"what is not there":                       {http.MethodGet, "periodic-agents/99/", ""},
	"metadata":                                {http.MethodOptions, "periodic-agents/", ""},
	"no JSON":                                 {http.MethodGet, "/nowhere", ""},
}

// ask sends a request to a new server. It is not recorded for the contract tests,
// since the responses violate the contract.
func ask(t *testing.T, name sandbox.OperationID, faults ...sandbox.Fault) httpResponse {
	t.Helper()
	server := newCompleteServer(t)
	setFaults(t, server, faults...)
	request := everything[name]
	target := request.target
	if !strings.HasPrefix(target, "/") {
		target = userPath + target
	}
	got, err := try(t, plainClient(), server.URL, request.method, target, request.body)
	require.NoError(t, err)
	got.body = strings.ReplaceAll(got.body, server.URL, "http://sandbox")
	return got
}

// modelFields returns the names of the models' fields with enum values, and of
// those with free-form JSON.
func modelFields() (enums, free map[string]bool) {
	enums, free = map[string]bool{}, map[string]bool{}
	var collect func(in reflect.Type)
	collect = func(in reflect.Type) {
		for field := range in.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			of := field.Type
			if of == reflect.TypeFor[json.RawMessage]() || of == reflect.TypeFor[api.Secret]() { // which can be free-form JSON too
				free[name] = true
				continue
			}
			for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
				of = of.Elem()
			}
			switch {
			case of.Kind() == reflect.String && of != reflect.TypeFor[string]():
				enums[name] = true
			case of.Kind() == reflect.Struct && of != reflect.TypeFor[client.Time]():
				collect(of)
			}
		}
	}
	for _, model := range []any{client.PeriodicAgent{}, client.PeriodicAgentLog{}, client.PinnedSession{}, client.Pin{}} {
		collect(reflect.TypeOf(model))
	}
	return enums, free
}

// visitObjects calls f with each object in value, except in free-form JSON.
func visitObjects(value any, f func(object map[string]any)) {
	_, free := modelFields()
	free["field_of_a_later_release"] = true
	var visit func(value any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for name, field := range value {
				if !free[name] {
					visit(field)
				}
			}
			f(value)
		case []any:
			for _, item := range value {
				visit(item)
			}
		}
	}
	visit(value)
}

func decode(t *testing.T, text string) (value any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&value), text)
	return value
}

func TestRequestsCoverAllOperations(t *testing.T) {
	t.Parallel()
	for _, operation := range sandbox.Operations() {
		if operation.Method != http.MethodDelete {
			assert.Contains(t, everything, sandbox.OperationID(operation.ID))
		}
	}
}

func TestFaultUnknownFields(t *testing.T) {
	t.Parallel()
	const unknown = "field_of_a_later_release"
	for name := range everything {
		want, got := ask(t, name), ask(t, name, sandbox.Fault{Effect: sandbox.RequestEffect{UnknownFields: true}})
		assert.Equal(t, want.status, got.status, name)
		if name == "no JSON" {
			assert.Equal(t, want.body, got.body)
			continue
		}
		assert.NotEqual(t, want.body, got.body, name)
		value := decode(t, got.body)
		visitObjects(value, func(object map[string]any) {
			assert.Contains(t, object, unknown, name)
			delete(object, unknown)
		})
		assert.Equal(t, decode(t, want.body), value, name)
		assert.NotContains(t, got.body, "{,", name)
	}
}

func TestFaultUnknownEnums(t *testing.T) {
	t.Parallel()
	const unknown = "value_of_a_later_release"
	enums, _ := modelFields()
	assert.Len(t, enums, 10)
	seen := map[string]bool{}
	for name := range everything {
		want, got := ask(t, name), ask(t, name, sandbox.Fault{Effect: sandbox.RequestEffect{UnknownEnums: true}})
		if name == "no JSON" {
			continue
		}
		before, after := decode(t, want.body), decode(t, got.body)
		for _, value := range []any{before, after} {
			visitObjects(value, func(object map[string]any) {
				for enum := range enums {
					if text, isText := object[enum].(string); isText {
						seen[enum] = seen[enum] || text == unknown
						object[enum] = unknown
					}
				}
			})
		}
		assert.Equal(t, before, after, name)
	}
	assert.Equal(t, enums, seen)
}

func TestFaultLinkHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"http://internal:8000", "https://a.example"} {
		for name := range everything {
			want, got := ask(t, name), ask(t, name, sandbox.Fault{Effect: sandbox.RequestEffect{LinkOrigin: host}})
			want.body = strings.ReplaceAll(want.body, `"http://sandbox/`, `"`+host+`/`)
			assert.Equal(t, want.body, got.body, "%s: nothing else changes, byte for byte", name)
			if name == listAgents {
				page := got.fields(t)
				assert.Equal(t, host+userPath+"periodic-agents/?page=3", page["next"])
				assert.Equal(t, host+userPath+"periodic-agents/", page["previous"])
			}
		}
	}
}

// olderFields are the fields of an agent of release 3.59.0.
const olderFields = `
	id mentor mentor.name mentor.unique_id mentor.flow mentor.slug mentor.platform mentor.allow_anonymous mentor.metadata
	mentor.enable_moderation mentor.enable_post_processing_system mentor.enable_openai_assistant
	mentor.enable_total_grounding mentor.enable_suggested_prompts mentor.enable_guided_prompts
	mentor.guided_prompt_instructions mentor.google_voice mentor.openai_voice mentor.categories
	mentor.categories.description mentor.categories.category_group mentor.categories.audience mentor.categories.audiences
	mentor.proactive_prompt mentor.moderation_system_prompt mentor.post_processing_prompt mentor.moderation_response
	mentor.safety_system_prompt mentor.safety_response mentor.enable_safety_system mentor.proactive_response
	mentor.greeting_method mentor.call_configuration mentor.call_configuration.mode
	mentor.call_configuration.tts_provider mentor.call_configuration.stt_provider mentor.call_configuration.llm_provider
	mentor.call_configuration.use_function_calling_for_rag mentor.call_configuration.openai_voice_id
	mentor.call_configuration.google_voice_id mentor.call_configuration.enable_video
	mentor.call_configuration.platform_key mentor.mcp_servers mentor.mcp_servers.url mentor.mcp_servers.transport
	mentor.mcp_servers.headers mentor.mcp_servers.created_at mentor.mcp_servers.updated_at mentor.last_accessed_by
	mentor.recently_accessed_at mentor.created_by title username prompt task task.name task.crontab task.crontab.minute
	task.crontab.hour task.crontab.day_of_week task.crontab.day_of_month task.crontab.month_of_year task.one_off
	task.start_time task.enabled modified_at enabled one_off pathway callback_url callback_secret parent_session_id
	parent_mentor_id previous_agent previous_agent_status previous_agent_output`

// paths adds the paths of the fields in value to all.
func paths(value any, path string, all map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			at := strings.TrimPrefix(path+"."+name, ".")
			all[at] = true
			if !slices.Contains([]string{"flow", "metadata", "headers", "audience", "audiences"}, name) {
				paths(field, at, all)
			}
		}
	case []any:
		for _, item := range value {
			paths(item, path, all)
		}
	}
}

func TestFaultOlderRelease(t *testing.T) {
	t.Parallel()
	agent, written, mentor := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for field := range strings.FieldsSeq(olderFields) {
		agent[field] = true
		if below, ok := strings.CutPrefix(field, "mentor."); ok {
			mentor[below] = true
		} else {
			written[field] = true
		}
	}
	older := func(name sandbox.OperationID) httpResponse {
		return ask(t, name, sandbox.Fault{Effect: sandbox.RequestEffect{OlderRelease: true}})
	}
	first := func(list any) any {
		items, ok := list.([]any)
		require.True(t, ok)
		return items[0]
	}
	for name, test := range map[sandbox.OperationID]struct {
		want map[string]bool
		of   func(a httpResponse) any
	}{
		retrieveAgent:                          {agent, func(a httpResponse) any { return a.fields(t) }},
		listAgents:                             {agent, func(a httpResponse) any { return first(a.fields(t)["results"]) }},
		createAgent:                            {written, func(a httpResponse) any { return a.fields(t) }},
		sandbox.OperationPeriodicAgentsReplace: {written, func(a httpResponse) any { return a.fields(t) }},
		sandbox.OperationPeriodicAgentsUpdate:  {written, func(a httpResponse) any { return a.fields(t) }},
		sandbox.OperationMentorsList:           {mentor, func(a httpResponse) any { return first(a.fields(t)["results"]) }},
		sandbox.OperationPinnedMessagesList: {mentor, func(a httpResponse) any {
			session, ok := first(decode(t, a.body)).(map[string]any)
			require.True(t, ok)
			assert.Contains(t, session, "messages")
			return session["mentor"]
		}},
	} {
		got := map[string]bool{}
		paths(test.of(older(name)), "", got)
		assert.Equal(t, test.want, got, name)
	}
	// Operations that release 3.59.0 doesn't document and error responses stay as they
	// are.
	for _, name := range []sandbox.OperationID{
		sandbox.OperationPeriodicAgentsStatistics, sandbox.OperationPeriodicAgentLogsList,
		sandbox.OperationPeriodicAgentLogsGet, sandbox.OperationPinnedMessagesCreate,
		"a validation error", "a filter's error", "what is not there", "metadata", "no JSON",
	} {
		assert.Equal(t, ask(t, name).body, older(name).body, name)
	}

	page := older(listAgents).fields(t)
	assert.InDelta(t, 3, page["count"], 0)
	mentors, ok := decode(t, older(sandbox.OperationMentorsList).body).(map[string]any)
	require.True(t, ok)
	servers, ok := first(mentors["results"]).(map[string]any)["mcp_servers"].([]any)
	require.True(t, ok)
	assert.Equal(t, map[string]any{"X-Key": "k"}, servers[0].(map[string]any)["headers"])
	assert.Equal(t, "https://mcp.example.edu/", servers[0].(map[string]any)["url"])
}

func TestOlderReleaseAcceptsMentorIDs(t *testing.T) {
	t.Parallel()
	server := newCompleteServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{OlderRelease: true}}))
	other := server.Mentors("acme")[1].UniqueID
	ask := func(method, target, body, contentType string) httpResponse {
		t.Helper()
		request := newRequest(method, userPath+target, "")
		request.Header.Set("Content-Type", contentType)
		request.Body = io.NopCloser(strings.NewReader(body))
		recorder := record(server.Sandbox, request)
		return httpResponse{recorder.Code, recorder.Header(), recorder.Body.String()}
	}
	const jsonType, formType = "application/json", "application/x-www-form-urlencoded"
	for _, test := range []struct{ method, target, body, contentType, mentor string }{
		{http.MethodPost, "periodic-agents/", `{"mentor":8,"title":"t","task":{"crontab":{}}}`, jsonType, other},
		{http.MethodPut, "periodic-agents/2/", `{"mentor":"7","title":"t","task":{"crontab":{}}}`, jsonType, coach},
		{http.MethodPatch, "periodic-agents/2/", `{"mentor":8}`, jsonType, other},
		{http.MethodPatch, "periodic-agents/2/", `mentor=7`, formType, coach},
		{http.MethodPatch, "periodic-agents/2/", `{"mentor":"` + other + `"}`, jsonType, other},
		{http.MethodPatch, "periodic-agents/2/", `{}`, jsonType, other},
	} {
		got := ask(test.method, test.target, test.body, test.contentType)
		require.Less(t, got.status, 300, got.body)
		assert.Equal(t, test.mentor, got.fields(t)["mentor"], test.body)
	}
	for body, want := range map[string]string{
		`{"mentor":9}`:      `{"mentor":["Object with unique_id=9 does not exist."]}`,
		`{"mentor":"nope"}`: `{"mentor":["“nope” is not a valid UUID."]}`,
		`{"mentor":null}`:   `{"mentor":["This field may not be null."]}`,
		`[8]`:               `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`,
		`{`:                 `{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}`,
	} {
		assert.Equal(t, want, ask(http.MethodPatch, "periodic-agents/2/", body, jsonType).body)
	}
	setFaults(t, server)
	assert.Equal(t, http.StatusBadRequest, send(t, server, http.MethodPatch, "periodic-agents/2/", `{"mentor":8}`).status)
}
