package sandbox

import (
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// Release is a release of the service. Releases differ in fields, parameters,
// messages and operations.
type Release string

// The releases that the sandbox knows, see [WithRelease].
const (
	// Release359 is release 3.59. Mentors are written as integer ids. They have no id,
	// types and subjects, and their MCP servers have headers in place of
	// extra_headers. There are no statistics.
	Release359 Release = "3.59"
	// Release490 is release 4.90.
	Release490 Release = "4.90"
	// Release495 is release 4.95.
	Release495 Release = "4.95"
	// Release4205 is release 4.205. The list of pinned messages has the first message
	// of all sessions that the user has pinned.
	Release4205 Release = "4.205"
)

// releases are all releases, the oldest first.
var releases = []Release{Release359, Release490, Release495, Release4205}

// releaseList lists all releases in words.
func releaseList() string {
	var names []string
	for _, r := range releases {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// before reports whether r is older than another release.
func (r Release) before(other Release) bool {
	return slices.Index(releases, r) < slices.Index(releases, other)
}

// django returns the version of Django whose messages the release has.
func (r Release) django() django.Version {
	switch r {
	case Release359:
		return django.Django32
	case Release4205:
		return django.Django52
	default:
		return django.Django42
	}
}

// reword returns a response as the release words it: the oldest one doesn't name
// the model of an object that doesn't exist.
func (r Release) reword(response *django.Response) *django.Response {
	if response.Missing != "" && r.before(Release490) {
		return django.NotFound()
	}
	return response
}

// objectKinds are the kinds of objects in fields, by the kind and the field.
var objectKinds = map[string]string{
	"agents.results":            "agent",
	"mentors.results":           "mentor",
	"agent.mentor":              "mentor",
	"agent.task":                "task",
	"session.mentor":            "mentor",
	"session.messages":          "message",
	"mentor.categories":         "category",
	"mentor.call_configuration": "call_configuration",
	"mentor.mcp_servers":        "mcp_server",
}

// responseKinds are the kinds of the responses that differ between releases.
var responseKinds = map[OperationID]string{
	OperationMentorsList:           "mentors",
	OperationPeriodicAgentsList:    "agents",
	OperationPeriodicAgentsCreate:  "agent",
	OperationPeriodicAgentsGet:     "agent",
	OperationPeriodicAgentsReplace: "agent",
	OperationPeriodicAgentsUpdate:  "agent",
	OperationPinnedMessagesList:    "session",
}

// fieldsSince has the first release of fields that older releases lack.
var fieldsSince = map[string]Release{
	"agent.description":                                 Release490,
	"agent.created_at":                                  Release490,
	"agent.platform_key":                                Release490,
	"task.id":                                           Release490,
	"mentor.id":                                         Release490,
	"mentor.enable_multi_query_rag":                     Release490,
	"mentor.types":                                      Release490,
	"mentor.is_featured":                                Release490,
	"mentor.subjects":                                   Release490,
	"mentor.disclaimer":                                 Release490,
	"mentor.enable_disclaimer":                          Release490,
	"mentor.show_attachment":                            Release490,
	"mentor.show_voice_call":                            Release490,
	"mentor.show_voice_record":                          Release490,
	"mentor.embed_is_context_aware":                     Release490,
	"mentor.embed_open_by_default":                      Release490,
	"mentor.embed_show_attachment":                      Release490,
	"mentor.embed_show_voice_call":                      Release490,
	"mentor.embed_show_voice_record":                    Release490,
	"mentor.placeholder_prompt":                         Release490,
	"mentor.created_at":                                 Release490,
	"mentor.updated_at":                                 Release490,
	"mentor.show_rag_images":                            Release495,
	"mentor.enable_offline_mode":                        Release4205,
	"mentor.enable_prompt_caching":                      Release4205,
	"mentor.save_flagged_prompts":                       Release4205,
	"mentor.show_explore_mentors":                       Release4205,
	"mentor.study_mode_prompt":                          Release4205,
	"mentor.starter_prompts":                            Release4205,
	"mentor.embed_icon_selection_data":                  Release4205,
	"category.id":                                       Release490,
	"category.name":                                     Release490,
	"call_configuration.id":                             Release490,
	"call_configuration.mentor":                         Release490,
	"call_configuration.google_voice":                   Release490,
	"call_configuration.openai_voice":                   Release490,
	"call_configuration.language":                       Release4205,
	"call_configuration.screensharing_system_prompt":    Release4205,
	"call_configuration.screensharing_proactive_prompt": Release4205,
	"mcp_server.id":                                     Release490,
	"mcp_server.platform":                               Release490,
	"mcp_server.name":                                   Release490,
	"mcp_server.description":                            Release490,
	"mcp_server.image":                                  Release490,
	"mcp_server.credentials":                            Release490,
	"mcp_server.platform_key":                           Release490,
	"mcp_server.is_featured":                            Release490,
	"mcp_server.auth_type":                              Release490,
	"mcp_server.is_enabled":                             Release490,
	"mcp_server.oauth_service":                          Release495,
	"mcp_server.oauth_service_data":                     Release495,
	"mcp_server.mentor":                                 Release4205,
	"mcp_server.owner":                                  Release4205,
	"mcp_server.auth_scope":                             Release4205,
	"mcp_server.mcp_server_connections":                 Release4205,
	"message.document_sources":                          Release490,
	"message.artifact_versions":                         Release4205,
}

// hasField reports whether objects of a kind have a field in the release.
func (r Release) hasField(kind, name string) bool {
	since, ok := fieldsSince[kind+"."+name]
	return !ok || !r.before(since)
}

// renamedFields are the names of fields in release 3.59.
var renamedFields = map[string]string{"mcp_server.extra_headers": "headers"}
