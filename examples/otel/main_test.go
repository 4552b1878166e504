package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	account := sandbox.Account{Org: "the-org", Username: "the-user", APIKey: api.NewSecret("the-key")}
	sb, err := sandbox.Start(sandbox.WithAccount(account))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := client.New(append(sb.ClientOptions(), client.WithHTTPClient(&http.Client{Transport: traced(transport, provider)}))...)
	require.NoError(t, err)
	require.NoError(t, report(t.Context(), c))

	const path = "/api/ai-mentor/orgs/{org}/users/{user_id}"
	want := []struct {
		operation, path, status string
		code                    codes.Code
	}{
		{"ai_mentor_orgs_users_periodic_agents_list", path + "/periodic-agents/", "200", codes.Unset},
		{"ai_mentor_orgs_users_periodic_agents_statistics_retrieve", path + "/periodic-agents/statistics/", "200", codes.Unset},
		{"ai_mentor_orgs_users_periodic_agent_logs_retrieve", path + "/periodic-agent-logs/{id}/", "404", codes.Error},
	}
	spans := exporter.GetSpans()
	require.Len(t, spans, len(want))
	for i, span := range spans {
		assert.Equal(t, "GET "+want[i].path, span.Name)
		assert.Equal(t, want[i].code, span.Status.Code)
		attributes := map[string]string{}
		for _, a := range span.Attributes {
			attributes[string(a.Key)] = a.Value.String()
			for _, high := range []string{"the-key", "the-org", "the-user", "1099511627776", "page_size"} {
				assert.NotContains(t, a.Value.String(), high, a.Key)
			}
		}
		assert.Equal(t, want[i].operation, attributes["iblai.operation.id"])
		assert.Equal(t, want[i].path, attributes["url.template"])
		assert.Equal(t, sb.URL+want[i].path, attributes["url.full"])
		assert.Equal(t, want[i].status, attributes["http.response.status_code"])
	}
}

func TestRun(t *testing.T) {
	t.Setenv(client.EnvAPIKey, "") // use the sandbox
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	lines := strings.Split(out.String(), "\n")
	assert.Regexp(t, `^GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/  \S+  Unset$`, lines[0])
	assert.Contains(t, out.String(), "\nreport  ")
	assert.NotContains(t, strings.ToLower(out.String()), "authorization")
}

func TestRunAgainstService(t *testing.T) {
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	account := sb.Accounts()[0]
	t.Setenv(client.EnvAPIKey, account.APIKey.Reveal())
	t.Setenv(client.EnvOrg, account.Org)
	t.Setenv(client.EnvUsername, account.Username)
	t.Setenv(client.EnvBaseURL, sb.URL)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Contains(t, out.String(), strings.TrimPrefix(sb.URL, "http://127.0.0.1:"))
	assert.NotContains(t, out.String(), account.APIKey.Reveal())

	t.Setenv(client.EnvOrg, "")
	require.ErrorContains(t, run(t.Context(), &out), client.EnvOrg)
}
