package main

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestInSandbox(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, inSandbox(t.Context(), &report{w: &out}))
	output := out.String()
	for _, part := range []string{
		"At 08:00 on Monday through Friday",
		"verified, over the raw body",
		"log 1, success",
		"Two essays are due on Friday",
		"204 No Content",
		"401 Unauthorized",
		"4.2s",
		"***",
	} {
		assert.Contains(t, output, part)
	}
	assert.Regexp(t, `1 +1 +0 +0 +0\n$`, output, "one agent, which succeeded")

	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, shown, found := strings.Cut(string(readme), "\n```\n3. ")
	require.True(t, found)
	shown, _, _ = strings.Cut("3. "+shown, "```")
	for line := range strings.Lines(shown) {
		assert.Contains(t, output, line, "a line that the README shows")
	}
}

func TestAgainstServiceReadsOnly(t *testing.T) {
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	created, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID,
		Title:  "Evening\x1b[31m digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Hour: "18"}},
	})
	require.NoError(t, err)
	_, err = sb.RunNow(t.Context(), created.ID, sandbox.Outcome{Status: api.StatusError, Log: "Out of tokens."})
	require.NoError(t, err)

	account := sb.Accounts()[0]
	t.Setenv(client.EnvAPIKey, account.APIKey.Reveal())
	t.Setenv(client.EnvOrg, account.Org)
	t.Setenv(client.EnvUsername, account.Username)
	t.Setenv(client.EnvBaseURL, sb.URL)
	var out bytes.Buffer
	require.NoError(t, againstService(t.Context(), &report{w: &out}))
	for _, part := range []string{"read only", "Study coach", "Every minute from 18:00 through 18:59", "Out of tokens.", `Evening\x1b[31m digest`} {
		assert.Contains(t, out.String(), part)
	}
	assert.NotContains(t, out.String(), "\x1b", "the output of a model can't control the terminal")
	assert.NotContains(t, out.String(), account.APIKey.Reveal())
}

func TestAgainstServiceNamesMissingVariables(t *testing.T) {
	t.Setenv(client.EnvAPIKey, "key")
	t.Setenv(client.EnvOrg, "")
	t.Setenv(client.EnvUsername, "")
	err := againstService(t.Context(), &report{w: &bytes.Buffer{}})
	require.ErrorContains(t, err, "IBLAI_ORG, IBLAI_USERNAME missing")
}

func TestForgedCallbackIsRefused(t *testing.T) {
	t.Parallel()
	r, err := listen(t.Context(), api.NewSecret("a secret of enough bytes"))
	require.NoError(t, err)
	defer r.close()
	status, err := r.forge(t.Context())
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Nil(t, r.received())
}

func TestLines(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "one", firstLine(" one\ntwo\n"))
	assert.Equal(t, "two", lastLine("one\ntwo\n"))
	assert.Equal(t, strings.Repeat("x", width-1)+"…", firstLine(strings.Repeat("x", 100)))
	assert.Equal(t, `\x1b[2Jé`, firstLine("\x1b[2Jé"))
}
