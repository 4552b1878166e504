package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// seedSession adds a chat session to an org. The caller holds the store's lock.
func (p *platform) seedSession(argument, orgKey string, added ChatSession) error {
	o, err := p.orgFor(argument, orgKey)
	if err != nil {
		return err
	}
	id, ok := django.ParseUUID(added.ID)
	if !ok {
		return invalid(argument+".ID", "is %q, which is not a UUID", added.ID)
	}
	setDefault(&added.MentorID, o.mentors[0].UniqueID)
	mentorID, _ := django.ParseUUID(added.MentorID)
	mentor := o.mentorByUUID[mentorID]
	switch {
	case added.Username != "" && !o.usernames[added.Username]:
		return invalid(argument+".Username", "is %q, but org %q has no such account", added.Username, orgKey)
	case o.sessions[id] != nil:
		return invalid(argument+".ID", "is %q, which is another session's id", id)
	case mentor == nil:
		return invalid(argument+".MentorID", "is %q, but org %q has no such mentor", added.MentorID, orgKey)
	}
	messages, first, err := p.messagesJSON(id, added.Messages)
	if err != nil {
		return &api.ArgumentError{Argument: argument + ".Messages", Reason: "can't be encoded as JSON", Err: err}
	}
	s := &session{SessionID: id, Mentor: mentor.json, Messages: messages, username: added.Username, mentor: mentor, first: first}
	if added.Title != "" {
		s.title = &added.Title
	}
	o.sessions[id] = s
	return nil
}

// The JSON forms of a message and its artifacts: fields replace those of the embedded
// model with the same name.
type (
	messageFields  client.ChatMessage // without its methods
	versionFields  client.ArtifactVersion
	artifactFields client.Artifact

	messageForm struct {
		messageFields
		ArtifactVersions []versionForm   `json:"artifact_versions"`
		InsertedAt       django.DateTime `json:"inserted_at"`
	}
	versionForm struct {
		versionFields
		Artifact    artifactForm    `json:"artifact"`
		DateCreated django.DateTime `json:"date_created"`
	}
	artifactForm struct {
		artifactFields
		DateCreated django.DateTime `json:"date_created"`
		DateUpdated django.DateTime `json:"date_updated"`
	}
	// summaryForm is the first message in releases that list all sessions.
	summaryForm struct {
		messageForm
		DocumentSources *struct{} `json:"document_sources,omitempty"` // is left out
	}
)

// messagesJSON encodes the messages of a session with defaults for missing fields,
// and the first one or none as releases that list all sessions do.
func (p *platform) messagesJSON(sessionID string, messages []client.ChatMessage) (all, first json.RawMessage, err error) {
	forms, summary := []messageForm{}, []summaryForm{}
	for _, m := range messages {
		if m.ID == 0 {
			m.ID = p.store.nextID("message")
		}
		setDefault(&m.InsertedAt, client.Time{Time: p.timeline.Now()})
		setDefaultJSON(&m.Message, "{}")
		setDefaultJSON(&m.Feedback, "{}")
		setDefaultJSON(&m.Files, "[]")
		form := messageForm{messageFields(m), []versionForm{}, django.NewDateTime(m.InsertedAt.Time)}
		for _, v := range m.ArtifactVersions {
			setDefault(&v.SessionID, sessionID)
			setDefault(&v.Interface, client.ChatInterfaceChat)
			setDefault(&v.DateCreated, m.InsertedAt)
			form.ArtifactVersions = append(form.ArtifactVersions, versionFormOf(v))
		}
		forms = append(forms, form)
	}
	if len(forms) > 0 {
		summary = append(summary, summaryForm{messageForm: forms[0]})
	}
	if first, err = django.EncodeJSON(summary); err != nil {
		return nil, nil, err
	}
	all, err = django.EncodeJSON(forms)
	return all, first, err
}

func versionFormOf(v client.ArtifactVersion) versionForm {
	artifact := v.Artifact
	setDefault(&artifact.DateCreated, v.DateCreated)
	setDefault(&artifact.DateUpdated, artifact.DateCreated)
	return versionForm{
		versionFields: versionFields(v),
		Artifact:      artifactForm{artifactFields(artifact), django.NewDateTime(artifact.DateCreated.Time), django.NewDateTime(artifact.DateUpdated.Time)},
		DateCreated:   django.NewDateTime(v.DateCreated.Time),
	}
}

// sessionFields name a session by its UUID.
var sessionFields = []django.Field[pinKey]{sessionField(func(_ django.Version, id string) string {
	if _, ok := django.ParseUUID(id); !ok {
		return "Must be a valid UUID."
	}
	return ""
})}

// anySessionFields name a session by any text.
var anySessionFields = []django.Field[pinKey]{sessionField(nil)}

func sessionField(validate func(django.Version, string) string) django.Field[pinKey] {
	return django.CharField("session_id", django.CharRules{Required: true, Validate: validate}, func(k *pinKey) *string { return &k.sessionID })
}

// pinKeyOf validates the data that names a session. The id is empty if it is not a
// UUID.
func pinKeyOf(username string, fields []django.Field[pinKey], data any) (pinKey, *django.Response) {
	key := pinKey{username: username}
	errResponse := django.Validate(&django.Validation{}, fields, data, &key)
	key.sessionID, _ = django.ParseUUID(key.sessionID)
	return key, errResponse
}

func (p *platform) listPins(o *org, username string, release Release, data any) *django.Response {
	fields := sessionFields
	if release == Release359 {
		fields = anySessionFields
	}
	key, errResponse := pinKeyOf(username, fields, data)
	if errResponse != nil {
		return errResponse
	}
	p.store.RLock()
	defer p.store.RUnlock()
	pinned := []*session{}
	if o.pins[key] != nil {
		pinned = append(pinned, o.pins[key].session)
	}
	return django.OK(pinned)
}

// pinListing says how the pins of a user can be filtered.
var pinListing = listing.Listing[*pin]{
	Filters: []listing.Filter[*pin]{{Name: "mentor", Parse: func(_ django.Version, value string) (func(*pin) bool, string) {
		return func(p *pin) bool {
			m := p.session.mentor
			return value == m.UniqueID || value == m.Slug || value == m.Name
		}, ""
	}}},
}

// listPinnedSessions lists all sessions that a user has pinned.
func (p *platform) listPinnedSessions(o *org, username string, r *listing.Request) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	var pins []*pin
	for key, pinned := range o.pins {
		if key.username == username {
			pins = append(pins, pinned)
		}
	}
	slices.SortFunc(pins, listing.By((*pin).RowID))
	return pinListing.List(pins, r, func(p *pin) any { return p.session.summary() })
}

// createPin pins a session, unless it belongs to another user. It changes nothing if the session is pinned already.
func (p *platform) createPin(o *org, username string, data any) *django.Response {
	key, errResponse := pinKeyOf(username, sessionFields, data)
	if errResponse != nil {
		return errResponse
	}
	p.store.Lock()
	defer p.store.Unlock()
	s := o.session(key.sessionID)
	if s.username != "" && s.username != username {
		return django.ObjectNotFound("Session")
	}
	pinned := o.pins[key]
	if pinned == nil {
		pinned = &pin{ID: p.store.nextID("pin"), Platform: o.key, Username: key.username, SessionID: key.sessionID, session: s}
		o.pins[key] = pinned
	}
	return &django.Response{Status: http.StatusCreated, Body: pinned}
}

func (p *platform) deletePin(o *org, username string, data any) *django.Response {
	key, errResponse := pinKeyOf(username, sessionFields, data)
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
