package sandbox_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestDefaultMentor(t *testing.T) {
	t.Parallel()
	server := newServer(t, withTestClock())
	mentors := server.Mentors("acme")
	require.Len(t, mentors, 1)
	at := client.Time{Time: start}
	assert.Equal(t, &client.Mentor{
		ID: 1, Name: "Study coach", UniqueID: coach, Slug: "mentor-1", Platform: "acme",
		GreetingMethod: client.GreetingMethodProactiveResponse, StarterPrompts: client.StarterPromptsGuidedPrompt,
		Categories: []client.MentorCategory{}, Types: []client.MentorType{}, Subjects: []client.Subject{}, MCPServers: []client.MCPServer{},
		CreatedAt: &at, UpdatedAt: &at,
	}, mentors[0])
	assert.Nil(t, server.Mentors("nowhere"))
	page, err := newClient(t, server).Mentors.List(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Results, 1)
	got := page.Results[0]
	got.Flow, got.Metadata, got.EmbedIconSelectionData = nil, nil, nil // null in the response
	assert.Equal(t, mentors[0], got)
}

func TestMentorResponse(t *testing.T) {
	t.Parallel()
	accessed := client.Time{Time: start.Add(time.Millisecond)}
	server := newTestServer(t, sandbox.WithMentor("acme", client.Mentor{
		ID: 5, Name: "Coach <1>", UniqueID: "497F6ECA62764993BFEB53CBBBBA6F08",
		Metadata:           json.RawMessage(`{"level": 1}`),
		Categories:         []client.MentorCategory{{ID: 1, Name: "Writing"}},
		MCPServers:         []client.MCPServer{{ID: 2, Name: "Catalogue", URL: "https://mcp.example.edu/", Credentials: api.NewSecret("s3cret")}},
		CallConfiguration:  client.CallConfiguration{ID: 3, GoogleVoice: client.Voice{ID: 4, Name: "A", Provider: client.VoiceProviderGoogle}},
		RecentlyAccessedAt: &accessed,
	}))
	results, ok := get(t, server, "").fields(t)["results"].([]any)
	require.True(t, ok)
	require.Len(t, results, 1)
	mentor, ok := results[0].(map[string]any)
	require.True(t, ok)
	for name, want := range map[string]string{
		"id":                   `5`,
		"name":                 `"Coach <1>"`,
		"unique_id":            `"` + coach + `"`,
		"slug":                 `"mentor-5"`,
		"platform":             `"acme"`,
		"flow":                 `null`,
		"metadata":             `{"level":1}`,
		"types":                `[]`,
		"subjects":             `[]`,
		"categories":           `[{"id":1,"name":"Writing","description":null,"category_group":null,"audience":{"id":0,"name":"","description":null},"audiences":[]}]`,
		"greeting_method":      `"proactive_response"`,
		"recently_accessed_at": `"2026-01-05T09:00:00.001000Z"`,
		"created_at":           `"2026-01-05T09:00:00Z"`,
		"created_by":           `null`,
		"call_configuration": `{"id":3,"mentor":"` + coach + `","mode":"realtime","tts_provider":"openai","stt_provider":"openai","llm_provider":"openai",
			"language":"","screensharing_system_prompt":"","screensharing_proactive_prompt":"",
			"use_function_calling_for_rag":false,"openai_voice_id":null,"google_voice_id":null,"enable_video":false,"platform_key":"acme",
			"google_voice":{"id":4,"name":"A","provider":"google","language":"","description":"","audio_url":""}}`,
		"mcp_servers": `[{"id":2,"platform":0,"name":"Catalogue","description":"","url":"https://mcp.example.edu/","image":null,"transport":"sse","credentials":"s3cret",
			"extra_headers":{},"mentor":null,"owner":null,"auth_scope":"platform","oauth_service":null,"mcp_server_connections":"","platform_key":"acme","is_featured":false,"auth_type":"none","is_enabled":false,
			"created_at":"2026-01-05T09:00:00Z","updated_at":"2026-01-05T09:00:00Z"}]`,
	} {
		got, err := json.Marshal(mentor[name])
		require.NoError(t, err)
		assert.JSONEq(t, want, string(got), name)
	}
}

func TestMentorList(t *testing.T) {
	t.Parallel()
	server := newTestServer(t,
		sandbox.WithMentor("acme", client.Mentor{ID: 3, IsFeatured: true, Metadata: json.RawMessage(`{"level":"Beginner","year":1,"deep":{"a":[true,null]}}`)}),
		sandbox.WithMentor("acme", client.Mentor{ID: 1, Metadata: json.RawMessage(`[]`)}),
		sandbox.WithMentor("acme", client.Mentor{Metadata: json.RawMessage(`{"year":2.5}`)}),
	)
	for query, want := range map[string]string{
		"":                      "134",
		"is_featured=true":      "3",
		"is_featured=0":         "14",
		"metadata_key=year":     "34",
		"metadata_key=nonsense": "",
		"metadata_key=level&metadata_value=Beginner":                                     "3",
		"metadata_key=level&metadata_value=Expert":                                       "",
		"metadata_key=year&metadata_value=1":                                             "3",
		"metadata_key=year&metadata_value=2.5":                                           "4",
		"metadata_value=1":                                                               "134",
		"department_id=7&filter_by=recent&visibility=all&return_session_information=yes": "134",
		"page_size=2&page=2":                                                             "4",
	} {
		assert.Equal(t, want, ids(t, get(t, server, "?"+query)), query)
	}
	assert.JSONEq(t, `{"department_id":["A valid integer is required."],"is_featured":["Must be a valid boolean."],"return_session_information":["Must be a valid boolean."]}`,
		get(t, server, "?department_id=x&is_featured=x&return_session_information=x").body)
}

func TestMentorsAreCopied(t *testing.T) {
	t.Parallel()
	categories := []client.MentorCategory{{ID: 1, Name: "Writing"}}
	server := newTestServer(t, sandbox.WithMentor("acme", client.Mentor{Categories: categories}))
	categories[0].Name = "changed"
	assert.Equal(t, "Writing", server.Mentors("acme")[0].Categories[0].Name)
}
