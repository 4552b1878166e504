package sandbox

import (
	"net/http"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// An OperationID is the operationId of one of the API's [Operations].
type OperationID string

// The API's operations, named after the client's methods:
// OperationPeriodicAgentsCreate is the operation of client.PeriodicAgents.Create.
const (
	OperationMentorsList              OperationID = "ai_mentor_orgs_users_list"
	OperationPeriodicAgentsList       OperationID = "ai_mentor_orgs_users_periodic_agents_list"
	OperationPeriodicAgentsCreate     OperationID = "ai_mentor_orgs_users_periodic_agents_create"
	OperationPeriodicAgentsStatistics OperationID = "ai_mentor_orgs_users_periodic_agents_statistics_retrieve"
	OperationPeriodicAgentsGet        OperationID = "ai_mentor_orgs_users_periodic_agents_retrieve"
	OperationPeriodicAgentsReplace    OperationID = "ai_mentor_orgs_users_periodic_agents_update"
	OperationPeriodicAgentsUpdate     OperationID = "ai_mentor_orgs_users_periodic_agents_partial_update"
	OperationPeriodicAgentsDelete     OperationID = "ai_mentor_orgs_users_periodic_agents_destroy"
	OperationPeriodicAgentLogsList    OperationID = "ai_mentor_orgs_users_periodic_agent_logs_list"
	OperationPeriodicAgentLogsGet     OperationID = "ai_mentor_orgs_users_periodic_agent_logs_retrieve"
	OperationPinnedMessagesList       OperationID = "ai_mentor_orgs_users_pin_message_list"
	OperationPinnedMessagesCreate     OperationID = "ai_mentor_orgs_users_pin_message_create"
	OperationPinnedMessagesDelete     OperationID = "ai_mentor_orgs_users_pin_message_destroy"
)

type route = django.Route[OperationID]

// routes are the paths of the API, with the operations of their methods in the
// order of the Allow header.
var routes = django.Routes[OperationID]{
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/", "Mentor List",
		django.Handle(http.MethodGet, OperationMentorsList),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/", "Periodic Agent List",
		django.Handle(http.MethodGet, OperationPeriodicAgentsList),
		django.Handle(http.MethodPost, OperationPeriodicAgentsCreate),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/", "Statistics",
		django.Handle(http.MethodGet, OperationPeriodicAgentsStatistics),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/", "Periodic Agent Instance",
		django.Handle(http.MethodGet, OperationPeriodicAgentsGet),
		django.Handle(http.MethodPut, OperationPeriodicAgentsReplace),
		django.Handle(http.MethodPatch, OperationPeriodicAgentsUpdate),
		django.Handle(http.MethodDelete, OperationPeriodicAgentsDelete),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/", "Periodic Agent Log List",
		django.Handle(http.MethodGet, OperationPeriodicAgentLogsList),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/{id}/", "Periodic Agent Log Instance",
		django.Handle(http.MethodGet, OperationPeriodicAgentLogsGet),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/", "Pin Message",
		django.Handle(http.MethodGet, OperationPinnedMessagesList),
		django.Handle(http.MethodPost, OperationPinnedMessagesCreate),
		django.Handle(http.MethodDelete, OperationPinnedMessagesDelete),
	),
}

// routesOf returns the routes of a release. In release 3.59, statistics is an id of
// an agent like any other.
func routesOf(release Release) django.Routes[OperationID] {
	if release != Release359 {
		return routes
	}
	return slices.DeleteFunc(slices.Clone(routes), func(r route) bool { return r.Name == "Statistics" })
}

// Operations returns the API's operations, all of which the sandbox serves.
func Operations() []client.Operation {
	var all []client.Operation
	for _, r := range routes {
		for _, o := range r.Methods {
			all = append(all, client.Operation{ID: string(o.View), Method: o.Name, PathTemplate: r.Template})
		}
	}
	return all
}
