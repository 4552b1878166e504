package seed

import (
	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// readSession reads a chat session. The sandbox validates it.
func (o *orgReader) readSession(v *document.Value) {
	s := &sandbox.ChatSession{}
	v.Object(document.Fields{
		"id":       func(v *document.Value) { s.ID = o.unique(v, v.Text(maxText), o.scope("sessions")) },
		"username": func(v *document.Value) { o.readUsername(v, &s.Username) },
		"mentor":   func(v *document.Value) { o.readMentorName(v, &s.MentorID) },
		"title":    func(v *document.Value) { s.Title = v.Text(maxText) },
		"messages": func(v *document.Value) {
			v.List(maxMessages, func(v *document.Value) { s.Messages = append(s.Messages, readMessage(v)) })
		},
	}, "id")
	o.sessions = append(o.sessions, s)
	o.addPart(part{
		value: v, kind: sessionPart,
		options: func() []sandbox.Option {
			alone := *s
			alone.Username, alone.MentorID = "", "" // they are other parts
			return []sandbox.Option{anyAccount(), sandbox.WithChatSession(anyOrg, alone)}
		},
		add: func(sb *Sandbox, added *Added) error { return added.session(s.ID, sb.AddChatSession(o.key, *s)) },
	})
}

// readUsername reads the name of a user of the org.
func (o *orgReader) readUsername(v *document.Value, into *string) {
	*into = v.Text(maxName)
	o.resolve = append(o.resolve, func() {
		if !o.usernames[*into] && !v.Invalid() {
			v.Errorf("no account of the org has the username %s", document.Quote(*into))
		}
	})
}

// readMessage reads a message, which has fields of the API.
func readMessage(v *document.Value) (m client.ChatMessage) {
	v.Object(document.Fields{
		"message":     func(v *document.Value) { m.Message = v.JSON(maxText) },
		"inserted_at": func(v *document.Value) { m.InsertedAt = client.Time{Time: v.Time()} },
		"feedback":    func(v *document.Value) { m.Feedback = v.JSON(maxText) },
		"files":       func(v *document.Value) { m.Files = v.JSON(maxText) },
	}, "message")
	return m
}
