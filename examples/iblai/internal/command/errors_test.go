package command

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// An invalid command line or setting is reported without sending a request.
func TestUsageErrorsSendNothing(t *testing.T) {
	t.Parallel()
	create := func(flags ...string) []string {
		return append([]string{"agents", "create", "--title", "x", "--mentor", coach, "--schedule", "0 8 * * *"}, flags...)
	}
	for name, test := range map[string]struct {
		args   []string
		unset  []string
		set    map[string]string
		stderr string
	}{
		"unknown command":        {args: []string{"bogus"}, stderr: `unknown command "bogus" for "iblai"`},
		"misspelled command":     {args: []string{"agents", "lits"}, stderr: "did you mean list?"},
		"unknown flag":           {args: []string{"agents", "list", "--bogus"}, stderr: "unknown flag: --bogus"},
		"unknown format":         {args: []string{"agents", "list", "-o", "xml"}, stderr: "must be table, json, yaml, name"},
		"no agent":               {args: []string{"agents", "get"}, stderr: "an agent's id or title is required"},
		"too many agents":        {args: []string{"agents", "run", "Morning", "digest"}, stderr: "quote titles with spaces"},
		"required flags":         {args: []string{"agents", "create"}, stderr: `"mentor", "schedule", "title" not set`},
		"nothing to change":      {args: []string{"agents", "edit", "1"}, stderr: "no field to change is given"},
		"four fields":            {args: []string{"agents", "edit", "1", "--schedule", "0 8 * *"}, stderr: "--schedule has 4 fields instead of 5"},
		"start time":             {args: []string{"agents", "edit", "1", "--start-time", "tomorrow"}, stderr: "--start-time must be none or a time"},
		"password in URL":        {args: create("--callback-url", "https://ada:hush@hooks.example.com/"), stderr: "--callback-url must not have a user or password in it"},
		"password in edited URL": {args: []string{"agents", "edit", "1", "--callback-url", "https://:hush@hooks.example.com/"}, stderr: "--callback-url must not have a user or password in it"},
		"callback URL":           {args: create("--callback-url", "hooks.example.com/runs"), stderr: "--callback-url must be an http or https URL"},
		"missing secret":         {args: create("--callback-secret-env", "NOTHING"), stderr: "the environment variable NOTHING is empty"},
		"missing prompt file":    {args: create("--prompt-file", "/nonexistent"), stderr: "--prompt-file: open /nonexistent"},
		"two prompts":            {args: create("--prompt", "x", "--prompt-file", "x"), stderr: "[prompt prompt-file]"},
		"limit":                  {args: []string{"agents", "list", "--limit", "0"}, stderr: "--limit is 0"},
		"number":                 {args: []string{"agents", "next", "-n", "0"}, stderr: "-n is 0"},
		"time zone":              {args: []string{"agents", "next", "--tz", "Mars/Olympus"}, stderr: "--tz: unknown time zone Mars/Olympus"},
		"since":                  {args: []string{"stats", "--since", "-1h"}, stderr: "must be a duration such as 90m, 2h or 30d"},
		"no time":                {args: []string{"stats", "--since", "0d"}, stderr: "--since must be positive"},
		"since, in logs":         {args: []string{"logs", "--since", "1d-2h"}, stderr: "must be a duration such as 90m, 2h or 30d"},
		"no receiver":            {args: []string{"listen"}, stderr: `required flag(s) "forward-to" not set`},
		"receiver without host":  {args: []string{"listen", "--forward-to", "localhost:8080"}, stderr: "--forward-to must be a URL such as http://localhost:8080/runs"},
		"unencrypted receiver":   {args: []string{"listen", "--forward-to", "http://hooks.example.com"}, stderr: "--forward-to would send the output of runs unencrypted"},
		"missing variables":      {args: []string{"agents", "list"}, unset: []string{client.EnvAPIKey, client.EnvUsername}, stderr: "set IBLAI_API_KEY, IBLAI_USERNAME in the environment"},
		"doctor, missing":        {args: []string{"doctor"}, unset: []string{client.EnvOrg}, stderr: "set IBLAI_ORG in the environment"},
		"invalid key":            {args: []string{"doctor"}, set: map[string]string{client.EnvAPIKey: "a key\n"}, stderr: "iblai: IBLAI_API_KEY "},
		"invalid org in flag":    {args: []string{"agents", "list", "--org", "a/b"}, stderr: "iblai: --org "},
		"unencrypted":            {args: []string{"agents", "list", "--base-url", "http://ibl.example"}, stderr: "iblai: --base-url "},
		"invalid URL in doctor":  {args: []string{"doctor", "--base-url", "http://ibl.example"}, stderr: "iblai: --base-url "},
		"invalid timeout":        {args: []string{"agents", "list", "--timeout", "-1s"}, stderr: "iblai: --timeout "},
		"schedule for crontab":   {args: []string{"crontab", "explain", "0 8"}, stderr: "a schedule has 5 fields, not 2"},
		"invalid crontab":        {args: []string{"crontab", "next", "99 * * * *"}, stderr: "99"},
		"no days":                {args: []string{"crontab", "utc", "0 8 * * *", "--days", "0"}, stderr: "the end is not after the start"},
		"a crontab that expands": {args: []string{"crontab", "next", "*", "*", "bin", "dev", "etc", "*"}, stderr: "quote it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sb := newSandbox(t)
			s := newShell(t, sb)
			for _, variable := range test.unset {
				delete(s.variables, variable)
			}
			maps.Copy(s.variables, test.set)
			out := s.run(test.args...)
			assert.Equal(t, exitFailed, out.code, out.stderr)
			assert.Contains(t, out.stderr, test.stderr)
			assert.Empty(t, out.stdout)
			assert.Zero(t, requestCount(sb))
		})
	}
}

