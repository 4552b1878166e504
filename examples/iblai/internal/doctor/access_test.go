package main

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestAccess(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	member := newSandbox(t, sandbox.WithAccount(sandbox.Account{Org: "other", Username: testUser}))
	for name, test := range map[string]struct {
		transport http.RoundTripper
		env       map[string]string
		check     string
		found     string
		meaning   string
		goesOn    bool
	}{
		"org of another":  {base, map[string]string{client.EnvOrg: "other"}, checkAccount, "403 Forbidden: You do not have permission", "not for this org and user", false},
		"unknown user":    {base, map[string]string{client.EnvUsername: "eve"}, checkAccount, "404 Not Found", "no such org, or no such user", false},
		"role is too low": {refusing(base, "/periodic-agents/", 403, `{"detail": "You do not have permission to perform this action."}`), nil, checkRole, "403 Forbidden: You do not have permission", "role is too low", true},
		"no agents there": {refusing(base, "/periodic-agents/", 404, `{"detail": "Not found."}`), nil, checkRole, "404 Not Found: Not found.", "knows no such", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environment(member.URL)
			maps.Copy(env, test.env)
			e := examineAs(t, env, test.transport)
			f := e.find(t, test.check)
			assert.Equal(t, exitFailed, e.code)
			assert.Equal(t, failed, f.Status, e.text)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Equal(t, test.goesOn, e.find(t, "GET /").Status == ok, e.text)
		})
	}
}
