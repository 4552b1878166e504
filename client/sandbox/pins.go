package sandbox

import "net/http"

type pinKey struct{ username, sessionID string }

// A pin is a user's pin of a session, as it is kept and as it is written.
type pin struct {
	ID        int64  `json:"id"`
	Platform  string `json:"platform"`
	Username  string `json:"username"`
	SessionID string `json:"session_id"`
}

// sessionFields is what says which session is meant.
var sessionFields = []field[pinKey]{
	text("session_id", textRule{required: true, check: func(s string) string {
		if _, ok := parseUUID(s); !ok {
			return "Must be a valid UUID."
		}
		return ""
	}}, func(k *pinKey) *string { return &k.sessionID }),
}

// pinKey reads which session data names.
func (c *call) pinKey(data any) (pinKey, *answer) {
	key := pinKey{username: c.username}
	refusal := validate(&validation{context: c.org}, sessionFields, data, &key)
	key.sessionID, _ = parseUUID(key.sessionID)
	return key, refusal
}

func (c *call) listPins() *answer {
	key, refusal := c.pinKey(formOf(c.query))
	if refusal != nil {
		return refusal
	}
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	pinned := []*session{}
	if c.org.pins[key] != nil {
		pinned = append(pinned, c.org.session(key.sessionID))
	}
	return ok(pinned)
}

// createPin pins a session. To pin it again changes nothing.
func (c *call) createPin() *answer {
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
	return ok(p)
}

// destroyPin takes the session from the query, or else from the body.
func (c *call) destroyPin() *answer {
	var data any = formOf(c.query)
	if !c.query.Has("session_id") {
		var refusal *answer
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
		return notFound("PinnedMessage")
	}
	delete(c.org.pins, key)
	return &answer{status: http.StatusNoContent}
}
