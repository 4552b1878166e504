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

type route = django.Route[operation]

// An operation is a method of a route.
type operation struct {
	id      OperationID
	execute func(*call) *django.Response
}

// routes are the operations of the API, the methods of a route in the order of the
// Allow header.
var routes = django.Routes[operation]{
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/", "Mentor List",
		django.Handle(http.MethodGet, operation{OperationMentorsList, (*call).listMentors}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/", "Periodic Agent List",
		django.Handle(http.MethodGet, operation{OperationPeriodicAgentsList, (*call).listAgents}),
		django.Handle(http.MethodPost, operation{OperationPeriodicAgentsCreate, (*call).createAgent}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/", "Statistics",
		django.Handle(http.MethodGet, operation{OperationPeriodicAgentsStatistics, (*call).agentStatistics}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/", "Periodic Agent Instance",
		django.Handle(http.MethodGet, operation{OperationPeriodicAgentsGet, (*call).retrieveAgent}),
		django.Handle(http.MethodPut, operation{OperationPeriodicAgentsReplace, (*call).replaceAgent}),
		django.Handle(http.MethodPatch, operation{OperationPeriodicAgentsUpdate, (*call).updateAgent}),
		django.Handle(http.MethodDelete, operation{OperationPeriodicAgentsDelete, (*call).deleteAgent}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/", "Periodic Agent Log List",
		django.Handle(http.MethodGet, operation{OperationPeriodicAgentLogsList, (*call).listLogs}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/{id}/", "Periodic Agent Log Instance",
		django.Handle(http.MethodGet, operation{OperationPeriodicAgentLogsGet, (*call).retrieveLog}),
	),
	django.Path("/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/", "Pin Message",
		django.Handle(http.MethodGet, operation{OperationPinnedMessagesList, (*call).listPins}),
		django.Handle(http.MethodPost, operation{OperationPinnedMessagesCreate, (*call).createPin}),
		django.Handle(http.MethodDelete, operation{OperationPinnedMessagesDelete, (*call).deletePin}),
	),
}

// routesOf returns the routes of a release. In release 3.59, statistics is an id of
// an agent like any other.
func routesOf(release Release) django.Routes[operation] {
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
			all = append(all, client.Operation{ID: string(o.View.id), Method: o.Name, PathTemplate: r.Template})
		}
	}
	return all
}