// A timeout names the flag instead of the SDK's option.
func TestTimeoutErrors(t *testing.T) {
	t.Parallel()
	stuck := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(stuck.Close)
	c, err := client.New(client.WithBaseURL(stuck.URL), client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithAttemptTimeout(time.Millisecond), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	_, err = c.PeriodicAgents.Get(t.Context(), 1)
	require.Error(t, err)
	var stderr strings.Builder
	assert.Equal(t, exitFailed, (&app{Environment: Environment{Stderr: &stderr}}).reportError(err))
	assert.Contains(t, stderr.String(), "within 1ms (--timeout)")
	assert.Contains(t, stderr.String(), "run: iblai doctor\n")
}

// The page of another program is an error of the deployment, too.
func TestPageInsteadOfTheService(t *testing.T) {
	t.Parallel()
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<h1>Log in</h1>") }))
	t.Cleanup(portal.Close)
	out := newShell(t, newSandbox(t)).run("agents", "list", "--base-url", portal.URL)
	assert.Equal(t, exitFailed, out.code)
	assert.Contains(t, out.stderr, "run: iblai doctor\n")
}

// Errors of the service name flags instead of the API's fields.
func TestServiceErrors(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	member := newSandbox(t, sandbox.WithAccount(sandbox.Account{Org: "other", Username: "ada"}))
	for name, test := range map[string]struct {
		sandbox *sandbox.Server
		args    []string
		set     map[string]string
		code    int
		stderr  string
	}{
		"unknown id":     {sb, []string{"agents", "get", "99"}, nil, exitFailed, "iblai: no agent has the id 99; iblai agents list shows all agents\n"},
		"unknown title":  {sb, []string{"agents", "get", "x"}, nil, exitFailed, "iblai: no agent has the title \"x\"; iblai agents list shows all agents\n"},
		"refused values": {sb, []string{"agents", "edit", "1", "--schedule", "0 99 * * *", "--callback-url", "https://nowhere", "--title", ""}, nil, exitFailed, "iblai: the service rejected the values (400):\n"},
		"its fields":     {sb, []string{"agents", "edit", "1", "--schedule", "0 99 * * *"}, nil, exitFailed, "  --schedule hour: '99', not in 0-23 for Hours\n"},
		"its filters":    {sb, []string{"agents", "list", "--status", "bogus"}, nil, exitFailed, "  --status: Select a valid choice. bogus is"},
		"unrunnable":     {sb, []string{"agents", "edit", "1", "--schedule", "0 8 * * 7"}, nil, exitFailed, "iblai: --schedule would never run:\n  day_of_week \"7\""},
		"wrong key":      {sb, []string{"agents", "list"}, map[string]string{client.EnvAPIKey: "wrong"}, exitFailed, "iblai: the service rejected the API key (401): Invalid token.\nTo find the cause, run: iblai doctor\n"},
		"wrong org":      {member, []string{"agents", "list", "--org", "other"}, nil, exitFailed, "iblai: the user is not allowed to do this (403): You do not have permission to perform this action.\nTo find"},
		"wrong address":  {sb, []string{"agents", "list", "--base-url", sb.URL + "/dm"}, nil, exitFailed, "iblai: a proxy or another program responded instead of the service (404)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t, test.sandbox)
			maps.Copy(s.variables, test.set)
			out := s.run(test.args...)
			assert.Equal(t, test.code, out.code)
			assert.Contains(t, out.stderr, test.stderr)
			assert.Empty(t, out.stdout)
		})
	}
}
