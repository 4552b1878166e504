package sandbox

import "github.com/iblai/iblai-go/client"

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

// Operations returns the API's operations, all of which the sandbox serves.
func Operations() []client.Operation {
	var all []client.Operation
	for _, r := range routes {
		for _, o := range r.operations {
			all = append(all, client.Operation{ID: string(o.id), Method: o.method, PathTemplate: r.template})
		}
	}
	return all
}
