package sandbox_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

var allReleases = []sandbox.Release{sandbox.Release359, sandbox.Release490, sandbox.Release495, sandbox.Release4205}

// fieldsOf359 are the fields of an agent in the documentation of release 3.59.
const fieldsOf359 = `
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

// fieldsOfRelease returns the paths of the fields of an agent in a release. With
// the release as the effect of a fault, the result is the same.
func fieldsOfRelease(t *testing.T, release sandbox.Release, name sandbox.OperationID) []string {
	t.Helper()
	var all [2][]string
	for i, server := range []*sandbox.Server{
		newCompleteServer(t, sandbox.WithRelease(release)),
		newCompleteServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Release: release}})),
	} {
		request := everything[name]
		got, err := try(t, plainClient(), server.URL, request.method, userPath+request.target, request.body)
		require.NoError(t, err)
		value := decode(t, got.body)
		if page, ok := value.(map[string]any); ok && page["results"] != nil {
			value = page["results"]
		}
		found := map[string]bool{}
		paths(value, "", found)
		all[i] = slices.Sorted(maps.Keys(found))
	}
	assert.Equal(t, all[0], all[1])
	return all[0]
}

func TestFieldsOfRelease359(t *testing.T) {
	t.Parallel()
	agent, written, mentor := []string{}, []string{}, []string{}
	for field := range strings.FieldsSeq(fieldsOf359) {
		agent = append(agent, field)
		if below, ok := strings.CutPrefix(field, "mentor."); ok {
			mentor = append(mentor, below)
		} else {
			written = append(written, field)
		}
	}
	for name, want := range map[sandbox.OperationID][]string{
		retrieveAgent:                         agent,
		listAgents:                            agent,
		sandbox.OperationPeriodicAgentsUpdate: written,
		sandbox.OperationMentorsList:          mentor,
	} {
		slices.Sort(want)
		assert.Equal(t, want, fieldsOfRelease(t, sandbox.Release359, name), name)
	}
}

// Each release has the fields of the one before and a few more.
func TestFieldsOfReleases(t *testing.T) {
	t.Parallel()
	for release, want := range map[sandbox.Release]struct{ newFields, gone string }{
		sandbox.Release490: {newFields: "mentor.id mentor.types mentor.subjects mentor.embed_show_attachment mentor.mcp_servers.extra_headers mentor.mcp_servers.auth_type created_at task.id", gone: "mentor.mcp_servers.headers"},
		sandbox.Release495: {newFields: "mentor.show_rag_images mentor.mcp_servers.oauth_service"},
		sandbox.Release4205: {newFields: "mentor.enable_offline_mode mentor.enable_prompt_caching mentor.save_flagged_prompts mentor.show_explore_mentors " +
			"mentor.study_mode_prompt mentor.starter_prompts mentor.embed_icon_selection_data mentor.mcp_servers.mentor mentor.mcp_servers.owner " +
			"mentor.mcp_servers.auth_scope mentor.mcp_servers.mcp_server_connections mentor.call_configuration.language " +
			"mentor.call_configuration.screensharing_system_prompt mentor.call_configuration.screensharing_proactive_prompt"},
	} {
		older := fieldsOfRelease(t, allReleases[slices.Index(allReleases, release)-1], retrieveAgent)
		newer := fieldsOfRelease(t, release, retrieveAgent)
		for field := range strings.FieldsSeq(want.newFields) {
			assert.NotContains(t, older, field, release)
			assert.Contains(t, newer, field, release)
		}
		if release != sandbox.Release490 {
			assert.Len(t, newer, len(older)+len(strings.Fields(want.newFields)), release)
		}
		for field := range strings.FieldsSeq(want.gone) {
			assert.Contains(t, older, field, release)
			assert.NotContains(t, newer, field, release)
		}
	}
}

// Logs, statistics and errors are the same in all releases that have them.
func TestResponsesThatReleasesShare(t *testing.T) {
	t.Parallel()
	for _, name := range []sandbox.OperationID{
		sandbox.OperationPeriodicAgentLogsList, sandbox.OperationPeriodicAgentLogsGet, sandbox.OperationPinnedMessagesCreate,
		sandbox.OperationPeriodicAgentsStatistics, "a validation error", "a filter's error", "metadata", "no JSON",
	} {
		for _, release := range allReleases {
			if release == sandbox.Release359 && name == sandbox.OperationPeriodicAgentsStatistics {
				continue
			}
			assert.Equal(t, ask(t, name).body, ask(t, name, sandbox.Fault{Effect: sandbox.RequestEffect{Release: release}}).body, "%s of %s", name, release)
		}
	}
}

// Release 3.59 has no statistics, so the path is that of an agent.
func TestStatisticsOfReleases(t *testing.T) {
	t.Parallel()
	for _, release := range allReleases {
		server := newTestServer(t, sandbox.WithRelease(release))
		got := get(t, server, "periodic-agents/statistics/")
		if release != sandbox.Release359 {
			assert.Equal(t, http.StatusOK, got.status, release)
			continue
		}
		assert.Equal(t, http.StatusNotFound, got.status)
		assert.Equal(t, `{"detail":"Not found."}`, got.body)
		deleted := newRequest(http.MethodDelete, userPath+"periodic-agents/statistics/", "") // which the contract doesn't have
		assert.Equal(t, http.StatusNotFound, record(server.Sandbox, deleted).Code)
	}
}

func TestNotFoundOfReleases(t *testing.T) {
	t.Parallel()
	for _, release := range allReleases {
		server := newTestServer(t, sandbox.WithRelease(release))
		for target, model := range map[string]string{"periodic-agents/9/": "PeriodicAgent", "periodic-agent-logs/9/": "PeriodicAgentLog"} {
			want := `{"detail":"No ` + model + ` matches the given query."}`
			if release == sandbox.Release359 {
				want = `{"detail":"Not found."}`
			}
			got := get(t, server, target)
			assert.Equal(t, http.StatusNotFound, got.status)
			assert.Equal(t, want, got.body, release)
		}
		nobody := strings.Replace(userPath, "/ada/", "/nobody/", 1) + "periodic-agents/"
		want := `{"detail":"No User matches the given query."}`
		if release == sandbox.Release359 {
			want = `{"detail":"Not found."}`
		}
		assert.Equal(t, want, record(server.Sandbox, newRequest(http.MethodGet, nobody, "")).Body.String(), release)
		assert.JSONEq(t, `{"detail":"Invalid page."}`, get(t, server, "periodic-agents/?page=2").body)
	}
}

// In release 3.59, mentors are written and returned as integer ids.
func TestMentorsOfRelease359(t *testing.T) {
	t.Parallel()
	server := newCompleteServer(t, sandbox.WithRelease(sandbox.Release359))
	ask := func(method, target, body, contentType string) httpResponse {
		t.Helper()
		request := newRequest(method, userPath+target, "")
		request.Header.Set("Content-Type", contentType)
		request.Body = io.NopCloser(strings.NewReader(body))
		recorder := record(server.Sandbox, request)
		return httpResponse{recorder.Code, recorder.Header(), recorder.Body.String()}
	}
	const jsonType, formType = "application/json", "application/x-www-form-urlencoded"
	for _, test := range []struct {
		method, target, body, contentType string
		mentor                            float64
	}{
		{http.MethodPost, "periodic-agents/", `{"mentor":8,"title":"t","task":{"crontab":{}}}`, jsonType, 8},
		{http.MethodPut, "periodic-agents/2/", `{"mentor":"7","title":"t","task":{"crontab":{}}}`, jsonType, 7},
		{http.MethodPatch, "periodic-agents/2/", `{"mentor":8}`, jsonType, 8},
		{http.MethodPatch, "periodic-agents/2/", `mentor=7`, formType, 7},
		{http.MethodPatch, "periodic-agents/2/", `{}`, jsonType, 7},
	} {
		got := ask(test.method, test.target, test.body, test.contentType)
		require.Less(t, got.status, 300, got.body)
		assert.InDelta(t, test.mentor, got.fields(t)["mentor"], 0, test.body)
	}
	for body, want := range map[string]string{
		`{"mentor":9}`:               `{"mentor":["Invalid pk \"9\" - object does not exist."]}`,
		`{"mentor":"` + coach + `"}`: `{"mentor":["Incorrect type. Expected pk value, received str."]}`,
		`{"mentor":true}`:            `{"mentor":["Incorrect type. Expected pk value, received bool."]}`,
		`{"mentor":null}`:            `{"mentor":["This field may not be null."]}`,
		`[8]`:                        `{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}`,
	} {
		assert.Equal(t, want, ask(http.MethodPatch, "periodic-agents/2/", body, jsonType).body)
	}
	assert.Equal(t, `{"mentor":["This field is required."]}`, ask(http.MethodPost, "periodic-agents/", `{"title":"t","task":{"crontab":{}}}`, jsonType).body)
	for _, release := range allReleases[1:] {
		setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Release: release}})
		assert.Equal(t, `{"mentor":["Object with unique_id=8 does not exist."]}`, ask(http.MethodPatch, "periodic-agents/2/", `{"mentor":8}`, jsonType).body, release)
		assert.Equal(t, coach, ask(http.MethodPatch, "periodic-agents/2/", `{}`, jsonType).fields(t)["mentor"], release)
	}
}

// The headers of an MCP server have another name in release 3.59, and may be set by
// either name.
func TestHeadersOfReleases(t *testing.T) {
	t.Parallel()
	headers := api.NewSecret(`{"X-Key":"k"}`)
	for _, release := range allReleases {
		for _, mcpServer := range []client.MCPServer{{Headers: headers}, {ExtraHeaders: headers}} {
			mcpServer.URL = "https://mcp.example.edu/"
			server := newServer(t, sandbox.WithRelease(release), sandbox.WithMentor("acme", client.Mentor{MCPServers: []client.MCPServer{mcpServer}}))
			c := newClient(t, server)
			mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 1)
			require.NoError(t, err)
			want := client.MCPServer{ExtraHeaders: headers}
			if release == sandbox.Release359 {
				want = client.MCPServer{Headers: headers}
			}
			got := mentors[0].MCPServers[0]
			assert.Equal(t, want, client.MCPServer{Headers: got.Headers, ExtraHeaders: got.ExtraHeaders}, release)
		}
	}
}

// A client works with each release as far as the release has the operation.
func TestClientOnEveryRelease(t *testing.T) {
	t.Parallel()
	for _, release := range allReleases {
		server := newCompleteServer(t, sandbox.WithRelease(release))
		c, ctx := newClient(t, server), t.Context()
		request := digest()
		if release == sandbox.Release359 {
			request.Mentor = "7"
		}
		created, err := c.PeriodicAgents.Create(ctx, &request)
		require.NoError(t, err, release)
		updated, err := c.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{Title: new("Renamed")})
		require.NoError(t, err, release)
		assert.Equal(t, "Renamed", updated.Title)
		agent, err := c.PeriodicAgents.Get(ctx, created.ID)
		require.NoError(t, err, release)
		assert.Equal(t, coach, agent.Mentor.UniqueID, release)
		for mentor, err := range c.Mentors.All(ctx, nil) {
			require.NoError(t, err, release)
			assert.NotEmpty(t, mentor.UniqueID, release)
		}
		logs, err := c.PeriodicAgentLogs.List(ctx, nil)
		require.NoError(t, err, release)
		assert.EqualValues(t, 1, logs.Count)
		_, err = c.PeriodicAgents.Statistics(ctx, nil)
		assert.Equal(t, release == sandbox.Release359, err != nil, fmt.Sprint(release, err))
		for _, other := range []string{"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"} {
			_, err = c.PinnedMessages.Create(ctx, other)
			require.NoError(t, err, release)
		}
		for _, pinned := range []string{session, "22222222-2222-4222-8222-222222222222"} { // newer releases list one session a page
			page, err := c.PinnedMessages.List(ctx, pinned)
			require.NoError(t, err, release)
			require.Len(t, page.Results, 1, release)
			assert.Equal(t, pinned, page.Results[0].SessionID, release)
		}
		require.NoError(t, c.PinnedMessages.Delete(ctx, session), release)
		require.NoError(t, c.PeriodicAgents.Delete(ctx, created.ID), release)
	}
}
