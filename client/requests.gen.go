// Code generated from openapi.yaml by oapi-codegen v2.8.2. DO NOT EDIT.

package client

import (
	"net/http"
)

// newMentorListRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/.
func newMentorListRequest(org string, userID string, params *MentorListParams) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_list", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	if params != nil {
		if params.DepartmentID != 0 {
			r.queryParam("department_id", params.DepartmentID, "form", true, "integer", "")
		}
		if params.FilterBy != "" {
			r.queryParam("filter_by", params.FilterBy, "form", true, "string", "")
		}
		if params.IsFeatured != nil {
			r.queryParam("is_featured", *params.IsFeatured, "form", true, "boolean", "")
		}
		if params.MetadataKey != "" {
			r.queryParam("metadata_key", params.MetadataKey, "form", true, "string", "")
		}
		if params.MetadataValue != "" {
			r.queryParam("metadata_value", params.MetadataValue, "form", true, "string", "")
		}
		if params.Page != 0 {
			r.queryParam("page", params.Page, "form", true, "integer", "")
		}
		if params.PageSize != 0 {
			r.queryParam("page_size", params.PageSize, "form", true, "integer", "")
		}
		if params.ReturnSessionInformation != nil {
			r.queryParam("return_session_information", *params.ReturnSessionInformation, "form", true, "boolean", "")
		}
		if params.Visibility != "" {
			r.queryParam("visibility", params.Visibility, "form", true, "string", "")
		}
	}
	return r.finish()
}

// newPeriodicAgentLogListRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/.
func newPeriodicAgentLogListRequest(org string, userID string, params *PeriodicAgentLogListParams) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agent_logs_list", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	if params != nil {
		if params.MentorID != "" {
			r.queryParam("mentor_id", params.MentorID, "form", true, "string", "")
		}
		if params.Ordering != "" {
			r.queryParam("ordering", params.Ordering, "form", true, "string", "")
		}
		if params.Page != 0 {
			r.queryParam("page", params.Page, "form", true, "integer", "")
		}
		if params.PageSize != 0 {
			r.queryParam("page_size", params.PageSize, "form", true, "integer", "")
		}
		if params.ParentMentorID != "" {
			r.queryParam("parent_mentor_id", params.ParentMentorID, "form", true, "string", "")
		}
		if params.ParentSessionID != "" {
			r.queryParam("parent_session_id", params.ParentSessionID, "form", true, "string", "")
		}
		if params.PeriodicAgent != 0 {
			r.queryParam("periodic_agent", params.PeriodicAgent, "form", true, "integer", "")
		}
		if params.Search != "" {
			r.queryParam("search", params.Search, "form", true, "string", "")
		}
		if params.Status != "" {
			r.queryParam("status", params.Status, "form", true, "string", "")
		}
		if params.Username != "" {
			r.queryParam("username", params.Username, "form", true, "string", "")
		}
	}
	return r.finish()
}

// newPeriodicAgentLogGetRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/{id}/.
func newPeriodicAgentLogGetRequest(org string, userID string, id int64) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agent_logs_retrieve", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/{id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.pathID("id", id)
	return r.finish()
}

// newPeriodicAgentListRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/.
func newPeriodicAgentListRequest(org string, userID string, params *PeriodicAgentListParams) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_list", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	if params != nil {
		if params.Enabled != nil {
			r.queryParam("enabled", *params.Enabled, "form", true, "boolean", "")
		}
		if params.MentorID != "" {
			r.queryParam("mentor_id", params.MentorID, "form", true, "string", "")
		}
		if params.Ordering != "" {
			r.queryParam("ordering", params.Ordering, "form", true, "string", "")
		}
		if params.Page != 0 {
			r.queryParam("page", params.Page, "form", true, "integer", "")
		}
		if params.PageSize != 0 {
			r.queryParam("page_size", params.PageSize, "form", true, "integer", "")
		}
		if params.ParentMentorID != 0 {
			r.queryParam("parent_mentor_id", params.ParentMentorID, "form", true, "integer", "")
		}
		if params.ParentSessionID != "" {
			r.queryParam("parent_session_id", params.ParentSessionID, "form", true, "string", "")
		}
		if params.PreviousAgent != 0 {
			r.queryParam("previous_agent", params.PreviousAgent, "form", true, "integer", "")
		}
		if params.PreviousAgentStatus != "" {
			r.queryParam("previous_agent_status", params.PreviousAgentStatus, "form", true, "string", "")
		}
		if params.Search != "" {
			r.queryParam("search", params.Search, "form", true, "string", "")
		}
		if params.Status != "" {
			r.queryParam("status", params.Status, "form", true, "string", "")
		}
		if params.Title != "" {
			r.queryParam("title", params.Title, "form", true, "string", "")
		}
		if params.Username != "" {
			r.queryParam("username", params.Username, "form", true, "string", "")
		}
	}
	return r.finish()
}

// newPeriodicAgentCreateRequest builds POST /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/.
func newPeriodicAgentCreateRequest(org string, userID string, body *PeriodicAgentCreateRequest) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_create", http.MethodPost, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.body = body
	return r.finish()
}

// newPeriodicAgentStatisticsRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/.
func newPeriodicAgentStatisticsRequest(org string, userID string, params *PeriodicAgentStatisticsParams) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_statistics_retrieve", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	if params != nil {
		if params.MentorID != "" {
			r.queryParam("mentor_id", params.MentorID, "form", true, "string", "uuid")
		}
	}
	return r.finish()
}

// newPeriodicAgentDeleteRequest builds DELETE /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/.
func newPeriodicAgentDeleteRequest(org string, userID string, id int64) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_destroy", http.MethodDelete, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.pathID("id", id)
	return r.finish()
}

// newPeriodicAgentGetRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/.
func newPeriodicAgentGetRequest(org string, userID string, id int64) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_retrieve", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.pathID("id", id)
	return r.finish()
}

// newPeriodicAgentUpdateRequest builds PATCH /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/.
func newPeriodicAgentUpdateRequest(org string, userID string, id int64, body *PeriodicAgentUpdateRequest) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_partial_update", http.MethodPatch, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.pathID("id", id)
	r.body = body
	return r.finish()
}

// newPeriodicAgentReplaceRequest builds PUT /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/.
func newPeriodicAgentReplaceRequest(org string, userID string, id int64, body *PeriodicAgentCreateRequest) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_periodic_agents_update", http.MethodPut, "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.pathID("id", id)
	r.body = body
	return r.finish()
}

// newPinnedMessageDeleteRequest builds DELETE /api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/.
func newPinnedMessageDeleteRequest(org string, userID string, sessionID string, body *pinRequest) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_pin_message_destroy", http.MethodDelete, "/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	if sessionID != "" {
		r.queryParam("session_id", sessionID, "form", true, "string", "")
	}
	r.body = body
	return r.finish()
}

// newPinnedMessageListRequest builds GET /api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/.
func newPinnedMessageListRequest(org string, userID string, sessionID string) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_pin_message_list", http.MethodGet, "/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.queryParam("session_id", sessionID, "form", true, "string", "")
	return r.finish()
}

// newPinnedMessageCreateRequest builds POST /api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/.
func newPinnedMessageCreateRequest(org string, userID string, body *pinRequest) (*request, error) {
	r := newRequest("ai_mentor_orgs_users_pin_message_create", http.MethodPost, "/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/")
	r.pathText("org", org)
	r.pathText("user_id", userID)
	r.body = body
	return r.finish()
}
