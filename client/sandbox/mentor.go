package sandbox

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// A mentor is kept as the client has it, and as the service writes it. Nothing
// changes it.
type mentor struct {
	client.Mentor

	json json.RawMessage
}

// RowID is the mentor's id.
func (m *mentor) RowID() int64 { return m.ID }

// addMentor adds m with all that it leaves open.
func (s *Sandbox) addMentor(orgKey string, m client.Mentor) error {
	o, err := s.orgFor("WithMentor", orgKey)
	if err != nil {
		return err
	}
	if err := s.identify(orgKey, &m); err != nil {
		return err
	}
	if o.mentors.byID(m.ID) != nil {
		return invalid("WithMentor.ID", "is %d, which is another mentor's id", m.ID)
	}
	if o.mentorByUUID[m.UniqueID] != nil {
		return invalid("WithMentor.UniqueID", "is %q, which is another mentor's id", m.UniqueID)
	}
	m = complete(m, client.Time{Time: s.time().Time()})
	text, err := mentorJSON(&m)
	if err != nil {
		return &api.ArgumentError{Argument: "WithMentor", Reason: "has invalid JSON", Err: err}
	}
	kept := &mentor{Mentor: m, json: text}
	o.mentors.add(kept)
	slices.SortFunc(o.mentors, listing.By((*mentor).RowID))
	o.mentorByUUID[m.UniqueID] = kept
	return nil
}

// identify gives m the ids and names that it has not.
func (s *Sandbox) identify(orgKey string, m *client.Mentor) error {
	if m.ID < 0 {
		return invalid("WithMentor.ID", "is %d, but ids start at 1", m.ID)
	}
	m.ID = s.store.takeID("mentor", m.ID)
	fill(&m.UniqueID, newUUID())
	id, ok := django.ParseUUID(m.UniqueID)
	if !ok {
		return invalid("WithMentor.UniqueID", "is %q, which is not a UUID", m.UniqueID)
	}
	m.UniqueID = id
	fill(&m.Name, fmt.Sprintf("Mentor %d", m.ID))
	fill(&m.Slug, fmt.Sprintf("mentor-%d", m.ID))
	fill(&m.Platform, orgKey)
	return nil
}

// complete returns m with what the contract wants of every mentor: lists, choices
// and times.
func complete(m client.Mentor, now client.Time) client.Mentor {
	m.Types, m.Subjects = clone(m.Types), clone(m.Subjects)
	m.Categories, m.MCPServers = clone(m.Categories), clone(m.MCPServers)
	for i := range m.Categories {
		m.Categories[i].Audiences = clone(m.Categories[i].Audiences)
	}
	for i := range m.MCPServers {
		server := &m.MCPServers[i]
		fill(&server.Transport, client.MCPTransportSSE)
		fill(&server.AuthType, client.MCPAuthTypeNone)
		fill(&server.PlatformKey, m.Platform)
		fill(&server.CreatedAt, now)
		fill(&server.UpdatedAt, now)
		fill(&server.ExtraHeaders, api.NewSecret("{}"))
	}
	if call := &m.CallConfiguration; *call != (client.CallConfiguration{}) {
		fill(&call.Mentor, m.UniqueID)
		fill(&call.Mode, client.CallConfigurationModeRealtime)
		fill(&call.TTSProvider, client.TTSProviderOpenAI)
		fill(&call.STTProvider, client.STTProviderOpenAI)
		fill(&call.LLMProvider, client.LLMProviderOpenAI)
		fill(&call.PlatformKey, m.Platform)
	}
	fill(&m.GreetingMethod, client.GreetingMethodProactiveResponse)
	fill(&m.CreatedAt, &now)
	fill(&m.UpdatedAt, &now)
	return m
}

// fill sets a field that is zero.
func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func fillJSON(field *json.RawMessage, value string) {
	if len(*field) == 0 {
		*field = json.RawMessage(value)
	}
}

// clone is a copy of list that is not nil.
func clone[T any](list []T) []T { return append([]T{}, list...) }

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
