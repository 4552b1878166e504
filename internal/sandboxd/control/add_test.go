package control

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const session = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"

// Objects of each kind are added to an org that exists and to a new one.
func TestAdd(t *testing.T) {
	t.Parallel()
	s := start(t)
	added := send[addedBody](t, s, http.MethodPost, "/_sandbox/add", `
orgs:
- key: acme
  agents:
  - { title: Evening digest, task: { crontab: { hour: 20, minute: 0 } }, callback_url: inbox, callback_secret: s, previous_agent: Inbox watch,
      outcomes: [{ output: Listed. }], logs: [{ start_time: "2026-01-04T20:00:00Z" }] }
  logs: [{ periodic_agent: 1, start_time: "2026-01-03T08:00:00Z", status: error }]
  sessions: [{ id: `+session+`, username: grace, mentor: Librarian, messages: [{ message: { text: Hi } }] }]
  mentors: [{ name: Librarian }]
  accounts: [{ username: grace, admin: true }]
- key: library
  agents: [{ title: New books, mentor: Study coach, task: { crontab: { minute: 0 } } }]
  accounts: [{ username: grace, api_key: `+key+`, admin: true }]
`, "Content-Type", "application/yaml")
	require.Len(t, added.Accounts, 2)
	assert.Equal(t, accountBody{"library", "grace", true, key}, added.Accounts[1])
	assert.Len(t, added.Accounts[0].APIKey, 64)
	assert.Equal(t, []int64{4, 5}, added.Agents)
	assert.Equal(t, []int64{1, 2}, added.Logs)
	assert.Equal(t, []string{session}, added.Sessions)
	assert.Len(t, added.Mentors, 1)
	assert.Len(t, get[statusBody](t, s, "/_sandbox/status").Accounts, 3)

	c := s.newClient(t)
	agent, err := c.PeriodicAgents.Get(t.Context(), 4)
	require.NoError(t, err)
	assert.Equal(t, new(int64(1)), agent.PreviousAgent)
	assert.Equal(t, get[statusBody](t, s, "/_sandbox/status").InboxURL, agent.CallbackURL)
	logs, err := c.PeriodicAgentLogs.List(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, logs.Results, 2)
	assert.EqualValues(t, 4, logs.Results[0].PeriodicAgent, "the newest is first")
	assert.EqualValues(t, 1, logs.Results[1].PeriodicAgent)
	assert.Equal(t, api.StatusError, logs.Results[1].Status)

	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "13h"}`)
	logs, err = c.PeriodicAgentLogs.List(t.Context(), &client.PeriodicAgentLogListParams{PeriodicAgent: 4})
	require.NoError(t, err)
	assert.Equal(t, "Listed.", logs.Results[0].Content, "its runs have the listed outcomes")

	_, err = c.PinnedMessages.Create(t.Context(), session)
	require.ErrorIs(t, err, client.ErrNotFound, "the session is another user's")
	c, err = client.New(client.WithBaseURL(s.url), client.WithAPIKey(added.Accounts[0].APIKey), client.WithOrg("acme"), client.WithUsername("grace"))
	require.NoError(t, err)
	_, err = c.PinnedMessages.Create(t.Context(), session)
	require.NoError(t, err)
	pins, err := c.PinnedMessages.List(t.Context(), session)
	require.NoError(t, err)
	assert.Equal(t, added.Mentors[0], pins.Results[0].MentorUniqueID)

	c, err = client.New(client.WithBaseURL(s.url), client.WithAPIKey(key), client.WithOrg("library"), client.WithUsername("grace"))
	require.NoError(t, err)
	agent, err = c.PeriodicAgents.Get(t.Context(), 5)
	require.NoError(t, err)
	assert.Equal(t, "Study coach", agent.Mentor.Name)

	again := send[addedBody](t, s, http.MethodPost, "/_sandbox/add", `{"orgs": [{"key": "acme", "mentors": [{"name": "Librarian"}]}]}`)
	assert.NotEqual(t, added.Mentors, again.Mentors)
}

// An invalid addition adds nothing.
func TestInvalidAdditions(t *testing.T) {
	t.Parallel()
	s := start(t)
	before := get[statusBody](t, s, "/_sandbox/status")
	for body, want := range map[string]string{
		`{"clock": {}}`:            `body: line 1: unknown field "clock"; the known fields are orgs`,
		`{"orgs": []}`:             "orgs: has no org",
		`{"orgs": [{"key": "x"}]}`: "orgs[0]: has no account, so nobody can use it",
		`{"orgs": [{}]}`:           "orgs[0]: has no key",
		`{"orgs": [{"key": "x/y", "accounts": [{"username": "bob"}]}]}`:                                                                         `orgs[0].accounts[0]: org is "x/y", which can't be a segment of a path`,
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}, {"username": "ada"}]}]}`:                                                   "orgs[0].accounts[1].username: exists already",
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob", "api_key": "` + before.Accounts[0].APIKey + `"}]}]}`:                        "orgs[0].accounts[0].api_key: is the key of another account",
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}], "mentors": [{"name": "A", "unique_id": "` + coach + `"}]}]}`:              "orgs[0].mentors[0].unique_id: exists already",
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}], "agents": [{"title": "", "task": {"crontab": {}}}]}]}`:                    "orgs[0].agents[0].title: This field is required.",
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}], "logs": [{"periodic_agent": 9, "start_time": "2026-01-01T00:00:00Z"}]}]}`: `orgs[0].logs[0].periodic_agent: no agent in this org has the title or id "9"`,
		`{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}], "sessions": [{"id": "mine"}]}]}`:                                          `orgs[0].sessions[0].id: is "mine", which is not a UUID`,
	} {
		a := s.do(t, http.MethodPost, "/_sandbox/add", body)
		assert.Equal(t, http.StatusBadRequest, a.status, body)
		assert.Contains(t, a.reason(t), want)
	}
	assert.Equal(t, before, get[statusBody](t, s, "/_sandbox/status"))

	addition := `{"orgs": [{"key": "acme", "sessions": [{"id": "` + session + `"}]}]}`
	send[addedBody](t, s, http.MethodPost, "/_sandbox/add", addition)
	assert.Equal(t, `body: line 1: orgs[0].sessions[0].id: is "`+session+`", which is another session's id (added before: nothing)`,
		s.do(t, http.MethodPost, "/_sandbox/add", addition).reason(t))
	addition = `{"orgs": [{"key": "acme", "sessions": [{"id": "` + session + `"}], "accounts": [{"username": "bob"}, {"username": "eve"}]}]}`
	assert.Contains(t, s.do(t, http.MethodPost, "/_sandbox/add", addition).reason(t), "(added before: 2 accounts)")
}

