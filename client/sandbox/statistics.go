package sandbox

import (
	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// statistics counts agents by the status of their latest run.
func (c *call) statistics() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	filtered := listing.Listing[*agent]{Filters: []listing.Filter[*agent]{listing.UUIDFilter("mentor_id", (*agent).mentorID)}}
	agents, refusal := filtered.Filter(c.org.agents, c.query)
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
