package contract_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// queryParameters returns the query parameters of an operation by name.
func queryParameters(operation *openapi3.Operation) map[string]*openapi3.Parameter {
	found := map[string]*openapi3.Parameter{}
	for _, p := range operation.Parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			found[p.Value.Name] = p.Value
		}
	}
	return found
}

// notSent are query parameters that no method of the client sends. Programs can send
// them with client.WithQuery.
var notSent = map[string][]string{
	"ai_mentor_orgs_users_pin_message_list": {"mentor"}, // the client selects one session
}

// The client's methods can send every query parameter of their operation, and no
// other.
func TestQueryParametersOfTheClient(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	for name, called := range clientMethods(t) {
		route, _, err := c.router.FindRoute(called)
		require.NoError(t, err)
		var want, got []string
		for parameter := range queryParameters(route.Operation) {
			if !slices.Contains(notSent[route.Operation.OperationID], parameter) {
				want = append(want, parameter)
			}
		}
		for parameter := range called.URL.Query() {
			got = append(got, parameter)
		}
		assert.ElementsMatch(t, want, got, name)
	}
}

// withoutEffect are query parameters that the sandbox can't apply, since mentors have
// no such field.
var withoutEffect = []string{"filter_by", "visibility"}

// In every release, the query parameters that the contract marks as the release's
// change a response of the sandbox. Others change nothing.
func TestQueryParametersOfTheSandbox(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	for _, release := range releases {
		sb := newFilteredSandbox(t, release)
		for _, path := range c.spec.Paths.InMatchingOrder() {
			operation := c.spec.Paths.Value(path).Get
			if operation == nil || !hasMarked(t, release, operation.Extensions) {
				continue
			}
			parameters := queryParameters(operation)
			parameters["no_such_parameter"] = &openapi3.Parameter{Extensions: map[string]any{"x-since": "9999.0"}}
			for name, parameter := range parameters {
				want := hasMarked(t, release, parameter.Extensions) && !slices.Contains(withoutEffect, name)
				assert.Equal(t, want, changesResponse(t, sb, path, name), "%s of %s: %s", operation.OperationID, release, name)
			}
		}
	}
}

const (
	pinnedSession = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	otherMentor   = "00000000-0000-4000-8000-000000000000"
)

// newFilteredSandbox returns a sandbox with two objects of each kind.
func newFilteredSandbox(t *testing.T, release sandbox.Release) *sandbox.Sandbox {
	t.Helper()
	mentor := exampleIDs().mentor
	first, second := *completeAgent(&knownIDs{mentor: mentor}), *completeAgent(&knownIDs{mentor: mentor})
	second.PreviousAgent = client.Value[int64](1)
	sb, err := sandbox.New(
		sandbox.WithRelease(release),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret("key")}),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: mentor, Metadata: []byte(`{"level":"1"}`)}),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: otherMentor}),
		sandbox.WithPeriodicAgent("acme", first), sandbox.WithPeriodicAgent("acme", second),
		sandbox.WithChatSession("acme", sandbox.ChatSession{ID: pinnedSession}),
	)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	for range 2 {
		_, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)
	}
	pinned := respond(t, sb, http.MethodPost, "/api/ai-mentor/orgs/acme/users/ada/pin-message/", `{"session_id":"`+pinnedSession+`"}`)
	require.Less(t, pinned.StatusCode, http.StatusMultipleChoices)
	return sb
}

// respond returns the sandbox's response to a request.
func respond(t *testing.T, sb *sandbox.Sandbox, method, target, body string) *http.Response {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	request.Header.Set("Authorization", "Api-Token key")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	sb.ServeHTTP(recorder, request)
	return recorder.Result()
}

// probes are values of which at least one changes the response, if a parameter has
// an effect at all.
func probes() []string {
	return []string{"no-such-value", "true", "false", "1", "2", "id", "-id", "level", otherMentor, pinnedSession}
}

// changesResponse reports whether a query parameter changes the response to GET.
func changesResponse(t *testing.T, sb *sandbox.Sandbox, path, name string) bool {
	t.Helper()
	path = strings.NewReplacer("{org}", "acme", "{user_id}", "ada", "{id}", "1").Replace(path)
	list := func(query url.Values) string {
		response := respond(t, sb, http.MethodGet, path+"?"+query.Encode(), "")
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.Status + string(body)
	}
	base := url.Values{}
	if name == "metadata_value" {
		base.Set("metadata_key", "level")
	}
	plain := list(base)
	return slices.ContainsFunc(probes(), func(value string) bool {
		query := maps.Clone(base)
		query.Set(name, value)
		return list(query) != plain
	})
}
