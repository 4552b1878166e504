package sandbox

import (
	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// statistics counts agents by the state of their latest run.
func (c *call) statistics() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	agents, refusal := (&listing[*agent]{filters: []filter[*agent]{
		hasMentor("mentor_id", func(a *agent) *mentor { return a.mentor }),
	}}).choose(c, c.org.agents)
	if refusal != nil {
		return refusal
	}
	s := client.PeriodicAgentStatistics{TotalTasks: int64(len(agents))}
	for _, a := range agents {
		switch a.status() {
		case api.StatusSuccess:
			s.SucceededTasks++
		case api.StatusError:
			s.FailedTasks++
		case api.StatusRunning:
			s.RunningTasks++
		default:
			s.PendingTasks++
		}
	}
	return django.OK(s)
}