// Logs appear late, and are deleted.
func TestLogs(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.newClient(t)
	assert.Equal(t, logDelayBody{"0s"}, get[logDelayBody](t, s, "/_sandbox/log-delay"))
	assert.Equal(t, logDelayBody{"10m0s"}, send[logDelayBody](t, s, http.MethodPost, "/_sandbox/log-delay", `{"delay": "10m"}`))
	assert.Equal(t, logDelayBody{"10m0s"}, get[logDelayBody](t, s, "/_sandbox/log-delay"))
	assert.Contains(t, s.do(t, http.MethodPost, "/_sandbox/log-delay", `{"delay": "-1s"}`).reason(t), "delay: must be from 0s to 744h0m0s")

	events := watchEvents(t, s)
	count := func() int64 {
		logs, err := c.PeriodicAgentLogs.List(t.Context(), &client.PeriodicAgentLogListParams{PeriodicAgent: 2})
		require.NoError(t, err)
		return logs.Count
	}
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "6m"}`)
	assert.Zero(t, count(), "the digest has run, but its log appears later")
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "10m"}`)
	require.EqualValues(t, 1, count())
	logs, err := c.PeriodicAgentLogs.List(t.Context(), &client.PeriodicAgentLogListParams{PeriodicAgent: 2})
	require.NoError(t, err)
	id := logs.Results[0].ID
	assert.Equal(t, deletedBody{id}, send[deletedBody](t, s, http.MethodDelete, fmt.Sprintf("/_sandbox/runs/%d", id), ""))
	assert.Zero(t, count())
	assert.Equal(t, http.StatusNotFound, s.do(t, http.MethodDelete, fmt.Sprintf("/_sandbox/runs/%d", id), "").status)
	send[addedBody](t, s, http.MethodPost, "/_sandbox/add", `{"orgs": [{"key": "acme", "accounts": [{"username": "bob"}]}]}`)
	assert.NotZero(t, nextEvent(t, events, "logs").data["log_id"])
	nextEvent(t, events, "added")
}
