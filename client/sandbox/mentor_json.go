package sandbox

import (
	"encoding/json"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// What the service writes of a mentor. The fields here take the place of those
// with the same name in the client's models.
type (
	mentorAnswer struct {
		*client.Mentor
		CallConfiguration  *callAnswer     `json:"call_configuration,omitempty"`
		MCPServers         []serverAnswer  `json:"mcp_servers"`
		RecentlyAccessedAt django.DateTime `json:"recently_accessed_at"`
		CreatedAt          django.DateTime `json:"created_at"`
		UpdatedAt          django.DateTime `json:"updated_at"`
	}
	callAnswer struct {
		*client.CallConfiguration
		GoogleVoice *client.Voice `json:"google_voice,omitempty"`
		OpenAIVoice *client.Voice `json:"openai_voice,omitempty"`
	}
	serverAnswer struct {
		*client.MCPServer
		Credentials  string          `json:"credentials"` // in clear
		ExtraHeaders json.RawMessage `json:"extra_headers"`
		CreatedAt    django.DateTime `json:"created_at"`
		UpdatedAt    django.DateTime `json:"updated_at"`
	}
)

func mentorJSON(m *client.Mentor) (json.RawMessage, error) {
	written := mentorAnswer{
		Mentor:     m,
		MCPServers: []serverAnswer{},
		CreatedAt:  django.NewDateTime(m.CreatedAt.Time),
		UpdatedAt:  django.NewDateTime(m.UpdatedAt.Time),
	}
	if m.RecentlyAccessedAt != nil {
		written.RecentlyAccessedAt = django.NewDateTime(m.RecentlyAccessedAt.Time)
	}
	if call := &m.CallConfiguration; *call != (client.CallConfiguration{}) {
		written.CallConfiguration = &callAnswer{call, notZero(&call.GoogleVoice), notZero(&call.OpenAIVoice)}
	}
	for i := range m.MCPServers {
		server := &m.MCPServers[i]
		written.MCPServers = append(written.MCPServers, serverAnswer{
			MCPServer:    server,
			Credentials:  server.Credentials.Reveal(),
			ExtraHeaders: json.RawMessage(server.ExtraHeaders.Reveal()),
			CreatedAt:    django.NewDateTime(server.CreatedAt.Time),
			UpdatedAt:    django.NewDateTime(server.UpdatedAt.Time),
		})
	}
	return django.EncodeJSON(written)
}

// notZero is nil for a voice that is none.
func notZero(v *client.Voice) *client.Voice {
	if *v == (client.Voice{}) {
		return nil
	}
	return v
}
