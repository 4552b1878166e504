package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestPermissions(t *testing.T) {
	t.Parallel()
	const graceKey, eveKey, linKey = "grace-key", "eve-key", "lin-key"
	server := newTestServer(t,
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "eve", APIKey: api.NewSecret(eveKey), Member: true}),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "lin", APIKey: api.NewSecret(linKey)}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace", APIKey: api.NewSecret(graceKey)}),
	)
	const (
		noPermission = `{"detail":"You do not have permission to perform this action."}`
		noUser       = `{"detail":"No User matches the given query."}`
	)
	for _, test := range []struct {
		name, key, org, user string
		status               int
		body                 string
	}{
		{"an administrator as themselves", key, "acme", "ada", http.StatusOK, ""},
		{"an administrator as a user of their org", key, "acme", "eve", http.StatusOK, ""},
		{"an administrator as nobody", key, "acme", "nobody", http.StatusNotFound, noUser},
		{"an administrator as a user of another org", key, "acme", "grace", http.StatusNotFound, noUser},
		{"an administrator in another org", key, "library", "grace", http.StatusForbidden, noPermission},
		{"an administrator in no org", key, "nowhere", "ada", http.StatusForbidden, noPermission},
		{"a plain user", eveKey, "acme", "eve", http.StatusForbidden, noPermission},
		{"a plain user as an administrator", eveKey, "acme", "ada", http.StatusForbidden, noPermission},
		{"another org's administrator", graceKey, "acme", "ada", http.StatusForbidden, noPermission},
	} {
		for _, operation := range sandbox.Operations() {
			path := strings.NewReplacer("{org}", test.org, "{user_id}", test.user, "{id}", "1").Replace(operation.PathTemplate)
			got := send(t, server, operation.Method, path, "", "Authorization", "Api-Token "+test.key)
			if test.status == http.StatusOK {
				assert.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, got.status, "%s: %s", test.name, operation.ID)
				continue
			}
			assert.Equal(t, test.status, got.status, "%s: %s", test.name, operation.ID)
			assert.Equal(t, test.body, got.body, "%s: %s", test.name, operation.ID)
		}
	}
}

func TestOrgsAreIsolated(t *testing.T) {
	t.Parallel()
	server := newTestServer(t,
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace", APIKey: api.NewSecret("grace-key")}),
		sandbox.WithPeriodicAgent("acme", digest()),
		sandbox.WithPeriodicAgent("library", client.PeriodicAgentCreateRequest{Title: "New books", Task: digest().Task}),
	)
	runNow(t, server, 2, sandbox.Outcome{})
	assert.Equal(t, http.StatusNotFound, get(t, server, "periodic-agents/2/").status)
	assert.Equal(t, http.StatusNotFound, send(t, server, http.MethodDelete, "periodic-agents/2/", "").status)
	assert.Equal(t, http.StatusNotFound, get(t, server, "periodic-agent-logs/1/").status)
	assert.InDelta(t, 0, get(t, server, "periodic-agent-logs/").fields(t)["count"], 0)
	assert.InDelta(t, 1, get(t, server, "periodic-agents/").fields(t)["count"], 0)
	assert.InDelta(t, 1, get(t, server, "periodic-agents/statistics/").fields(t)["total_tasks"], 0)
	assert.JSONEq(t, `{"previous_agent":["Invalid pk \"2\" - object does not exist."]}`,
		send(t, server, http.MethodPatch, "periodic-agents/1/", `{"previous_agent":2}`).body)
	assert.JSONEq(t, `{"previous_agent":["Select a valid choice. That choice is not one of the available choices."]}`,
		get(t, server, "periodic-agents/?previous_agent=2").body)
	theirs := server.Mentors("library")[0].UniqueID
	assert.JSONEq(t, `{"mentor":["Object with unique_id=`+theirs+` does not exist."]}`,
		send(t, server, http.MethodPatch, "periodic-agents/1/", `{"mentor":"`+theirs+`"}`).body)
}

func TestUnauthorizedHeaders(t *testing.T) {
	t.Parallel()
	got := send(t, newTestServer(t), http.MethodGet, "periodic-agents/", "", "Authorization", "")
	assert.Equal(t, http.StatusUnauthorized, got.status)
	assert.Equal(t, "Api-Token", got.header.Get("WWW-Authenticate"))
	assert.Equal(t, "GET, POST, HEAD, OPTIONS", got.header.Get("Allow"))
	assert.JSONEq(t, `{"detail":"Authentication credentials were not provided."}`, got.body)
}

func TestGeneratedAPIKeys(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	accounts := server.Accounts()
	require.Len(t, accounts, 1)
	assert.Regexp(t, `^[0-9a-f]{64}$`, accounts[0].APIKey.Reveal())
	assert.NotEqual(t, accounts[0].APIKey, newServer(t).Accounts()[0].APIKey)
	accounts[0].Username = "changed"
	assert.Equal(t, "ada", server.Accounts()[0].Username)
	got := get(t, server, "periodic-agents/")
	assert.Equal(t, http.StatusUnauthorized, got.status, "ada's key of other tests")
}

func TestFormatHidesSecrets(t *testing.T) {
	t.Parallel()
	request := digest()
	request.CallbackSecret = new(api.NewSecret("a-long-random-secret"))
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request))
	for _, value := range []any{server, server.Sandbox, server.Accounts(), server.Accounts()[0]} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			text := fmt.Sprintf(verb, value)
			assert.NotContains(t, text, key)
			assert.NotContains(t, text, "a-long-random-secret")
			assert.NotContains(t, text, fmt.Sprintf("%x", key))
		}
	}
}

// Several Authorization headers are one, as a WSGI server joins them.
func TestSeveralAuthorizationHeaders(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	request := newRequest(http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", "")
	request.Header["Authorization"] = []string{"Api-Token " + key, "Api-Token " + key}
	response := record(sb, request)
	assert.Equal(t, http.StatusUnauthorized, response.Code)
	assert.JSONEq(t, `{"detail":"Invalid token header. Token string should not contain spaces."}`, response.Body.String())
}
