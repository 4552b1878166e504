package sandbox

import (
	"encoding/json"
	"fmt"

	"github.com/iblai/iblai-go/client"
)

// A ChatSession is a conversation with a mentor, which can be pinned.
type ChatSession struct {
	// ID is a UUID.
	ID string
	// MentorID is the unique id of the mentor, the org's first if it is empty.
	MentorID string
	// Messages are what was said. Their ids and times are filled in.
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
	id, ok := parseUUID(added.ID)
	if !ok {
		return &OptionError{Option: "WithChatSession", Reason: fmt.Sprintf("has the id %q, which is no UUID", added.ID)}
	}
	fill(&added.MentorID, o.mentors[0].UniqueID)
	mentorID, _ := parseUUID(added.MentorID)
	mentor := o.mentorByUUID[mentorID]
	if mentor == nil {
		return &OptionError{Option: "WithChatSession", Reason: fmt.Sprintf("names the mentor %q, which %q has not", added.MentorID, orgKey)}
	}
	messages, err := s.messagesJSON(added.Messages)
	if err != nil {
		return &OptionError{Option: "WithChatSession", Reason: "has JSON that is none: " + err.Error()}
	}
	o.sessions[id] = &session{id, mentor.json, messages}
	return nil
}

// messagesJSON writes the messages of a session with what they leave open.
func (s *Sandbox) messagesJSON(messages []client.ChatMessage) (json.RawMessage, error) {
	type message struct {
		client.ChatMessage
		InsertedAt moment `json:"inserted_at"` // in place of the client's
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
		written = append(written, message{m, momentOf(m.InsertedAt.Time)})
	}
	return marshal(written)
}
