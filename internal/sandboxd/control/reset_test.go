package control

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

func TestDefaultSeed(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.newClient(t)
	account := get[statusBody](t, s, "/_sandbox/status").Accounts
	require.Len(t, account, 1)
	assert.Equal(t, "acme", account[0].Org)
	assert.Equal(t, "ada", account[0].Username)
	assert.True(t, account[0].Admin)

	mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 10)
	require.NoError(t, err)
	require.Len(t, mentors, 1)
	assert.Equal(t, coach, mentors[0].UniqueID)

	moved := send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	assert.Positive(t, *moved.Runs)
	statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 3, statistics.TotalTasks)
	assert.Zero(t, statistics.PendingTasks, "every agent has run within a day")
}

// Accounts keep their keys unless the seed assigns the keys to other accounts.
func TestKeys(t *testing.T) {
	t.Parallel()
	const adaAndBob = "orgs: [{key: acme, accounts: [{username: ada, admin: true}, {username: bob}]}]"
	s := start(t, withSeed(t, adaAndBob))
	keys := func() map[string]string {
		of := map[string]string{}
		for _, a := range get[statusBody](t, s, "/_sandbox/status").Accounts {
			of[a.Org+" "+a.Username] = a.APIKey
		}
		return of
	}
	seed := func(text string) {
		send[statusBody](t, s, http.MethodPost, "/_sandbox/seed", text, "Content-Type", "application/yaml")
	}
	first := keys()
	assert.Len(t, first, 2)

	seed("orgs: [{key: acme, accounts: [{username: ada, admin: true}, {username: eve}]}, {key: else, accounts: [{username: ada}]}]")
	assert.Equal(t, first["acme ada"], keys()["acme ada"])
	assert.NotEqual(t, first["acme ada"], keys()["else ada"])

	seed("orgs: [{key: acme, accounts: [{username: ada}, {username: eve, api_key: " + first["acme ada"] + "}]}]")
	assert.Equal(t, first["acme ada"], keys()["acme eve"])
	assert.NotEqual(t, first["acme ada"], keys()["acme ada"])

	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, first, keys(), "a reset restores the initial keys")
}

// An invalid seed has the same errors as in a file, and changes nothing.
func TestInvalidSeeds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../seed/testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".txt")
		require.NoError(t, err)
		s := start(t)
		before := get[statusBody](t, s, "/_sandbox/status")
		a := s.do(t, http.MethodPost, "/_sandbox/seed", string(text), "Content-Type", "application/yaml")
		assert.Equal(t, http.StatusBadRequest, a.status)
		name := strings.TrimPrefix(file, "../seed/")
		assert.Equal(t, strings.ReplaceAll(strings.TrimSpace(string(want)), name+":", "seed: line "), a.reason(t), file)
		assert.Equal(t, before, get[statusBody](t, s, "/_sandbox/status"))
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := start(t)
	before := get[statusBody](t, s, "/_sandbox/status")
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"deliveries": [{"drop": true}]}`)
	c := s.newClient(t)
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.NotEqual(t, before, get[statusBody](t, s, "/_sandbox/status"))

	after := send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, before, after)
	assert.Equal(t, before, get[statusBody](t, s, "/_sandbox/status"))
	agent, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.NoError(t, err, "the key is still accepted")
	assert.Equal(t, "Inbox watch", agent.Title)
}

func TestLoadSeed(t *testing.T) {
	t.Parallel()
	s := start(t)
	before := get[statusBody](t, s, "/_sandbox/status")
	seeded := send[statusBody](t, s, http.MethodPost, "/_sandbox/seed",
		`{"clock": {"start": "2030-01-01T00:00:00Z", "speed": 0}, "orgs": [{"key": "else", "accounts": [{"username": "eve", "admin": true, "api_key": "`+key+`"}]}], "faults": {"deliveries": [{"drop": true}]}}`)
	assert.Equal(t, []accountBody{{"else", "eve", true, key}}, seeded.Accounts)
	assert.Equal(t, "2030-01-01T00:00:00Z", seeded.Clock.Now.Format(time.RFC3339))
	assert.Equal(t, 1, seeded.Counts.Faults)
	assert.Equal(t, before.Boot, seeded.Boot)
	assert.Equal(t, seeded, get[statusBody](t, s, "/_sandbox/status"))
	assert.Equal(t, before, send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}"), "a reset restores the initial seed")
}
