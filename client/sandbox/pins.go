package sandbox

import (
	"net/http"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

type pinKey struct{ username, sessionID string }

// A pin is a user's pin of a session, as it is kept and as it is written.
type pin struct {
	ID        int64  `json:"id"`
	Platform  string `json:"platform"`
	Username  string `json:"username"`
	SessionID string `json:"session_id"`
}

// sessionFields is what says which session is meant.
var sessionFields = []django.Field[pinKey]{
	django.CharField("session_id", django.CharRules{Required: true, Validate: func(s string) string {
		if _, ok := django.ParseUUID(s); !ok {
			return "Must be a valid UUID."
		}
		return ""
	}}, func(k *pinKey) *string { return &k.sessionID }),
}

// pinKey reads which session data names.
func (c *call) pinKey(data any) (pinKey, *django.Response) {
	key := pinKey{username: c.username}
	refusal := django.Validate(&django.Validation{Context: c.org}, sessionFields, data, &key)
	key.sessionID, _ = django.ParseUUID(key.sessionID)
	return key, refusal
}

func (c *call) listPins() *django.Response {
	key, refusal := c.pinKey(c.query.Form())
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	pinned := []*session{}
	if c.org.pins[key] != nil {
		pinned = append(pinned, c.org.session(key.sessionID))
	}
	return django.OK(pinned)
}

// createPin pins a session. To pin it again changes nothing.
func (c *call) createPin() *django.Response {
	data, refusal := c.data()
	if refusal != nil {
		return refusal
	}
	key, refusal := c.pinKey(data)
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.Lock()
	defer c.sandbox.store.Unlock()
	p := c.org.pins[key]
	if p == nil {
		p = &pin{c.sandbox.store.nextID("pin"), c.org.key, key.username, key.sessionID}
		c.org.pins[key] = p
	}
	return django.OK(p)
}

// destroyPin takes the session from the query, or else from the body.
func (c *call) destroyPin() *django.Response {
	var data any = c.query.Form()
	if c.query["session_id"] == nil {
		var refusal *django.Response
		if data, refusal = c.data(); refusal != nil {
			return refusal
		}
	}
	key, refusal := c.pinKey(data)
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.Lock()
	defer c.sandbox.store.Unlock()
	if c.org.pins[key] == nil {
		return django.ObjectNotFound("PinnedMessage")
	}
	delete(c.org.pins, key)
	return &django.Response{Status: http.StatusNoContent}
}
