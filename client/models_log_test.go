package client_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
)

func TestLoggedModelsShowNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-that-nobody-sees"
	mentor := client.Mentor{Name: "Study coach", MCPServers: []client.MCPServer{{Credentials: secret, ExtraHeaders: client.SecretJSON(`{"k":"` + secret + `"}`)}}}
	for _, model := range []any{
		client.PeriodicAgent{Mentor: mentor, CallbackSecret: secret},
		&client.PeriodicAgent{Mentor: mentor, CallbackSecret: secret},
		client.PeriodicAgentCreate{CallbackSecret: secret},
		client.PeriodicAgentCreateRequest{CallbackSecret: new(client.Secret(secret))},
		&client.PeriodicAgentUpdateRequest{CallbackSecret: new(client.Secret(secret))},
		mentor,
		mentor.MCPServers[0],
	} {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "model", model)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "model", model)
		assert.NotContains(t, out.String(), secret, "%T", model)
	}
}
