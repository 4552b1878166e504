package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	e := examine(t, newTransport(t), newSandbox(t).URL)
	assert.Equal(t, exitOK, e.code, e.text)
	assert.Equal(t, ok, e.Verdict, e.text)
	assert.Contains(t, e.text, "All is well.")
	assert.Equal(t, testOrg, e.Org)
	assert.Equal(t, testUser, e.Username)
	for _, f := range e.Findings {
		assert.NotEmpty(t, f.Found, f.Check)
		assert.Empty(t, f.Advice, "there is nothing to do about %s", f.Check)
	}
}

// Every operation that the API has is a row, is called under its own name, and
// nothing that writes is sent unless it was asked for.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	const notOurs = "/pin-message/"
	for _, args := range [][]string{nil, {"-write"}} {
		called := map[string]bool{}
		base := newTransport(t)
		watch := roundTripper(func(r *http.Request) (*http.Response, error) {
			if operation, is := client.OperationFromContext(r.Context()); is {
				called[operation.Method+" "+operation.PathTemplate] = true
			}
			return base.RoundTrip(r)
		})
		sb := newSandbox(t)
		e := examine(t, watch, sb.URL, args...)
		for _, operation := range sandbox.Operations() {
			f := e.find(t, operation.Method+" "+strings.TrimPrefix(operation.PathTemplate, userPath))
			writes := operation.Method != http.MethodGet
			want := !writes || args != nil && !strings.HasSuffix(operation.PathTemplate, notOurs)
			assert.Equal(t, want, called[operation.Method+" "+operation.PathTemplate], operation.ID)
			assert.Equal(t, want, f.Status == ok, operation.ID)
		}
		assert.Equal(t, exitOK, e.code, e.text)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   []string
		env    map[string]string
		code   int
		stderr []string
	}{
		"nothing is set":   {env: map[string]string{client.EnvOrg: "acme"}, code: exitUsage, stderr: []string{"set IBLAI_API_KEY, IBLAI_USERNAME in the environment"}},
		"key":              {env: map[string]string{client.EnvAPIKey: "a key\n", client.EnvOrg: "acme", client.EnvUsername: "ada"}, code: exitUsage, stderr: []string{"IBLAI_API_KEY", "line break"}},
		"org":              {env: map[string]string{client.EnvAPIKey: "key", client.EnvOrg: "a/b", client.EnvUsername: "ada"}, code: exitUsage, stderr: []string{"IBLAI_ORG", "slash"}},
		"unencrypted":      {env: environment("http://ibl.example"), code: exitUsage, stderr: []string{"IBLAI_BASE_URL", "unencrypted"}},
		"unknown flag":     {args: []string{"-writ"}, env: environment(""), code: exitUsage, stderr: []string{"-writ", "Usage of doctor"}},
		"argument":         {args: []string{"acme"}, env: environment(""), code: exitUsage, stderr: []string{`unexpected argument "acme"`}},
		"timeout":          {args: []string{"-timeout", "0s"}, env: environment(""), code: exitUsage, stderr: []string{"-timeout is 0s"}},
		"help is no fault": {args: []string{"-h"}, code: exitOK, stderr: []string{"-timeout", "-write", "-json"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, printed := runDoctor(t.Context(), nil, test.env, test.args...)
			assert.Equal(t, test.code, e.code)
			assert.Empty(t, printed)
			for _, part := range test.stderr {
				assert.Contains(t, e.stderr, part)
			}
			assert.NotContains(t, e.stderr, testKey)
		})
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	base := newTransport(t)
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/statistics/") {
			interrupt()
		}
		return base.RoundTrip(r)
	})
	e, printed := runDoctor(ctx, transport, environment(newSandbox(t).URL))
	assert.Equal(t, exitFailed, e.code)
	assert.Regexp(t, `failed +GET /periodic-agents/statistics/ .* interrupted`, printed)
	assert.Regexp(t, `skipped +\d+ checks +not tried: interrupted`, printed)
	assert.Regexp(t, `failed +examination +interrupted`, printed)
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestReportCannotBeWritten(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	env := environment(newSandbox(t).URL)
	code := run(t.Context(), nil, world{
		getenv:     func(name string) string { return env[name] },
		httpClient: &http.Client{Transport: newTransport(t)},
		stdout:     fullDisk{},
		stderr:     &stderr,
	})
	assert.Equal(t, exitFailed, code)
	require.Contains(t, stderr.String(), "no space left on device")
}
