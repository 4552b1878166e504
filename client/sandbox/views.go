package sandbox

import "github.com/iblai/iblai-go/client/sandbox/internal/django"

// A view executes an operation.
type view = func(*call) *django.Response

// views are the views of the operations.
var views = map[OperationID]view{
	OperationMentorsList:              (*call).listMentors,
	OperationPeriodicAgentsList:       (*call).listAgents,
	OperationPeriodicAgentsCreate:     (*call).createAgent,
	OperationPeriodicAgentsStatistics: (*call).agentStatistics,
	OperationPeriodicAgentsGet:        (*call).retrieveAgent,
	OperationPeriodicAgentsReplace:    (*call).replaceAgent,
	OperationPeriodicAgentsUpdate:     (*call).updateAgent,
	OperationPeriodicAgentsDelete:     (*call).deleteAgent,
	OperationPeriodicAgentLogsList:    (*call).listLogs,
	OperationPeriodicAgentLogsGet:     (*call).retrieveLog,
	OperationPinnedMessagesList:       (*call).listPins,
	OperationPinnedMessagesCreate:     (*call).createPin,
	OperationPinnedMessagesDelete:     (*call).deletePin,
}
