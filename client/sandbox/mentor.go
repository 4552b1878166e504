package sandbox

import (
	"encoding/json"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A mentor is a mentor and its JSON form. It never changes.
type mentor struct {
	client.Mentor

	json json.RawMessage
}

// RowID is the mentor's id.
func (m *mentor) RowID() int64 { return m.ID }

// The models without their methods: an embedded MarshalJSON would write nothing
// but the embedded fields.
type (
	mentorFields client.Mentor
	callFields   client.CallConfiguration
	serverFields client.MCPServer
	oauthFields  client.OAuthService
)

// The JSON forms of a mentor and its parts: fields replace those of the embedded
// model with the same name.
type (
	mentorForm struct {
		*mentorFields
		CallConfiguration  *callForm       `json:"call_configuration,omitempty"`
		MCPServers         []serverForm    `json:"mcp_servers"`
		RecentlyAccessedAt django.DateTime `json:"recently_accessed_at"`
		CreatedAt          django.DateTime `json:"created_at"`
		UpdatedAt          django.DateTime `json:"updated_at"`
	}
	callForm struct {
		*callFields
		GoogleVoice *client.Voice `json:"google_voice,omitempty"`
		OpenAIVoice *client.Voice `json:"openai_voice,omitempty"`
	}
	serverForm struct {
		*serverFields
		Credentials      string          `json:"credentials"`       // in clear
		Headers          *struct{}       `json:"headers,omitempty"` // is left out
		ExtraHeaders     json.RawMessage `json:"extra_headers"`
		OAuthServiceData *oauthForm      `json:"oauth_service_data,omitempty"`
		Connections      string          `json:"mcp_server_connections"`
		CreatedAt        django.DateTime `json:"created_at"`
		UpdatedAt        django.DateTime `json:"updated_at"`
	}
	oauthForm struct {
		*oauthFields
		CreatedAt django.DateTime `json:"created_at"`
		UpdatedAt django.DateTime `json:"updated_at"`
	}
)

// mentorJSON encodes a mentor as the service does.
func mentorJSON(m *client.Mentor) (json.RawMessage, error) {
	form := mentorForm{
		mentorFields: (*mentorFields)(m),
		MCPServers:   []serverForm{},
		CreatedAt:    django.NewDateTime(m.CreatedAt.Time),
		UpdatedAt:    django.NewDateTime(m.UpdatedAt.Time),
	}
	if m.RecentlyAccessedAt != nil {
		form.RecentlyAccessedAt = django.NewDateTime(m.RecentlyAccessedAt.Time)
	}
	if call := &m.CallConfiguration; *call != (client.CallConfiguration{}) {
		form.CallConfiguration = &callForm{(*callFields)(call), notZero(&call.GoogleVoice), notZero(&call.OpenAIVoice)}
	}
	for i := range m.MCPServers {
		server := &m.MCPServers[i]
		form.MCPServers = append(form.MCPServers, serverForm{
			serverFields:     (*serverFields)(server),
			Credentials:      server.Credentials.Reveal(),
			ExtraHeaders:     json.RawMessage(server.ExtraHeaders.Reveal()),
			OAuthServiceData: oauthFormOf(&server.OAuthServiceData),
			Connections:      server.MCPServerConnections.Reveal(),
			CreatedAt:        django.NewDateTime(server.CreatedAt.Time),
			UpdatedAt:        django.NewDateTime(server.UpdatedAt.Time),
		})
	}
	return django.EncodeJSON(form)
}

// notZero returns nil for the zero voice.
func notZero(v *client.Voice) *client.Voice {
	if *v == (client.Voice{}) {
		return nil
	}
	return v
}

// oauthFormOf returns nil for the zero service.
func oauthFormOf(s *client.OAuthService) *oauthForm {
	if *s == (client.OAuthService{}) {
		return nil
	}
	return &oauthForm{(*oauthFields)(s), django.NewDateTime(s.CreatedAt.Time), django.NewDateTime(s.UpdatedAt.Time)}
}

// metadata returns a field of the mentor's metadata.
func (m *mentor) metadata(key string) (any, bool) {
	all, err := django.Django52.DecodeJSON(m.Metadata)
	if err != nil {
		return nil, false
	}
	fields, _ := all.(django.Dict)
	value, ok := fields[key]
	return value, ok
}
