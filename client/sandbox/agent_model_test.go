package sandbox_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// An agent is what the API tells of it.
func TestPeriodicAgent(t *testing.T) {
	t.Parallel()
	full := calling("http://127.0.0.1:1/", "a-long-random-secret")
	full.Description, full.Prompt, full.Pathway = new("For tests."), new("What is due?"), new("path")
	full.ParentSessionID, full.ParentMentorID = new(session), client.Value(int64(5))
	full.Task.OneOff, full.Task.Enabled, full.Task.StartTime = new(true), new(false), client.Value(start)
	full.PreviousAgent, full.PreviousAgentStatus = client.Value(int64(1)), new(api.StatusError)
	server := newAda(t, sandbox.WithPeriodicAgent("acme", digest(), full))
	fire(t, server, 1, sandbox.Outcome{Output: "Two essays."})

	c := newClient(t, server)
	for id := range int64(2) {
		told, err := c.PeriodicAgents.Get(t.Context(), id+1)
		require.NoError(t, err)
		kept, err := server.PeriodicAgent(id + 1)
		require.NoError(t, err)
		assert.Equal(t, told.Mentor.UniqueID, kept.Mentor.UniqueID)
		kept.Mentor = told.Mentor // what is not set is null there, and empty here
		assert.Equal(t, told, kept)
	}
	_, err := server.PeriodicAgent(3)
	unknown := &sandbox.UnknownAgentError{}
	require.ErrorAs(t, err, &unknown)
	assert.EqualValues(t, 3, unknown.ID)
}
