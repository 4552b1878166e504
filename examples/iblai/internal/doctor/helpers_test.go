package doctor

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	testOrg  = "acme"
	testUser = "ada"

	// Reports must not contain these secrets.
	testKey         = "5ec2e7000000000000000000000000000000000000000000000000000005ec2e"
	testSecret      = "the-callback-secret"
	testCredentials = "the-mcp-credentials"
	testHeader      = "the-mcp-header"
)

// newSandbox starts a sandbox with objects for all checks.
func newSandbox(t *testing.T, opts ...sandbox.Option) *sandbox.Server {
	t.Helper()
	voice := client.Voice{ID: 1, Name: "Alloy", Provider: client.VoiceProviderOpenAI}
	const session = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	agent := func(title string) sandbox.Option {
		return sandbox.WithPeriodicAgent(testOrg, client.PeriodicAgentCreateRequest{
			Title:           title,
			CallbackSecret:  new(api.NewSecret(testSecret)),
			ParentSessionID: new(session),
			Task:            client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
		})
	}
	sb, err := sandbox.Start(append([]sandbox.Option{
		sandbox.WithAccount(sandbox.Account{Org: testOrg, Username: testUser, APIKey: api.NewSecret(testKey)}),
		sandbox.WithMentor(testOrg, client.Mentor{
			CallConfiguration: client.CallConfiguration{ID: 1, GoogleVoice: voice, OpenAIVoice: voice},
			MCPServers:        []client.MCPServer{{ID: 1, Name: "Library", Credentials: api.NewSecret(testCredentials), ExtraHeaders: api.NewSecret(`{"X-Key":"` + testHeader + `"}`), OAuthServiceData: client.OAuthService{ID: 1}}},
		}),
		sandbox.WithChatSession(testOrg, sandbox.ChatSession{ID: session}),
		agent("Morning digest"), agent("Evening digest"),
	}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	_, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{Status: api.StatusSuccess})
	require.NoError(t, err)
	return sb
}

// A result is a report with its text.
type result struct {
	*Report

	text string
}

// examine examines the deployment at baseURL. It fails the test if the report,
// as text or JSON, contains a secret or a control character.
func examine(t *testing.T, transport http.RoundTripper, baseURL string, changes ...func(*Settings)) result {
	t.Helper()
	return examineContext(t.Context(), t, transport, baseURL, changes...)
}

func examineContext(ctx context.Context, t *testing.T, transport http.RoundTripper, baseURL string, changes ...func(*Settings)) result {
	t.Helper()
	httpClient := &http.Client{Transport: transport}
	defer httpClient.CloseIdleConnections()
	settings := Settings{APIKey: testKey, Org: testOrg, Username: testUser, BaseURL: baseURL, HTTPClient: httpClient}
	for _, change := range changes {
		change(&settings)
	}
	report, err := Examine(ctx, settings)
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, report.WriteText(&text))
	document, err := json.Marshal(report)
	require.NoError(t, err)
	for _, output := range []string{text.String(), string(document)} {
		for _, secret := range []string{settings.APIKey[:16], testSecret, testCredentials, testHeader} {
			assert.NotContains(t, output, secret)
		}
		assert.NotContains(t, output, "\x1b")
	}
	return result{report, text.String()}
}

// withWrite makes the examination write.
func withWrite(s *Settings) { s.Write = true }

// find returns the finding of a check. If there are several, it returns the
// last one.
func (r result) find(t *testing.T, check string) Finding {
	t.Helper()
	for _, f := range slices.Backward(r.Findings) {
		if f.Check == check {
			return f
		}
	}
	require.Failf(t, "no such check", "%s in\n%s", check, r.text)
	return Finding{}
}

// A roundTripper intercepts requests to the sandbox.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// newTransport returns a transport that shares no connections.
func newTransport(t *testing.T) *http.Transport {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// respond returns a response. The header alternates between names and values.
func respond(r *http.Request, status int, body string, header ...string) *http.Response {
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	for i := 0; i < len(header); i += 2 {
		response.Header.Set(header[i], header[i+1])
	}
	return response
}

// rewriteBodies rewrites the bodies of responses to paths with a suffix.
func rewriteBodies(next http.RoundTripper, suffix string, rewrite func(body string) string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err != nil || response.StatusCode != http.StatusOK || !strings.HasSuffix(r.URL.Path, suffix) {
			return response, err
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		changed := respond(r, http.StatusOK, rewrite(string(body)))
		changed.Header = response.Header
		changed.Header.Del("Content-Length")
		return changed, err
	})
}

// overrideResponses replaces the responses to requests that have a key and a
// path with a suffix.
func overrideResponses(next http.RoundTripper, suffix string, status int, body string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, suffix) && r.Header.Get("Authorization") != "" {
			return respond(r, status, body), nil
		}
		return next.RoundTrip(r)
	})
}
