package contract_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

var releases = []sandbox.Release{sandbox.Release359, sandbox.Release490, sandbox.Release495, sandbox.Release4205}

// Django writes times with six fraction digits or none.
var (
	timesOf    = regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[^"]*`)
	djangoTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z$`)
)

// releaseNumber returns the number of a release, which orders releases.
func releaseNumber(t *testing.T, release any) int {
	t.Helper()
	name, ok := release.(string)
	require.True(t, ok, "%v is not a release", release)
	major, minor, _ := strings.Cut(name, ".")
	majorNumber, err := strconv.Atoi(major)
	require.NoError(t, err)
	minorNumber, err := strconv.Atoi(minor)
	require.NoError(t, err)
	return majorNumber*1000 + minorNumber
}

// hasMarked reports whether a release has what these extensions mark with x-since and
// x-until.
func hasMarked(t *testing.T, release sandbox.Release, marks map[string]any) bool {
	t.Helper()
	number := releaseNumber(t, string(release))
	if since := marks["x-since"]; since != nil && number < releaseNumber(t, since) {
		return false
	}
	until := marks["x-until"]
	return until == nil || number <= releaseNumber(t, until)
}

// contractOf returns the contract of one release: objects have all fields that the
// release has, as Django REST Framework writes them, and no others.
func contractOf(t *testing.T, release sandbox.Release) contract {
	t.Helper()
	c := loadContract(t)
	for _, schema := range c.spec.Components.Schemas {
		object := schema.Value
		if len(object.Properties) == 0 {
			continue
		}
		maps.DeleteFunc(object.Properties, func(_ string, property *openapi3.SchemaRef) bool {
			return !hasMarked(t, release, property.Value.Extensions)
		})
		object.Required = slices.Sorted(maps.Keys(object.Properties))
		object.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
	}
	// A release has one form of this response.
	pins := c.operation(t, "ai_mentor_orgs_users_pin_message_list").Responses.Value("200").Value.Content.Get("application/json")
	forms := pins.Schema.Value.AnyOf
	pins.Schema = forms[0]
	if page := forms[len(forms)-1]; hasMarked(t, release, page.Value.Extensions) {
		pins.Schema = page
	}
	return c
}

// newCompleteSandbox returns a sandbox of a release whose objects have a value in
// every field.
func newCompleteSandbox(t *testing.T, release sandbox.Release) *sandbox.Sandbox {
	t.Helper()
	mentor, voice := exampleIDs().mentor, client.Voice{ID: 4, Name: "A", Provider: client.VoiceProviderGoogle}
	sb, err := sandbox.New(
		sandbox.WithRelease(release),
		sandbox.WithFrozenClock(time.Date(2026, time.January, 5, 8, 0, 0, 250_000_000, time.UTC)),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret("key")}),
		sandbox.WithMentor("acme", client.Mentor{
			ID: 7, UniqueID: mentor, Name: "Coach", Slug: "coach",
			Categories: []client.MentorCategory{{ID: 1, Name: "Writing", Audiences: []client.MentorAudience{{ID: 3, Name: "All"}}}},
			Types:      []client.MentorType{{ID: 2}}, Subjects: []client.Subject{{ID: 5}},
			MCPServers: []client.MCPServer{{
				ID: 2, URL: "https://mcp.example.edu/", ExtraHeaders: api.NewSecret(`{"X-Key":"k"}`), Mentor: &mentor,
				OAuthService: new(int64(1)), OAuthServiceData: client.OAuthService{ID: 1, Name: "library"},
			}},
			CallConfiguration: client.CallConfiguration{ID: 3, GoogleVoice: voice, OpenAIVoice: voice},
		}),
		sandbox.WithPeriodicAgent("acme", *completeAgent(&knownIDs{mentor: mentor})),
		sandbox.WithPeriodicAgent("acme", *completeAgent(&knownIDs{mentor: mentor})),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: pinnedSession, Title: "Essays", Messages: []client.ChatMessage{{
			ArtifactVersions: []client.ArtifactVersion{{ID: 6, SessionID: pinnedSession, Interface: client.ChatInterfaceChat}},
		}}}),
	)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	_, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{})
	require.NoError(t, err)
	return sb
}

// requestsOf returns a request for each operation, in an order that works.
func requestsOf(release sandbox.Release) []struct{ id, method, path, body string } {
	const users = "/api/ai-mentor/orgs/acme/users/ada/"
	agent := `{"mentor":"` + exampleIDs().mentor + `","title":"t","task":{"crontab":{}}}`
	if release == sandbox.Release359 {
		agent = `{"mentor":7,"title":"t","task":{"crontab":{}}}`
	}
	const pin = `{"session_id":"` + pinnedSession + `"}`
	return []struct{ id, method, path, body string }{
		{"ai_mentor_orgs_users_list", http.MethodGet, users, ""},
		{"ai_mentor_orgs_users_periodic_agents_list", http.MethodGet, users + "periodic-agents/", ""},
		{"ai_mentor_orgs_users_periodic_agents_create", http.MethodPost, users + "periodic-agents/", agent},
		{"ai_mentor_orgs_users_periodic_agents_retrieve", http.MethodGet, users + "periodic-agents/1/", ""},
		{"ai_mentor_orgs_users_periodic_agents_update", http.MethodPut, users + "periodic-agents/1/", agent},
		{"ai_mentor_orgs_users_periodic_agents_partial_update", http.MethodPatch, users + "periodic-agents/1/", `{}`},
		{"ai_mentor_orgs_users_periodic_agents_statistics_retrieve", http.MethodGet, users + "periodic-agents/statistics/", ""},
		{"ai_mentor_orgs_users_periodic_agent_logs_list", http.MethodGet, users + "periodic-agent-logs/", ""},
		{"ai_mentor_orgs_users_periodic_agent_logs_retrieve", http.MethodGet, users + "periodic-agent-logs/1/", ""},
		{"ai_mentor_orgs_users_pin_message_create", http.MethodPost, users + "pin-message/", pin},
		{"ai_mentor_orgs_users_pin_message_list", http.MethodGet, users + "pin-message/?session_id=" + pinnedSession, ""},
		{"ai_mentor_orgs_users_pin_message_destroy", http.MethodDelete, users + "pin-message/", pin},
		{"ai_mentor_orgs_users_periodic_agents_destroy", http.MethodDelete, users + "periodic-agents/2/", ""},
	}
}

// In every release, the sandbox has the operations and fields that the contract
// marks as the release's, and no others.
func TestReleasesOfTheSandbox(t *testing.T) {
	t.Parallel()
	for _, release := range releases {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			c, sb := contractOf(t, release), newCompleteSandbox(t, release)
			requests := requestsOf(release)
			require.Len(t, requests, len(c.operationIDs()))
			for _, r := range requests {
				operation := c.operation(t, r.id)
				response := respond(t, sb, r.method, r.path, r.body)
				if !hasMarked(t, release, operation.Extensions) {
					assert.Equal(t, http.StatusNotFound, response.StatusCode, r.id)
					continue
				}
				require.Less(t, response.StatusCode, http.StatusMultipleChoices, r.id)
				text, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				for _, at := range timesOf.FindAllString(string(text), -1) {
					assert.Regexp(t, djangoTime, at, r.id)
				}
				request, err := http.NewRequestWithContext(t.Context(), r.method, "http://sandbox"+r.path, http.NoBody)
				require.NoError(t, err)
				route, pathParams, err := c.router.FindRoute(request)
				require.NoError(t, err)
				assert.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
					RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: pathParams, Route: route},
					Status:                 response.StatusCode,
					Header:                 response.Header,
					Body:                   io.NopCloser(bytes.NewReader(text)),
					Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
				}), r.id)
			}
		})
	}
}
