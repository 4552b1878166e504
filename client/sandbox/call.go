package sandbox

import (
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// A call is an authorized request for an operation on an org.
type call struct {
	platform *platform
	org      *org
	account  *Account        // of the API key
	username string          // in the path
	id       string          // in the path
	list     listing.Request // for operations that list

	contentType string
	body        []byte
	release     Release
}

// data parses the body.
func (c *call) data() (any, *django.Response) { return c.release.django().Parse(c.contentType, c.body) }

func (c *call) listMentors() *django.Response { return c.platform.listMentors(c.org, &c.list) }

func (c *call) listAgents() *django.Response { return c.platform.listAgents(c.org, &c.list) }

func (c *call) retrieveAgent() *django.Response { return c.platform.retrieveAgent(c.org, c.id) }

func (c *call) createAgent() *django.Response {
	data, errResponse := c.data()
	if errResponse != nil {
		return errResponse
	}
	return c.written(c.platform.createAgent(c.org, c.account.Username, c.release, data))
}

func (c *call) replaceAgent() *django.Response { return c.writeAgent(false) }

func (c *call) updateAgent() *django.Response { return c.writeAgent(true) }

// writeAgent parses the body only if the agent exists, as a view does.
func (c *call) writeAgent(partial bool) *django.Response {
	if errResponse := c.platform.checkAgent(c.org, c.id); errResponse != nil {
		return errResponse
	}
	data, errResponse := c.data()
	if errResponse != nil {
		return errResponse
	}
	return c.written(c.platform.updateAgent(c.org, c.id, c.release, data, partial))
}

// written returns the response to a written agent in the form of the release.
func (c *call) written(r *django.Response) *django.Response {
	if a, ok := r.Body.(*agent); ok && c.release == Release359 {
		a.Mentor = a.mentor.ID
	}
	return r
}

func (c *call) deleteAgent() *django.Response { return c.platform.deleteAgent(c.org, c.id) }

func (c *call) agentStatistics() *django.Response {
	return c.platform.agentStatistics(c.org, &c.list)
}

func (c *call) listLogs() *django.Response { return c.platform.listLogs(c.org, &c.list) }

func (c *call) retrieveLog() *django.Response { return c.platform.retrieveLog(c.org, c.id) }

func (c *call) listPins() *django.Response {
	if c.release == Release4205 {
		return c.platform.listPinnedSessions(c.org, c.username, &c.list)
	}
	return c.platform.listPins(c.org, c.username, c.release, c.list.Query.Form())
}

func (c *call) createPin() *django.Response {
	data, errResponse := c.data()
	if errResponse != nil {
		return errResponse
	}
	return c.platform.createPin(c.org, c.username, data)
}

// deletePin takes the session from the query, or else from the body.
func (c *call) deletePin() *django.Response {
	if c.list.Query["session_id"] != nil {
		return c.platform.deletePin(c.org, c.username, c.list.Query.Form())
	}
	data, errResponse := c.data()
	if errResponse != nil {
		return errResponse
	}
	return c.platform.deletePin(c.org, c.username, data)
}
