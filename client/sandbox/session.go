package sandbox

import (
	"encoding/json"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A ChatSession is a conversation with a mentor. Users can pin it.
type ChatSession struct {
	// ID is a UUID.
	ID string
	// MentorID is the unique id of the mentor. The default is the org's first mentor.
	MentorID string
	// Messages are the messages of the conversation, in order. The sandbox generates
	// ids and times if they are zero.
	Messages []client.ChatMessage
}

// A session is a chat session as the service writes it.
type session struct {
	SessionID string          `json:"session_id"`
	Mentor    json.RawMessage `json:"mentor"`
	Messages  json.RawMessage `json:"messages"`
}

// session returns a session. One that no option has added was held with the
// org's first mentor, in silence.
func (o *org) session(id string) *session {
	if s := o.sessions[id]; s != nil {
		return s
	}
	return &session{id, o.mentors[0].json, json.RawMessage("[]")}
}

// addSession adds a session with what it leaves open.
func (s *Sandbox) addSession(orgKey string, added ChatSession) error {
	o, err := s.orgFor("WithChatSession", orgKey)
	if err != nil {
		return err
	}
	id, ok := django.ParseUUID(added.ID)
	if !ok {
		return invalid("WithChatSession.ID", "is %q, which is not a UUID", added.ID)
	}
	fill(&added.MentorID, o.mentors[0].UniqueID)
	mentorID, _ := django.ParseUUID(added.MentorID)
	mentor := o.mentorByUUID[mentorID]
	if mentor == nil {
		return invalid("WithChatSession.MentorID", "is %q, but org %q has no such mentor", added.MentorID, orgKey)
	}
	messages, err := s.messagesJSON(added.Messages)
	if err != nil {
		return &api.ArgumentError{Argument: "WithChatSession.Messages", Reason: "has invalid JSON", Err: err}
	}
	o.sessions[id] = &session{id, mentor.json, messages}
	return nil
}

// messagesJSON writes the messages of a session with what they leave open.
func (s *Sandbox) messagesJSON(messages []client.ChatMessage) (json.RawMessage, error) {
	type message struct {
		client.ChatMessage
		InsertedAt django.DateTime `json:"inserted_at"` // in place of the client's
	}
	written := []message{}
	for _, m := range messages {
		if m.ID == 0 {
			m.ID = s.store.nextID("message")
		}
		fill(&m.InsertedAt, client.Time{Time: s.Now()})
		fillJSON(&m.Message, "{}")
		fillJSON(&m.Feedback, "{}")
		fillJSON(&m.Files, "[]")
		written = append(written, message{m, django.NewDateTime(m.InsertedAt.Time)})
	}
	return django.EncodeJSON(written)
}
