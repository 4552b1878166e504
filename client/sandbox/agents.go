package sandbox

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

func (p *platform) listAgents(o *org, r *listing.Request) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	return agentListing(o).List(o.agents, r, (*agent).readRepresentation)
}

func (p *platform) retrieveAgent(o *org, id string) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	a, errResponse := findAgent(o, id)
	if errResponse != nil {
		return errResponse
	}
	return django.OK(a.readRepresentation())
}

// checkAgent returns the response if there is no agent with an id, or else nil.
func (p *platform) checkAgent(o *org, id string) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	_, errResponse := findAgent(o, id)
	return errResponse
}

// findAgent returns the agent with an id, or the response if there is none.
func findAgent(o *org, id string) (*agent, *django.Response) {
	number, ok := django.ParsePrimaryKey(id)
	if !ok {
		return nil, django.NotFound()
	}
	a := o.agents.ByID(number)
	if a == nil {
		return nil, django.ObjectNotFound("PeriodicAgent")
	}
	return a, nil
}

// createAgent creates an agent of a user from data in the form of a release.
func (p *platform) createAgent(o *org, username string, release Release, data any) *django.Response {
	p.store.Lock()
	defer p.store.Unlock()
	now := p.now()
	a := &agent{
		org:         o,
		Username:    username,
		CreatedAt:   now,
		ModifiedAt:  now,
		PlatformKey: o.key,
		Task: task{
			Crontab: client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"},
			Enabled: true,
		},
		PreviousAgentStatus: api.StatusSuccess,
	}
	if errResponse := django.Validate(&django.Validation{Version: release.django(), Context: o}, agentFieldsOf(release), data, a); errResponse != nil {
		return errResponse
	}
	a.ID = p.store.nextID("agent")
	a.Task.ID = p.store.nextID("task")
	a.Task.Name = fmt.Sprintf("periodic-agent-%d", a.ID)
	o.agents.Add(a)
	p.runs.taskSaved(a)
	p.events.publish(Event{Type: EventAgentSaved, Org: o.key, AgentID: a.ID})
	return &django.Response{Status: http.StatusCreated, Body: a.writeRepresentation()}
}

// updateAgent sets the fields of an agent that the data has. Unless partial is
// true, it must have the required fields.
func (p *platform) updateAgent(o *org, id string, release Release, data any, partial bool) *django.Response {
	p.store.Lock()
	defer p.store.Unlock()
	a, errResponse := findAgent(o, id)
	if errResponse != nil {
		return errResponse
	}
	updated := *a
	if errResponse := django.Validate(&django.Validation{Version: release.django(), Context: o, Partial: partial}, agentFieldsOf(release), data, &updated); errResponse != nil {
		return errResponse
	}
	updated.ModifiedAt = p.now()
	taskChanged := updated.Task != a.Task
	*a = updated
	if taskChanged {
		p.runs.taskSaved(a)
	}
	p.runs.releaseDependents(o, p.timeline.Now())
	p.events.publish(Event{Type: EventAgentSaved, Org: o.key, AgentID: a.ID})
	return django.OK(a.writeRepresentation())
}

// deleteAgent deletes an agent and its logs. Agents that depend on it depend on
// none then.
func (p *platform) deleteAgent(o *org, id string) *django.Response {
	p.store.Lock()
	defer p.store.Unlock()
	a, errResponse := findAgent(o, id)
	if errResponse != nil {
		return errResponse
	}
	a.deleted = true
	p.runs.unschedule(a)
	o.agents.Delete(func(other *agent) bool { return other == a })
	for _, other := range o.agents {
		if other.PreviousAgent != nil && *other.PreviousAgent == a.ID {
			other.PreviousAgent = nil
		}
	}
	if a.latest != nil {
		o.logs.Delete(func(l *log) bool { return l.PeriodicAgent == a.ID })
	}
	maps.DeleteFunc(p.store.unlisted, func(_ int64, l *log) bool { return l.agent == a })
	p.runs.releaseDependents(o, p.timeline.Now())
	p.events.publish(Event{Type: EventAgentDeleted, Org: o.key, AgentID: a.ID})
	return &django.Response{Status: http.StatusNoContent}
}

// agentStatistics counts the agents of a mentor, or of all, by status.
func (p *platform) agentStatistics(o *org, r *listing.Request) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	byMentor := listing.Listing[*agent]{Filters: []listing.Filter[*agent]{listing.UUIDFilter("mentor_id", (*agent).mentorID)}}
	agents, errResponse := byMentor.Filter(o.agents, r.Version, r.Query)
	if errResponse != nil {
		return errResponse
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
