package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A route is a path of the API.
type route struct {
	template   string
	name       string // as OPTIONS tells it
	operations []operation
}

// An operation is a method of a path.
type operation struct {
	method string
	id     OperationID
	handle func(*call) *django.Response
}

// routes has every path once, the longer of two that match first, and its
// operations in the order of the Allow header.
var routes = []route{
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/", "Mentor List", []operation{
		{http.MethodGet, OperationMentorsList, (*call).listMentors},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/", "Periodic Agent List", []operation{
		{http.MethodGet, OperationPeriodicAgentsList, (*call).listAgents},
		{http.MethodPost, OperationPeriodicAgentsCreate, (*call).createAgent},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/", "Statistics", []operation{
		{http.MethodGet, OperationPeriodicAgentsStatistics, (*call).statistics},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/", "Periodic Agent Instance", []operation{
		{http.MethodGet, OperationPeriodicAgentsGet, (*call).retrieveAgent},
		{http.MethodPut, OperationPeriodicAgentsReplace, (*call).updateAgent},
		{http.MethodPatch, OperationPeriodicAgentsUpdate, (*call).updateAgent},
		{http.MethodDelete, OperationPeriodicAgentsDelete, (*call).destroyAgent},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/", "Periodic Agent Log List", []operation{
		{http.MethodGet, OperationPeriodicAgentLogsList, (*call).listLogs},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agent-logs/{id}/", "Periodic Agent Log Instance", []operation{
		{http.MethodGet, OperationPeriodicAgentLogsGet, (*call).retrieveLog},
	}},
	{"/api/ai-mentor/orgs/{org}/users/{user_id}/pin-message/", "Pin Message", []operation{
		{http.MethodGet, OperationPinnedMessagesList, (*call).listPins},
		{http.MethodPost, OperationPinnedMessagesCreate, (*call).createPin},
		{http.MethodDelete, OperationPinnedMessagesDelete, (*call).destroyPin},
	}},
}

// findRoute returns the route of a path and the values of its parameters, nil
// if there is none.
func findRoute(path string) (*route, map[string]string) {
	segments := strings.Split(path, "/")
	for i := range routes {
		if parameters := routes[i].match(segments); parameters != nil {
			return &routes[i], parameters
		}
	}
	return nil, nil
}

func (r *route) match(segments []string) map[string]string {
	template := strings.Split(r.template, "/")
	if len(template) != len(segments) {
		return nil
	}
	parameters := make(map[string]string, len("{org} {user_id} {id}"))
	for i, segment := range segments {
		name, isParameter := strings.CutPrefix(template[i], "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case !isParameter:
			if segment != template[i] {
				return nil
			}
			continue
		case segment == "" || name == "id" && strings.Contains(segment, "."):
			return nil
		}
		parameters[name] = segment
	}
	return parameters
}

// operation returns what a method does, nil for nothing. HEAD is GET without
// the body, which net/http leaves out.
func (r *route) operation(method string) *operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(r.operations, func(o operation) bool { return o.method == method })
	if i < 0 {
		return nil
	}
	return &r.operations[i]
}

// allow is the Allow header.
func (r *route) allow() string {
	var methods []string
	for _, o := range r.operations {
		methods = append(methods, o.method)
	}
	return strings.Join(append(methods, http.MethodHead, http.MethodOptions), ", ")
}
