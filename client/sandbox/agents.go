package sandbox

import (
	"net/http"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

func (c *call) listAgents() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	return agentListing(c.org).List(c.org.agents, c.listRequest(), (*agent).read)
}

func (c *call) retrieveAgent() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	a, refusal := c.agent()
	if refusal != nil {
		return refusal
	}
	return django.OK(a.read())
}

// agent finds the agent of the path.
func (c *call) agent() (*agent, *django.Response) {
	id, isNumber := django.ParseInt(c.id)
	if !isNumber {
		return nil, django.NotFound()
	}
	a := c.org.agents.byID(id)
	if a == nil {
		return nil, django.ObjectNotFound("PeriodicAgent")
	}
	return a, nil
}

func (c *call) createAgent() *django.Response {
	data, refusal := c.data()
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.Lock()
	defer c.sandbox.store.Unlock()
	a, refusal := c.sandbox.create(c.org, c.account.Username, data)
	if refusal != nil {
		return refusal
	}
	c.sandbox.tell(Event{Type: EventAgentSaved, Org: c.org.key, AgentID: a.ID})
	return &django.Response{Status: http.StatusCreated, Body: a.written()}
}

// updateAgent is PUT and PATCH. Django REST Framework leaves what is not sent as
// it is in both; PUT only insists on the fields that are required.
func (c *call) updateAgent() *django.Response {
	if refusal := c.checkAgent(); refusal != nil {
		return refusal
	}
	data, refusal := c.data()
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.Lock()
	defer c.sandbox.store.Unlock()
	a, refusal := c.agent()
	if refusal != nil {
		return refusal
	}
	draft := *a
	v := &django.Validation{Context: c.org, Partial: c.request.Method == http.MethodPatch}
	if refusal := django.Validate(v, agentFields, data, &draft); refusal != nil {
		return refusal
	}
	draft.ModifiedAt = c.sandbox.time()
	planned := draft.Task == a.Task // the same as before
	*a = draft
	if !planned {
		c.sandbox.schedule(a)
	}
	c.sandbox.letGo(c.org, c.sandbox.Now())
	c.sandbox.tell(Event{Type: EventAgentSaved, Org: c.org.key, AgentID: a.ID})
	return django.OK(a.written())
}

// checkAgent looks for the agent before the body is looked at.
func (c *call) checkAgent() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	_, refusal := c.agent()
	return refusal
}

// destroyAgent deletes the agent and its logs. Agents that waited for it wait
// for none from then on.
func (c *call) destroyAgent() *django.Response {
	c.sandbox.store.Lock()
	defer c.sandbox.store.Unlock()
	a, refusal := c.agent()
	if refusal != nil {
		return refusal
	}
	a.deleted = true
	c.sandbox.unschedule(a)
	c.org.agents.remove(func(other *agent) bool { return other == a })
	for _, other := range c.org.agents {
		if other.PreviousAgent != nil && *other.PreviousAgent == a.ID {
			other.PreviousAgent = nil
		}
	}
	if a.latest != nil {
		c.org.logs.remove(func(l *log) bool { return l.PeriodicAgent == a.ID })
	}
	c.sandbox.letGo(c.org, c.sandbox.Now())
	c.sandbox.tell(Event{Type: EventAgentDeleted, Org: c.org.key, AgentID: a.ID})
	return &django.Response{Status: http.StatusNoContent}
}
