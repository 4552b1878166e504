package client_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const (
	mockedAgents = client.DefaultBaseURL + "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/"
	mockedLogs   = client.DefaultBaseURL + "/api/ai-mentor/orgs/acme/users/ada/periodic-agent-logs/"
)

// mock returns a client and its own httpmock transport, so that tests can run in
// parallel.
func mock(t *testing.T) (*client.Client, *httpmock.MockTransport) {
	t.Helper()
	transport := httpmock.NewMockTransport()
	return newClient(t, client.WithHTTPClient(&http.Client{Transport: transport})), transport
}

// Programs may use httpmock's global state.
func TestHTTPMockActivated(t *testing.T) { //nolint:paralleltest // the state is global
	httpClient := &http.Client{}
	httpmock.ActivateNonDefault(httpClient)
	t.Cleanup(httpmock.DeactivateAndReset)
	httpmock.RegisterResponder(http.MethodGet, mockedAgents+"7/", httpmock.NewStringResponder(http.StatusOK, `{"id": 7, "title": "Morning digest"}`))

	c := newClient(t, client.WithHTTPClient(httpClient))
	agent, err := c.PeriodicAgents.Get(t.Context(), 7)
	require.NoError(t, err)
	assert.Equal(t, "Morning digest", agent.Title)
	assert.Equal(t, 1, httpmock.GetTotalCallCount())
}

func TestHTTPMockWithBodies(t *testing.T) {
	t.Parallel()
	c, transport := mock(t)
	transport.RegisterMatcherResponder(
		http.MethodPatch, mockedAgents+"7/",
		httpmock.BodyContainsString(`{"task":{"enabled":false}}`),
		httpmock.NewJsonResponderOrPanic(http.StatusOK, map[string]any{"id": 7, "task": map[string]any{"enabled": false}}),
	)
	updated, err := c.PeriodicAgents.Update(t.Context(), 7, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false)}})
	require.NoError(t, err)
	assert.False(t, updated.Task.Enabled)
}

func TestHTTPMockWithPages(t *testing.T) {
	t.Parallel()
	c, transport := mock(t)
	transport.RegisterResponder(http.MethodGet, mockedLogs, httpmock.NewStringResponder(http.StatusOK, `{"count": 2, "next": "http://internal/?page=2", "results": [{"id": 1, "status": "success"}]}`))
	transport.RegisterResponderWithQuery(http.MethodGet, mockedLogs, "page=2", httpmock.NewStringResponder(http.StatusOK, `{"count": 2, "next": null, "results": [{"id": 2, "status": "error"}]}`))
	logs, err := client.Collect(c.PeriodicAgentLogs.All(t.Context(), nil), 10)
	require.NoError(t, err)
	require.Len(t, logs, 2)
	assert.Equal(t, api.StatusError, logs[1].Status)
}

func TestHTTPMockWithErrors(t *testing.T) {
	t.Parallel()
	c, transport := mock(t)
	transport.RegisterResponder(http.MethodDelete, mockedAgents+"7/", httpmock.NewStringResponder(http.StatusNotFound, `{"detail": "Not found."}`))
	require.ErrorIs(t, c.PeriodicAgents.Delete(t.Context(), 7), client.ErrNotFound)

	broken := errors.New("no route to host")
	transport.RegisterResponder(http.MethodPost, mockedAgents, httpmock.NewErrorResponder(broken))
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, 1, transport.GetCallCountInfo()["POST "+mockedAgents], "it may have arrived")

	_, err = c.Mentors.List(t.Context(), nil, retries(1))
	require.ErrorContains(t, err, "no responder found")
}
