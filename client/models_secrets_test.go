package client_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

const agentWithSecrets = `{"id": 7, "callback_secret": "` + testSecret + `", "mentor": {"id": 3, "mcp_servers": [
	{"id": 1, "credentials": "` + testCredentials + `", "extra_headers": {"Authorization": "Bearer ` + testCredentials + `"}}]}}`

// No model that is printed or logged shows a secret that it holds.
func TestNoModelShowsASecret(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, agentWithSecrets), nil
	}))
	agent, err := c.PeriodicAgents.Get(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, client.Secret(testSecret), agent.CallbackSecret)
	require.Equal(t, client.Secret(testCredentials), agent.Mentor.MCPServers[0].Credentials)
	created, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.NoError(t, err)
	for name, v := range map[string]any{
		"agent": agent, "agent's value": *agent, "created": created, "mentor": agent.Mentor,
		"MCP server": agent.Mentor.MCPServers[0], "MCP servers": agent.Mentor.MCPServers,
		"page":    client.Page[client.PeriodicAgent]{Results: []client.PeriodicAgent{*agent}},
		"create":  &client.PeriodicAgentCreateRequest{CallbackSecret: new(client.Secret(testSecret))},
		"update":  client.PeriodicAgentUpdateRequest{CallbackSecret: new(client.Secret(testSecret))},
		"secret":  client.Secret(testSecret),
		"pointer": new(client.Secret(testSecret)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				assertNoSecretIn(t, verb, fmt.Sprintf(verb, v))
			}
			var out bytes.Buffer
			slog.New(slog.NewTextHandler(&out, nil)).InfoContext(t.Context(), "m", "v", v)
			assertNoSecretIn(t, "slog's text", out.String())
		})
	}
}
