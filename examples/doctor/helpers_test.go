package main

import (
	"bytes"
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

	// What must never be printed.
	testKey         = "5ec2e7000000000000000000000000000000000000000000000000000005ec2e"
	testSecret      = "the-callback-secret"
	testCredentials = "the-mcp-credentials"
	testHeader      = "the-mcp-header"
)

// newSandbox is a platform with all that an examination looks at.
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

// examination is what run printed.
type examination struct {
	report

	code   int
	text   string
	stderr string
}

// examine runs the doctor twice, for people and for programs. Neither may print
// a secret, or what steers a terminal.
func examine(t *testing.T, transport http.RoundTripper, baseURL string, args ...string) examination {
	t.Helper()
	return examineAs(t, environment(baseURL), transport, args...)
}

func examineAs(t *testing.T, env map[string]string, transport http.RoundTripper, args ...string) examination {
	t.Helper()
	e, text := runDoctor(t.Context(), transport, env, args...)
	require.Empty(t, e.stderr)
	asJSON, document := runDoctor(t.Context(), transport, env, append(args, "-json")...)
	require.NoError(t, json.Unmarshal([]byte(document), &e.report), document)
	e.text = text
	assert.Equal(t, asJSON.code, e.code)
	assert.Equal(t, e.verdict(), e.Verdict)
	for _, output := range []string{text, document} {
		for _, secret := range []string{testKey[:16], testSecret, testCredentials, testHeader} {
			assert.NotContains(t, output, secret)
		}
		assert.NotContains(t, output, "\x1b")
	}
	return e
}

func runDoctor(ctx context.Context, transport http.RoundTripper, env map[string]string, args ...string) (e examination, printed string) {
	var stdout, stderr bytes.Buffer
	httpClient := &http.Client{Transport: transport}
	defer httpClient.CloseIdleConnections() // each examination makes its own
	e.code = run(ctx, args, world{
		getenv:     func(name string) string { return env[name] },
		httpClient: httpClient,
		stdout:     &stdout,
		stderr:     &stderr,
	})
	e.stderr = stderr.String()
	return e, stdout.String()
}

func environment(baseURL string) map[string]string {
	return map[string]string{
		client.EnvAPIKey:   testKey,
		client.EnvOrg:      testOrg,
		client.EnvUsername: testUser,
		client.EnvBaseURL:  baseURL,
	}
}

// find is the finding of a check, the last if there are several.
func (e examination) find(t *testing.T, check string) finding {
	t.Helper()
	for _, f := range slices.Backward(e.Findings) {
		if f.Check == check {
			return f
		}
	}
	require.Failf(t, "no such check", "%s in\n%s", check, e.text)
	return finding{}
}

// roundTripper stands between the doctor and the sandbox.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// newTransport has connections of its own.
func newTransport(t *testing.T) *http.Transport {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// answer is a ready answer. Its header is given in pairs.
func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	for i := 0; i < len(header); i += 2 {
		response.Header.Set(header[i], header[i+1])
	}
	return response
}

// rewriting changes the bodies of answers to a path.
func rewriting(next http.RoundTripper, suffix string, rewrite func(body string) string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(r)
		if err != nil || response.StatusCode != http.StatusOK || !strings.HasSuffix(r.URL.Path, suffix) {
			return response, err
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		changed := answer(r, http.StatusOK, rewrite(string(body)))
		changed.Header = response.Header
		changed.Header.Del("Content-Length")
		return changed, err
	})
}

// refusing answers for paths with this end in the sandbox's place.
func refusing(next http.RoundTripper, suffix string, status int, body string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, suffix) && r.Header.Get("Authorization") != "" {
			return answer(r, status, body), nil
		}
		return next.RoundTrip(r)
	})
}
