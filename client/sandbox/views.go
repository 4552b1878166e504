package sandbox

import "github.com/iblai/iblai-go/client/sandbox/internal/django"

// views are the methods that execute the operations.
var views = map[OperationID]func(*call) *django.Response{
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
