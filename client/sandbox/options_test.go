package sandbox_test

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	account := func(org, username, key string) sandbox.Option {
		return sandbox.WithAccount(sandbox.Account{Org: org, Username: username, APIKey: api.NewSecret(key)})
	}
	mentor := func(m client.Mentor) sandbox.Option { return sandbox.WithMentor("acme", m) }
	for want, options := range map[string][]sandbox.Option{
		`opts[1] is nil`:                {withTestClock(), nil},
		`WithAccount.Org is empty`:      {account("", "ada", "")},
		`WithAccount.Username is empty`: {account("acme", "", "")},
		`WithAccount.Org is "..", which can't be a segment of a path`:                                       {account("..", "ada", "")},
		`WithAccount.Username is "a/b", which can't be a segment of a path`:                                 {account("acme", "a/b", "")},
		`WithAccount.APIKey has a character that is not allowed in a header`:                                {account("acme", "ada", "a b")},
		`WithAccount.Username is "ada", which org "acme" has already`:                                       {account("acme", "ada", ""), account("acme", "ada", "")},
		`WithAccount.APIKey is the key of two accounts: "ada" of "acme" and "eve" of "acme"`:                {account("acme", "ada", "k"), account("acme", "eve", "k")},
		`WithMentor has org "nowhere", which has no account`:                                                {sandbox.WithMentor("nowhere", client.Mentor{})},
		`WithMentor.ID is -1, but ids start at 1`:                                                           {mentor(client.Mentor{ID: -1})},
		`WithMentor.ID is 7, which is another mentor's id`:                                                  {mentor(client.Mentor{ID: 7}), mentor(client.Mentor{ID: 7, UniqueID: session})},
		`WithMentor.UniqueID is "x", which is not a UUID`:                                                   {mentor(client.Mentor{UniqueID: "x"})},
		`WithMentor.UniqueID is "` + coach + `", which is another mentor's id`:                              {mentor(client.Mentor{UniqueID: coach}), mentor(client.Mentor{UniqueID: coach})},
		`WithPeriodicAgent has org "nowhere", which has no account`:                                         {sandbox.WithPeriodicAgent("nowhere", digest())},
		`WithPeriodicAgent[1] is invalid: {"title":["This field is required."]}`:                            {sandbox.WithPeriodicAgent("acme", digest(), titled(""))},
		`WithChatSession has org "nowhere", which has no account`:                                           {sandbox.WithChatSession("nowhere", sandbox.ChatSession{ID: session})},
		`WithChatSession.ID is "x", which is not a UUID`:                                                    {sandbox.WithChatSession("acme", sandbox.ChatSession{ID: "x"})},
		`WithChatSession.MentorID is "` + session + `", but org "acme" has no such mentor`:                  {sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, MentorID: session})},
		`WithPageSize has sizes 0 and 1, but they must be at least 1, and the maximum at least the default`: {sandbox.WithPageSize(0, 1)},
		`WithPageSize has sizes 2 and 1, but they must be at least 1, and the maximum at least the default`: {sandbox.WithPageSize(2, 1)},
		`WithClock has start 10000-01-01 00:00:00 +0000 UTC, but it must be in the years 1 to 9999`:         {sandbox.WithClock(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), 1)},
		`WithFrozenClock has start 0000-12-31 00:00:00 +0000 UTC, but it must be in the years 1 to 9999`:    {sandbox.WithFrozenClock(time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC))},
		`WithFrozenClock has start 10000-01-01 00:00:00 +0000 UTC, but it must be in the years 1 to 9999`:   {sandbox.WithFrozenClock(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))},
		`WithClock has start 0000-12-31 00:00:00 +0000 UTC, but it must be in the years 1 to 9999`:          {sandbox.WithClock(time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), 1)},
		`WithClock has start -0001-01-01 00:00:00 +0000 UTC, but it must be in the years 1 to 9999`:         {sandbox.WithClock(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), 1)},
		`WithClock has speed 0, but it must be above 0 and at most 86400`:                                   {sandbox.WithClock(start, 0)},
		`WithClock has speed -1, but it must be above 0 and at most 86400`:                                  {sandbox.WithClock(start, -1)},
		`WithClock has speed 86401, but it must be above 0 and at most 86400`:                               {sandbox.WithClock(start, 86401)},
		`WithClock has speed NaN, but it must be above 0 and at most 86400`:                                 {sandbox.WithClock(start, math.NaN())},
		`WithRelease is "4.2", but must be one of 3.59, 4.90, 4.95, 4.205`:                                  {sandbox.WithRelease("4.2")},
		`WithBeat is "2.8", but must be 2.4 or 2.9`:                                                         {sandbox.WithBeat("2.8")},
		`WithOutcomeFunc is nil`: {sandbox.WithOutcomeFunc(nil)},
		`WithOutcomes[1].Status is "pending", but must be success, error or running`: {sandbox.WithOutcomes(sandbox.Outcome{}, sandbox.Outcome{Status: api.StatusPending})},
		`WithOutcomes[0].Duration is -1ns, but must not be negative`:                 {sandbox.WithOutcomes(sandbox.Outcome{Duration: -1})},
		`WithCallbackHandler is nil`:                                                 {sandbox.WithCallbackHandler(nil)},
		`WithCallbackHTTPClient is nil`:                                              {sandbox.WithCallbackHTTPClient(nil)},
	} {
		_, err := sandbox.Start(options...)
		require.EqualError(t, err, "ibl.ai: "+want)
		assert.ErrorAs(t, err, new(*api.ArgumentError), want)
	}
	_, err := sandbox.New(mentor(client.Mentor{Flow: json.RawMessage(`{`)}))
	require.ErrorContains(t, err, "ibl.ai: WithMentor can't be encoded as JSON: ")
	_, err = sandbox.New(sandbox.WithChatSession("acme", sandbox.ChatSession{ID: session, Messages: []client.ChatMessage{{Message: json.RawMessage(`{`)}}}))
	require.ErrorContains(t, err, "ibl.ai: WithChatSession.Messages can't be encoded as JSON: ")
}

