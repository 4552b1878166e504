package sandbox

import (
	"encoding/json"
	"net/http"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// seedSession adds a chat session to an org.
func (p *platform) seedSession(orgKey string, added ChatSession) error {
	o, err := p.orgFor("WithChatSession", orgKey)
	if err != nil {
		return err
	}
	id, ok := django.ParseUUID(added.ID)
	if !ok {
		return invalid("WithChatSession.ID", "is %q, which is not a UUID", added.ID)
	}
	setDefault(&added.MentorID, o.mentors[0].UniqueID)
	mentorID, _ := django.ParseUUID(added.MentorID)
	mentor := o.mentorByUUID[mentorID]
	if mentor == nil {
		return invalid("WithChatSession.MentorID", "is %q, but org %q has no such mentor", added.MentorID, orgKey)
	}
	messages, err := p.messagesJSON(added.Messages)
	if err != nil {
		return &api.ArgumentError{Argument: "WithChatSession.Messages", Reason: "has invalid JSON", Err: err}
	}
	o.sessions[id] = &session{id, mentor.json, messages}
	return nil
}

// messagesJSON encodes the messages of a session with defaults for missing fields.
func (p *platform) messagesJSON(messages []client.ChatMessage) (json.RawMessage, error) {
	type fields client.ChatMessage // without its MarshalJSON
	type message struct {
		fields
		InsertedAt django.DateTime `json:"inserted_at"` // replaces the model's
	}
	forms := []message{}
	for _, m := range messages {
		if m.ID == 0 {
			m.ID = p.store.nextID("message")
		}
		setDefault(&m.InsertedAt, client.Time{Time: p.timeline.Now()})
		setDefaultJSON(&m.Message, "{}")
		setDefaultJSON(&m.Feedback, "{}")
		setDefaultJSON(&m.Files, "[]")
		m.ArtifactVersions = clone(m.ArtifactVersions)
		forms = append(forms, message{fields(m), django.NewDateTime(m.InsertedAt.Time)})
	}
	return django.EncodeJSON(forms)
}

// sessionFields are the fields that name a session.
var sessionFields = []django.Field[pinKey]{
	django.CharField("session_id", django.CharRules{Required: true, Validate: func(s string) string {
		if _, ok := django.ParseUUID(s); !ok {
			return "Must be a valid UUID."
		}
		return ""
	}}, func(k *pinKey) *string { return &k.sessionID }),
}

// pinKey validates the data that names a session.
func (p *platform) pinKey(username string, data any) (pinKey, *django.Response) {
	key := pinKey{username: username}
	errResponse := django.Validate(&django.Validation{}, sessionFields, data, &key)
	key.sessionID, _ = django.ParseUUID(key.sessionID)
	return key, errResponse
}

func (p *platform) listPins(o *org, username string, data any) *django.Response {
	key, errResponse := p.pinKey(username, data)
	if errResponse != nil {
		return errResponse
	}
	p.store.RLock()
	defer p.store.RUnlock()
	pinned := []*session{}
	if o.pins[key] != nil {
		pinned = append(pinned, o.session(key.sessionID))
	}
	return django.OK(pinned)
}

// createPin pins a session. It changes nothing if the session is pinned already.
func (p *platform) createPin(o *org, username string, data any) *django.Response {
	key, errResponse := p.pinKey(username, data)
	if errResponse != nil {
		return errResponse
	}
	p.store.Lock()
	defer p.store.Unlock()
	pinned := o.pins[key]
	if pinned == nil {
		pinned = &pin{p.store.nextID("pin"), o.key, key.username, key.sessionID}
		o.pins[key] = pinned
	}
	return django.OK(pinned)
}

func (p *platform) deletePin(o *org, username string, data any) *django.Response {
	key, errResponse := p.pinKey(username, data)
	if errResponse != nil {
		return errResponse
	}
	p.store.Lock()
	defer p.store.Unlock()
	if o.pins[key] == nil {
		return django.ObjectNotFound("PinnedMessage")
	}
	delete(o.pins, key)
	return &django.Response{Status: http.StatusNoContent}
}
