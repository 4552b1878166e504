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

	contentType  string
	body         []byte
	olderRelease bool // of the effect of a fault
}

// data parses the body.
func (c *call) data() (any, *django.Response) {
	data, errResponse := django.Parse(c.contentType, c.body)
	if c.olderRelease {
		replaceMentorID(data, c.org)
	}
	return data, errResponse
}

func (c *call) listMentors() *django.Response { return c.platform.listMentors(c.org, &c.list) }

func (c *call) listAgents() *django.Response { return c.platform.listAgents(c.org, &c.list) }

func (c *call) retrieveAgent() *django.Response { return c.platform.retrieveAgent(c.org, c.id) }

func (c *call) createAgent() *django.Response {
	data, errResponse := c.data()
	if errResponse != nil {
		return errResponse
	}
	return c.platform.createAgent(c.org, c.account.Username, data)
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
	return c.platform.updateAgent(c.org, c.id, data, partial)
}

func (c *call) deleteAgent() *django.Response { return c.platform.deleteAgent(c.org, c.id) }

func (c *call) agentStatistics() *django.Response {
	return c.platform.agentStatistics(c.org, c.list.Query)
}

func (c *call) listLogs() *django.Response { return c.platform.listLogs(c.org, &c.list) }

func (c *call) retrieveLog() *django.Response { return c.platform.retrieveLog(c.org, c.id) }

func (c *call) listPins() *django.Response {
	return c.platform.listPins(c.org, c.username, c.list.Query.Form())
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

// replaceMentorID replaces the id of a mentor, which the release accepts, by its
// unique id.
func replaceMentorID(data any, o *org) {
	var fields map[string]any
	switch data := data.(type) {
	case django.Dict:
		fields = data
	case django.Form:
		fields = data
	}
	id, ok := django.ParseInt(django.Str(fields["mentor"]))
	if !ok {
		return
	}
	if m := o.mentors.ByID(id); m != nil {
		fields["mentor"] = m.UniqueID
	}
}