func TestDefaultMentorOfEachOrg(t *testing.T) {
	t.Parallel()
	server := newTestServer(t,
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

func TestClientOptionsFor(t *testing.T) {
	t.Parallel()
	server := newServer(t,
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada"}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "ada"}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
	)
	for _, a := range server.Accounts() {
		opts, err := server.ClientOptionsFor(a.Org, a.Username)
		require.NoError(t, err)
		c, err := client.New(opts...)
		require.NoError(t, err)
		page, err := c.Mentors.List(t.Context(), nil)
		require.NoError(t, err)
		require.Len(t, page.Results, 1)
		assert.Equal(t, a.Org, page.Results[0].Platform)
		assert.Equal(t, a.Username, latest(t, server).Username)
	}
	_, err := server.ClientOptionsFor("acme", "grace")
	require.EqualError(t, err, `ibl.ai: username is "grace", but org "acme" has no such account`)
	require.ErrorAs(t, err, new(*api.ArgumentError))
}

// Of options that replace each other, the last one applies.
func TestLastOptionApplies(t *testing.T) {
	t.Parallel()
	fails := sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome {
		return sandbox.Outcome{Status: api.StatusError}
	})
	frozen, running := sandbox.WithFrozenClock(start), sandbox.WithClock(start, 60)
	faults := sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RespondWith(503)})
	for _, test := range []struct {
		options []sandbox.Option
		speed   float64
		status  api.Status
		faults  int
	}{
		{[]sandbox.Option{running, frozen, fails, sandbox.WithOutcomes(), faults, sandbox.WithFaults()}, 0, api.StatusSuccess, 0},
		{[]sandbox.Option{frozen, running, sandbox.WithOutcomes(), fails, sandbox.WithFaults(), faults}, 60, api.StatusError, 1},
	} {
		server := newServer(t, append(test.options, sandbox.WithPeriodicAgent("acme", digest()))...)
		assert.InDelta(t, test.speed, server.ClockSpeed(), 0)
		run, err := server.RunAsScheduled(t.Context(), 1)
		require.NoError(t, err)
		assert.Equal(t, test.status, run.Status)
		assert.Len(t, server.Faults(), test.faults)
	}
}
