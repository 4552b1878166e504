package client_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// The error for an invalid option names the option.
func TestNewRefusesInvalidOptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		option client.Option
		names  string
	}{
		"nil option":             {nil, "option"},
		"nil shared option":      {client.SharedOption(nil), "option"},
		"empty key":              {client.WithAPIKey(""), "WithAPIKey"},
		"key with a space":       {client.WithAPIKey("a b"), "WithAPIKey"},
		"key with a line break":  {client.WithAPIKey("abc\n"), "WithAPIKey"},
		"key with a tab":         {client.WithAPIKey("\tabc"), "WithAPIKey"},
		"key that is not ASCII":  {client.WithAPIKey("abc\u00a0"), "WithAPIKey"},
		"key with a NUL":         {client.WithAPIKey("abc\x00"), "WithAPIKey"},
		"scheme of two words":    {client.WithAuthScheme("Api Token"), "WithAuthScheme"},
		"scheme with a break":    {client.WithAuthScheme("Token\r\nX: y"), "WithAuthScheme"},
		"empty org":              {client.WithOrg(""), "WithOrg"},
		"org that climbs":        {client.WithOrg(".."), "WithOrg"},
		"org with a slash":       {client.WithOrg("a/b"), "WithOrg"},
		"empty user":             {client.WithUsername(""), "WithUsername"},
		"dot as a user":          {client.WithUsername("."), "WithUsername"},
		"no URL":                 {client.WithBaseURL(""), "WithBaseURL"},
		"URL without a scheme":   {client.WithBaseURL("base.manager.iblai.app"), "WithBaseURL"},
		"URL with a port only":   {client.WithBaseURL("localhost:8000"), "WithBaseURL"},
		"URL of another scheme":  {client.WithBaseURL("ftp://example.com"), "WithBaseURL"},
		"URL without a host":     {client.WithBaseURL("https://"), "WithBaseURL"},
		"URL with a path only":   {client.WithBaseURL("https:///x"), "WithBaseURL"},
		"URL that is opaque":     {client.WithBaseURL("https:example.com"), "WithBaseURL"},
		"URL with port, no host": {client.WithBaseURL("https://:443"), "WithBaseURL"},
		"URL with a bad port":    {client.WithBaseURL("https://example.com:http"), "WithBaseURL"},
		"URL with a user":        {client.WithBaseURL("https://ada@example.com"), "WithBaseURL"},
		"URL with a password":    {client.WithBaseURL("https://ada:pw@example.com"), "WithBaseURL"},
		"URL with empty user":    {client.WithBaseURL("https://@example.com"), "WithBaseURL"},
		"URL with a query":       {client.WithBaseURL("https://example.com/?a=b"), "WithBaseURL"},
		"URL with empty query":   {client.WithBaseURL("https://example.com/?"), "WithBaseURL"},
		"URL with a fragment":    {client.WithBaseURL("https://example.com/#a"), "WithBaseURL"},
		"URL with no fragment":   {client.WithBaseURL("https://example.com/#"), "WithBaseURL"},
		"URL that climbs":        {client.WithBaseURL("https://example.com/a/../b"), "WithBaseURL"},
		"URL that climbs hidden": {client.WithBaseURL("https://example.com/a/%2e%2E/b"), "WithBaseURL"},
		"URL with a dot":         {client.WithBaseURL("https://example.com/a/./b"), "WithBaseURL"},
		"URL with a bad escape":  {client.WithBaseURL("https://example.com/%zz"), "WithBaseURL"},
		"URL with a space":       {client.WithBaseURL(" https://example.com"), "WithBaseURL"},
		"URL with a line break":  {client.WithBaseURL("https://example.com\n"), "WithBaseURL"},
		"plain HTTP":             {client.WithBaseURL("http://base.manager.iblai.app"), "WithBaseURL"},
		"plain HTTP, private":    {client.WithBaseURL("http://192.168.0.1"), "WithBaseURL"},
		"plain HTTP, a trick":    {client.WithBaseURL("http://127.0.0.1.evil.example"), "WithBaseURL"},
		"plain HTTP, another":    {client.WithBaseURL("http://localhost.evil.example"), "WithBaseURL"},
		"plain HTTP to anywhere": {client.WithBaseURL("http://0.0.0.0"), "WithBaseURL"},
		"nil HTTP client":        {client.WithHTTPClient(nil), "WithHTTPClient"},
		"empty user agent":       {client.WithUserAgent(""), "WithUserAgent"},
		"user agent that breaks": {client.WithUserAgent("a\r\nX: y"), "WithUserAgent"},
		"nil middleware":         {client.WithMiddleware(nil), "WithMiddleware"},
		"nil logger":             {client.WithLogger(nil), "WithLogger"},
		"zero logger":            {client.WithLogger(new(slog.Logger)), "WithLogger"},
		"nil observer":           {client.WithObserver(nil), "WithObserver"},
		"timeout":                {client.WithAttemptTimeout(-1), "WithAttemptTimeout"},
		"retry policy":           {client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: -1}), "WithRetryPolicy"},
	} {
		c2, err := client.New(client.WithAPIKey(testKey), client.WithOrg(testOrg), client.WithUsername(testUser), c.option)
		argumentErr := requireArgumentError(t, err)
		assert.Contains(t, argumentErr.Argument, c.names, name)
		assert.Contains(t, err.Error(), c.names, name)
		assert.Nil(t, c2)
	}
}

