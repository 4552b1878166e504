package doctor

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	forbidden = `{"detail": "You do not have permission to perform this action."}`
	notFound  = `{"detail": "Not found."}`
)

func TestAccount(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t, sandbox.WithAccount(sandbox.Account{Org: "other", Username: testUser})).URL
	for name, test := range map[string]struct {
		transport http.RoundTripper
		change    func(*Settings)
		check     string
		found     string
		meaning   string
		advice    string
	}{
		"another org's key": {
			base, func(s *Settings) { s.Org = "other" }, checkAccount,
			"403 Forbidden: You do not have permission", "not an administrator of the org, or the key belongs to another", "If the user already is one, check that the key",
		},
		"an unknown user": {
			base, func(s *Settings) { s.Username = "eve" }, checkAccount,
			"404 Not Found", "no such org, or no such user", "Check the spelling",
		},
		"a member who sees mentors": {
			overrideResponses(base, agentsPath, 403, forbidden), nil, checkRole,
			"403 Forbidden", "must be an administrator", "Make ada an administrator of the org acme",
		},
		"a member to whom agents are hidden": {
			overrideResponses(base, agentsPath, 404, notFound), nil, checkRole,
			"404 Not Found: Not found.", "must be an administrator", "Make ada an administrator of the org acme",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []func(*Settings)
			if test.change != nil {
				changes = append(changes, test.change)
			}
			e := examine(t, test.transport, address, changes...)
			f := e.find(t, test.check)
			assert.Equal(t, Failed, f.Status, e.text)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, 1, e.count(Failed), "only the cause has failed:\n%s", e.text)
			assert.Equal(t, Skipped, e.find(t, listAgents).Status)
		})
	}
}

// If the service rejects all requests, the platform's list of users can show
// the reason.
func TestRefusedUserIsLookedUp(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t, sandbox.WithAccount(sandbox.Account{Org: testOrg, Username: "eve", APIKey: api.NewSecret(strings.Repeat("e", 64)), Member: true})).URL
	asMember := func(s *Settings) { s.Username, s.APIKey = "eve", strings.Repeat("e", 64) }
	for name, test := range map[string]struct {
		users  string // response of the list, empty if the release refuses it
		check  string
		advice string
	}{
		"a member":         {`{"count":2,"results":[{"username":"ada","is_admin":true},{"username":"eve","is_admin":false}]}`, checkRole, "Make eve an administrator"},
		"an administrator": {`{"count":1,"results":[{"username":"eve","is_admin":true}]}`, checkAccount, "Use a key of this user"},
		"an unknown user":  {`{"count":1,"results":[{"username":"eve@acme.example","is_admin":true}]}`, checkAccount, "Correct IBLAI_USERNAME"},
		"more pages":       {`{"count":200,"results":[{"username":"ada","is_admin":true}]}`, checkAccount, "If the user already is one"},
		"role missing":     {`{"count":1,"results":[{"username":"eve"}]}`, checkAccount, "If the user already is one"},
		"list not allowed": {"", checkAccount, "If the user already is one"},
		"not a list":       {`{}`, checkAccount, "If the user already is one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				switch {
				case !strings.HasSuffix(r.URL.Path, "/api/core/platform/users/"):
					return base.RoundTrip(r)
				case test.users == "":
					return respond(r, http.StatusForbidden, forbidden), nil
				}
				assert.Equal(t, testOrg, r.URL.Query().Get("platform_key"))
				return respond(r, http.StatusOK, test.users), nil
			}), address, asMember)
			f := e.find(t, test.check)
			assert.Equal(t, Failed, f.Status, e.text)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, test.check == checkRole, e.find(t, checkAccount).Status == OK)
			assert.NotContains(t, f.Advice, "spelling")
			assert.Equal(t, 1, e.count(Failed), e.text)
		})
	}
}

// Once the org and the user are confirmed, no advice is about them.
func TestNoAdviceAboutConfirmedAccount(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for _, operation := range []string{"/periodic-agents/1/", "/periodic-agents/statistics/", "/periodic-agent-logs/", "/periodic-agent-logs/1/", "/pin-message/"} {
		for _, refusal := range []struct {
			status int
			body   string
		}{{401, `{"detail": "Invalid token."}`}, {403, forbidden}, {404, notFound}, {404, "<h1>Not Found</h1>"}, {302, ""}, {200, loginPage}} {
			t.Run(fmt.Sprintf("%s %d", operation, refusal.status), func(t *testing.T) {
				t.Parallel()
				e := examine(t, overrideResponses(base, operation, refusal.status, refusal.body), address)
				for _, f := range e.Findings {
					for _, setting := range []string{"IBLAI_API_KEY", "IBLAI_ORG", "IBLAI_USERNAME", "IBLAI_BASE_URL"} {
						assert.NotContains(t, f.Advice, setting, f.Check)
					}
				}
				assert.Equal(t, OK, e.find(t, checkRole).Status)
			})
		}
	}
}

// The chat session of an agent may have been deleted.
func TestDeletedSession(t *testing.T) {
	t.Parallel()
	e := examine(t, overrideResponses(newTransport(t), "/pin-message/", 404, notFound), newSandbox(t).URL)
	assert.Equal(t, Skipped, e.find(t, listPins).Status)
	assert.Equal(t, OK, e.Verdict, e.text)
}
