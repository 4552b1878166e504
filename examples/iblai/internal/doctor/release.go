package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/iblai/iblai-go/client"
)

const checkRelease = "release"

// A release is a range of the service's releases with the same fields.
type release struct {
	name string
	// marker is a field of mentors that earlier releases lack.
	marker string
	// mentorNumber reports whether agents are created with the number of a
	// mentor, instead of its unique id.
	mentorNumber bool
}

// releases are the known ranges, latest first.
var releases = []release{
	{name: "4.202 or later", marker: "starter_prompts"},
	{name: "4.95 to 4.201", marker: "show_rag_images"},
	{name: "4.90", marker: "id"},
	{name: "3.5x", mentorNumber: true},
}

// optionalFields are the fields that only some releases send, and
// call_configuration, which some mentors lack. A test compares them with the
// contract.
var optionalFields = map[reflect.Type][]string{
	reflect.TypeFor[client.PeriodicAgent](): {"description", "created_at", "platform_key"},
	reflect.TypeFor[client.PeriodicTask]():  {"id"},
	reflect.TypeFor[client.Mentor](): {
		"id", "enable_multi_query_rag", "types", "is_featured", "subjects", "disclaimer", "enable_disclaimer", "show_attachment",
		"show_voice_call", "show_voice_record", "embed_is_context_aware", "embed_open_by_default", "embed_show_attachment",
		"embed_show_voice_call", "embed_show_voice_record", "placeholder_prompt", "created_at", "updated_at", "show_rag_images",
		"enable_offline_mode", "enable_prompt_caching", "save_flagged_prompts", "study_mode_prompt", "starter_prompts",
		"show_explore_mentors", "embed_icon_selection_data", "call_configuration",
	},
	reflect.TypeFor[client.MentorCategory](): {"id", "name"},
	reflect.TypeFor[client.CallConfiguration](): {
		"id", "mentor", "google_voice", "openai_voice", "language", "screensharing_system_prompt", "screensharing_proactive_prompt",
	},
	reflect.TypeFor[client.MCPServer](): {
		"id", "platform", "name", "description", "image", "credentials", "headers", "extra_headers", "platform_key", "is_featured",
		"auth_type", "is_enabled", "oauth_service", "oauth_service_data", "mentor", "owner", "auth_scope", "mcp_server_connections",
	},
	reflect.TypeFor[client.ChatMessage]():   {"document_sources", "artifact_versions"},
	reflect.TypeFor[client.PinnedSession](): {"mentor_unique_id", "title"},
}

// checkRelease recognizes the release by the fields of a mentor.
func (e *examination) checkRelease(ctx context.Context) {
	if e.skipAll(ctx, checkRelease) {
		return
	}
	mentor := e.sampleMentor(ctx)
	if mentor == nil {
		e.skip(checkRelease, "needs a mentor, and the org has none")
		return
	}
	for i := range releases {
		r := &releases[i]
		if _, has := mentor[r.marker]; !has && r.marker != "" {
			continue
		}
		e.known.release = r
		if !r.mentorNumber {
			e.add(OK, checkRelease, 0, Diagnosis{Found: fmt.Sprintf("%s, because mentors have the field %s", r.name, r.marker)})
			return
		}
		e.add(Warning, checkRelease, 0, Diagnosis{
			Found:   r.name + ", because mentors have no id",
			Meaning: "The SDK works with this release, but agents are created with the mentor's number instead of its unique id.",
			Advice:  `In PeriodicAgentCreateRequest, write the number as text, as in Mentor: "1".`,
		})
		return
	}
}

// sampleMentor returns the fields of a mentor, from the list of mentors or the
// list of agents.
func (e *examination) sampleMentor(ctx context.Context) map[string]json.RawMessage {
	if p := e.page(ctx, mentorsPath, 1); p.err == nil && len(p.Results) > 0 {
		var mentor map[string]json.RawMessage
		if json.Unmarshal(*p.Results[0], &mentor) == nil {
			return mentor
		}
	}
	if p := e.page(ctx, agentsPath, 1); p.err == nil && len(p.Results) > 0 {
		var agent struct {
			Mentor map[string]json.RawMessage `json:"mentor"`
		}
		if json.Unmarshal(*p.Results[0], &agent) == nil {
			return agent.Mentor
		}
	}
	return nil
}

// releaseName returns the name of the release for use in a sentence.
func (e *examination) releaseName() string {
	if e.known.release == nil {
		return "this release"
	}
	return "release " + e.known.release.name
}