func TestNewNamesMissingOptions(t *testing.T) {
	t.Parallel()
	_, err := client.New()
	for _, option := range []string{"WithAPIKey", "WithOrg", "WithUsername"} {
		assert.Contains(t, requireArgumentError(t, err).Argument, option)
	}
	_, err = client.New(client.WithAPIKey(testKey), client.WithUsername(testUser))
	assert.Equal(t, "WithOrg", requireArgumentError(t, err).Argument)
}

// New does not change the program's HTTP client.
func TestNewCopiesTheHTTPClient(t *testing.T) {
	t.Parallel()
	theirs := &http.Client{}
	newClient(t, client.WithHTTPClient(theirs))
	assert.Nil(t, theirs.Transport)
	assert.Nil(t, theirs.CheckRedirect)
}

var variables = []string{client.EnvAPIKey, client.EnvOrg, client.EnvUsername, client.EnvBaseURL}

func setenv(t *testing.T, values map[string]string) {
	t.Helper()
	for _, name := range variables {
		t.Setenv(name, values[name])
	}
}

func TestFromEnv(t *testing.T) {
	setenv(t, map[string]string{client.EnvAPIKey: testKey, client.EnvOrg: "org-1", client.EnvUsername: "user-1", client.EnvBaseURL: "https://example.com/dm"})
	s := &captureTransport{}
	c, err := client.FromEnv(client.WithHTTPClient(&http.Client{Transport: s}))
	require.NoError(t, err)
	_, err = c.PeriodicAgents.Get(t.Context(), 7)
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/dm/api/ai-mentor/orgs/org-1/users/user-1/periodic-agents/7/", s.url.String())
	assert.Equal(t, "Api-Token "+testKey, s.header.Get("Authorization"))

	c, err = client.FromEnv(client.WithBaseURL("https://example.org"))
	require.NoError(t, err)
	assert.Equal(t, "https://example.org", c.BaseURL().String(), "options replace variables")

	t.Setenv(client.EnvBaseURL, "")
	c, err = client.FromEnv()
	require.NoError(t, err)
	assert.Equal(t, client.DefaultBaseURL, c.BaseURL().String())
}

func TestFromEnvNamesMissingVariables(t *testing.T) {
	setenv(t, nil)
	_, err := client.FromEnv()
	missing := requireArgumentError(t, err).Argument
	for _, name := range variables[:3] {
		assert.Contains(t, missing, name)
	}
	assert.NotContains(t, missing, client.EnvBaseURL)

	t.Setenv(client.EnvOrg, testOrg)
	_, err = client.FromEnv(client.WithAPIKey(testKey))
	assert.Equal(t, client.EnvUsername, requireArgumentError(t, err).Argument)
}

func TestFromEnvNamesInvalidVariables(t *testing.T) {
	for name, value := range map[string]string{
		client.EnvAPIKey: testKey + "\n", client.EnvOrg: "a/b", client.EnvUsername: "..", client.EnvBaseURL: "http://example.com",
	} {
		refusesVariable(t, name, value)
	}
	for _, name := range variables {
		for _, value := range []string{" acme", "acme ", "acme\n", "acme\r\n", "\tacme", "\u00a0acme", "\ufeffacme", " ", "\n"} {
			refusesVariable(t, name, value)
		}
	}
}

// refusesVariable requires an error that names the variable.
func refusesVariable(t *testing.T, name, value string) {
	t.Helper()
	setenv(t, map[string]string{client.EnvAPIKey: testKey, client.EnvOrg: testOrg, client.EnvUsername: testUser})
	t.Setenv(name, value)
	_, err := client.FromEnv()
	assert.Equal(t, name, requireArgumentError(t, err).Argument, "%q", value)
}

// The zero Client is refused by every operation.
func TestZeroClientIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for _, c := range []*client.Client{{}, {PeriodicAgents: new(client.PeriodicAgentsService), PeriodicAgentLogs: new(client.PeriodicAgentLogsService), PinnedMessages: new(client.PinnedMessagesService), Mentors: new(client.MentorsService)}} {
			require.NotPanics(t, func() {
				err := op.call(t.Context(), c)
				assert.Equal(t, "client", requireArgumentError(t, err).Argument, op.name)
			}, op.name)
		}
	}
	assert.Empty(t, new(client.Client).BaseURL().String())
}
