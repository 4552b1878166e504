package sandbox_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestOptionsRefuse(t *testing.T) {
	t.Parallel()
	account := func(org, username, key string) sandbox.Option {
		return sandbox.WithAccount(sandbox.Account{Org: org, Username: username, APIKey: api.NewSecret(key)})
	}
	mentor := func(m client.Mentor) sandbox.Option { return sandbox.WithMentor("acme", m) }
	for want, options := range map[string][]sandbox.Option{
		`sandbox: an option is nil`:                                                                      {nil},
		`sandbox: WithAccount has no org`:                                                                {account("", "ada", "")},
		`sandbox: WithAccount has no username`:                                                           {account("acme", "", "")},
		`sandbox: WithAccount has the org "..", which would change the path`:                             {account("..", "ada", "")},
		`sandbox: WithAccount has the username "a/b", which would change the path`:                       {account("acme", "a/b", "")},
		`sandbox: WithAccount has a key with a character that no header can carry`:                       {account("acme", "ada", "a b")},
		`sandbox: WithAccount names ada of acme twice`:                                                   {account("acme", "ada", ""), account("acme", "ada", "")},
		`sandbox: WithAccount gives eve of acme the key of ada of acme`:                                  {account("acme", "ada", "k"), account("acme", "eve", "k")},
		`sandbox: WithMentor names the org "nowhere", which has no account`:                              {sandbox.WithMentor("nowhere", client.Mentor{})},
		`sandbox: WithMentor has the id -1, but ids start at 1`:                                          {mentor(client.Mentor{ID: -1})},
		`sandbox: WithMentor has the unique_id "x", which is no UUID`:                                    {mentor(client.Mentor{UniqueID: "x"})},
		`sandbox: WithMentor adds the mentor 2, ` + coach + ` to "acme" twice`:                           {mentor(client.Mentor{UniqueID: coach}), mentor(client.Mentor{UniqueID: coach})},
		`sandbox: WithMentor adds the mentor 7, ` + session + ` to "acme" twice`:                         {mentor(client.Mentor{ID: 7}), mentor(client.Mentor{ID: 7, UniqueID: session})},
		`sandbox: WithPeriodicAgent names the org "nowhere", which has no account`:                       {sandbox.WithPeriodicAgent("nowhere", digest())},
		`sandbox: WithPeriodicAgent 1 is refused: {"title":["This field is required."]}`:                 {sandbox.WithPeriodicAgent("acme", digest(), titled(""))},
		`sandbox: WithChatSession names the org "nowhere", which has no account`:                         {sandbox.WithChatSession("nowhere", sandbox.ChatSession{ID: session})},
		`sandbox: WithChatSession has the id "x", which is no UUID`:                                      {sandbox.WithChatSession("acme", sandbox.ChatSession{ID: "x"})},
		`sandbox: WithChatSession names the mentor "` + session + `", which "acme" has not`:              {sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, MentorID: session})},
		`sandbox: WithPageSize is 0 and 1, but must be 1 or more, and the maximum not below the default`: {sandbox.WithPageSize(0, 1)},
		`sandbox: WithPageSize is 2 and 1, but must be 1 or more, and the maximum not below the default`: {sandbox.WithPageSize(2, 1)},
		`sandbox: WithClock has the speed -1, but it must be from 0 to 86400`:                            {sandbox.WithClock(start, -1)},
		`sandbox: WithClock has the speed NaN, but it must be from 0 to 86400`:                           {sandbox.WithClock(start, math.NaN())},
		`sandbox: WithOutcomes is nil`:                                                                   {sandbox.WithOutcomes(nil)},
		`sandbox: WithHTTPClient is nil`:                                                                 {sandbox.WithHTTPClient(nil)},
	} {
		_, err := sandbox.Start(options...)
		require.EqualError(t, err, want)
		assert.ErrorAs(t, err, new(*sandbox.OptionError), want)
	}
	_, err := sandbox.New(mentor(client.Mentor{Flow: json.RawMessage(`{`)}))
	require.ErrorContains(t, err, "WithMentor has JSON that is none")
	_, err = sandbox.New(sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, Messages: []client.ChatMessage{{Message: json.RawMessage(`{`)}}}))
	require.ErrorContains(t, err, "WithChatSession has JSON that is none")
}

func TestEveryOrgHasAMentor(t *testing.T) {
	t.Parallel()
	server := newAda(t,
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
		sandbox.WithAccount(sandbox.Account{Org: "museum", Username: "lin"}),
		sandbox.WithMentor("museum", client.Mentor{Name: "Guide"}),
	)
	assert.Equal(t, coach, server.Mentors("acme")[0].UniqueID)
	require.Len(t, server.Mentors("library"), 1)
	assert.NotEqual(t, coach, server.Mentors("library")[0].UniqueID)
	require.Len(t, server.Mentors("museum"), 1)
	assert.Equal(t, "Guide", server.Mentors("museum")[0].Name)
}
