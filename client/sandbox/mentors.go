package sandbox

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// mentorListing says how mentors can be filtered. The values of department_id and
// return_session_information are validated, but select nothing.
var mentorListing = listing.Listing[*mentor]{
	Filters: []listing.Filter[*mentor]{
		{Name: "department_id", Parse: func(_ django.Version, value string) (func(*mentor) bool, string) {
			_, message := django.IntegerValue(value)
			if strings.HasPrefix(message, "Ensure") { // nothing limits it
				message = ""
			}
			return nil, message
		}},
		{Name: "is_featured", Parse: func(version django.Version, value string) (func(*mentor) bool, string) {
			featured, ok := version.BooleanValue(value)
			if !ok {
				return nil, "Must be a valid boolean."
			}
			return func(m *mentor) bool { return m.IsFeatured == featured }, ""
		}},
		{Name: "return_session_information", Parse: func(version django.Version, value string) (func(*mentor) bool, string) {
			if _, ok := version.BooleanValue(value); !ok {
				return nil, "Must be a valid boolean."
			}
			return nil, ""
		}},
	},
}

// listMentors selects mentors by their metadata too, if the query has a
// metadata_key.
func (p *platform) listMentors(o *org, r *listing.Request) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	mentors := []*mentor(o.mentors)
	if key := r.Query.Get("metadata_key"); key != "" {
		value := r.Query.Get("metadata_value")
		mentors = listing.Select(mentors, func(m *mentor) bool {
			found, ok := m.metadata(key)
			return ok && (value == "" || strings.EqualFold(django.Str(found), value))
		})
	}
	return mentorListing.List(mentors, r, func(m *mentor) any { return m.json })
}

// seedMentor adds a mentor to an org. The caller holds the store's lock.
func (p *platform) seedMentor(argument, orgKey string, m client.Mentor) (*mentor, error) {
	o, err := p.orgFor(argument, orgKey)
	if err != nil {
		return nil, err
	}
	if err := p.identify(argument, orgKey, &m); err != nil {
		return nil, err
	}
	if o.mentors.ByID(m.ID) != nil {
		return nil, invalid(argument+".ID", "is %d, which is another mentor's id", m.ID)
	}
	if o.mentorByUUID[m.UniqueID] != nil {
		return nil, invalid(argument+".UniqueID", "is %q, which is another mentor's id", m.UniqueID)
	}
	m = completeMentor(m, client.Time{Time: p.now().Time()})
	text, err := mentorJSON(&m)
	if err != nil {
		return nil, &api.ArgumentError{Argument: argument, Reason: "can't be encoded as JSON", Err: err}
	}
	added := &mentor{Mentor: m, json: text}
	o.mentors.Add(added)
	o.mentorByUUID[m.UniqueID] = added
	return added, nil
}

// identify validates the ids of a mentor, and generates missing ids and names.
func (p *platform) identify(argument, orgKey string, m *client.Mentor) error {
	if m.ID < 0 {
		return invalid(argument+".ID", "is %d, but ids start at 1", m.ID)
	}
	m.ID = p.store.reserveID("mentor", m.ID)
	setDefault(&m.UniqueID, newUUID())
	id, ok := django.ParseUUID(m.UniqueID)
	if !ok {
		return invalid(argument+".UniqueID", "is %q, which is not a UUID", m.UniqueID)
	}
	m.UniqueID = id
	setDefault(&m.Name, fmt.Sprintf("Mentor %d", m.ID))
	setDefault(&m.Slug, fmt.Sprintf("mentor-%d", m.ID))
	setDefault(&m.Platform, orgKey)
	return nil
}

// completeMentor returns m with defaults for lists, choices and times.
func completeMentor(m client.Mentor, now client.Time) client.Mentor {
	m.Types, m.Subjects = clone(m.Types), clone(m.Subjects)
	m.Categories, m.MCPServers = clone(m.Categories), clone(m.MCPServers)
	for i := range m.Categories {
		m.Categories[i].Audiences = clone(m.Categories[i].Audiences)
	}
	for i := range m.MCPServers {
		server := &m.MCPServers[i]
		setDefault(&server.Transport, client.MCPTransportSSE)
		setDefault(&server.AuthType, client.MCPAuthTypeNone)
		setDefault(&server.AuthScope, client.MCPAuthScopePlatform)
		setDefault(&server.PlatformKey, m.Platform)
		if service := &server.OAuthServiceData; *service != (client.OAuthService{}) {
			setDefault(&service.CreatedAt, now)
			setDefault(&service.UpdatedAt, now)
		}
		setDefault(&server.CreatedAt, now)
		setDefault(&server.UpdatedAt, now)
		setDefault(&server.ExtraHeaders, server.Headers) // the name in release 3.59
		setDefault(&server.ExtraHeaders, api.NewSecret("{}"))
		server.Headers = api.Secret{}
	}
	if call := &m.CallConfiguration; *call != (client.CallConfiguration{}) {
		setDefault(&call.Mentor, m.UniqueID)
		setDefault(&call.Mode, client.CallConfigurationModeRealtime)
		setDefault(&call.TTSProvider, client.TTSProviderOpenAI)
		setDefault(&call.STTProvider, client.STTProviderOpenAI)
		setDefault(&call.LLMProvider, client.LLMProviderOpenAI)
		setDefault(&call.PlatformKey, m.Platform)
	}
	setDefault(&m.StarterPrompts, client.StarterPromptsGuidedPrompt)
	setDefault(&m.GreetingMethod, client.GreetingMethodProactiveResponse)
	setDefault(&m.CreatedAt, &now)
	setDefault(&m.UpdatedAt, &now)
	return m
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
