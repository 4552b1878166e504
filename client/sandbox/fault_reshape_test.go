package sandbox_test

import (
	"encoding/json"
	"math"
	"net/http"
	"reflect"
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
			MCPServers:        []client.MCPServer{{ID: 2, URL: "https://mcp.example.edu/", ExtraHeaders: api.NewSecret(`{"X-Key":"k"}`)}, {ID: 3, URL: "https://mcp.example.edu/"}},
			CallConfiguration: client.CallConfiguration{ID: 3, GoogleVoice: voice, OpenAIVoice: voice},
		}),
		sandbox.WithMentor("acme", client.Mentor{ID: 8}),
		sandbox.WithPeriodicAgent("acme", first),
		sandbox.WithPeriodicAgent("acme", titled("B")),
		sandbox.WithPeriodicAgent("acme", titled("C")),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, Messages: []client.ChatMessage{{
			Message:          json.RawMessage(`{"mode":1}`),
			ArtifactVersions: []client.ArtifactVersion{{ID: 6, Interface: client.ChatInterfaceChat}},
		}}}),
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
	sandbox.OperationPinnedMessagesList:       {http.MethodGet, "pin-message/", ""},
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
	assert.Len(t, enums, 13)
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
