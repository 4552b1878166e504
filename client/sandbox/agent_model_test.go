package sandbox_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// PeriodicAgent returns the same model that a client reads from the API.
func TestPeriodicAgent(t *testing.T) {
	t.Parallel()
	full := withCallback("http://127.0.0.1:1/", "a-long-random-secret")
	full.Description, full.Prompt, full.Pathway = new("For tests."), new("What is due?"), new("path")
	full.ParentSessionID, full.ParentMentorID = new(session), client.Value(int64(5))
	full.Task.OneOff, full.Task.Enabled, full.Task.StartTime = new(true), new(false), client.Value(start)
	full.PreviousAgent, full.PreviousAgentStatus = client.Value(int64(1)), new(api.StatusError)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest(), full))
	runNow(t, server, 1, sandbox.Outcome{Output: "Two essays."})

	c := newClient(t, server)
	for id := range int64(2) {
		fromAPI, err := c.PeriodicAgents.Get(t.Context(), id+1)
		require.NoError(t, err)
		stored, err := server.PeriodicAgent(id + 1)
		require.NoError(t, err)
		assert.Equal(t, fromAPI.Mentor.UniqueID, stored.Mentor.UniqueID)
		stored.Mentor = fromAPI.Mentor // an unset field is null in one and empty in the other
		assert.Equal(t, fromAPI, stored)
	}
	_, err := server.PeriodicAgent(3)
	unknown := &sandbox.UnknownAgentError{}
	require.ErrorAs(t, err, &unknown)
	assert.EqualValues(t, 3, unknown.ID)
}
