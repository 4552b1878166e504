package doctor

import (
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// withoutFields removes fields of mentors, which end with a comma, from all
// responses.
func withoutFields(next http.RoundTripper, fields ...string) http.RoundTripper {
	for _, field := range fields {
		next = rewriting(next, "/", func(body string) string {
			for {
				before, rest, found := strings.Cut(body, `"`+field+`":`)
				if !found {
					return body
				}
				_, after, _ := strings.Cut(rest, ",")
				body = before + after
			}
		})
	}
	return next
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		without []string
		found   string
	}{
		"4.205": {nil, "4.202 or later, because mentors have the field starter_prompts"},
		"4.95":  {[]string{"starter_prompts", "study_mode_prompt"}, "4.95 to 4.201, because mentors have the field show_rag_images"},
		"4.90":  {[]string{"starter_prompts", "study_mode_prompt", "show_rag_images"}, "4.90, because mentors have the field id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, withoutFields(newTransport(t), test.without...), newSandbox(t).URL, write)
			assert.Equal(t, test.found, e.find(t, checkRelease).Found)
			assert.Equal(t, OK, e.Verdict, e.text)
			assert.NotContains(t, e.text, "update")
		})
	}
}

// A release older than the SDK's documentation works, and the report says how.
func TestOlderRelease(t *testing.T) {
	t.Parallel()
	const refusal = `{"mentor": ["A valid integer is required."]}`
	base := newTransport(t)
	older := roundTripper(func(r *http.Request) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/statistics/"):
			return respond(r, http.StatusNotFound, "<h1>Not Found</h1>"), nil
		case r.Method == http.MethodPost:
			return respond(r, http.StatusBadRequest, refusal), nil
		}
		return base.RoundTrip(r)
	})
	address := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Release: sandbox.Release359}})).URL
	e := examine(t, older, address, write)
	assert.Equal(t, Warning, e.Verdict, e.text)
	assert.NotContains(t, strings.ToLower(e.text), "update")

	f := e.find(t, checkRelease)
	assert.Equal(t, "3.5x, because mentors have no id", f.Found)
	assert.Contains(t, f.Advice, `Mentor: "1"`)
	f = e.find(t, createAgent)
	assert.Equal(t, Warning, f.Status)
	assert.Equal(t, []string{"mentor: A valid integer is required."}, f.Details)
	assert.Contains(t, f.Advice, `Mentor: "1"`)
	f = e.find(t, statistics)
	assert.Equal(t, Warning, f.Status)
	assert.Contains(t, f.Meaning, "release 3.5x lacks this one")
	for _, operation := range []string{listMentors, listAgents, getAgent, listLogs, getLog} {
		assert.Equal(t, OK, e.find(t, operation).Status, operation)
	}
}

func TestReleaseIsUnknownWithoutMentors(t *testing.T) {
	t.Parallel()
	empty := func(string) string { return `{"count":0,"next":null,"previous":null,"results":[]}` }
	transport := newTransport(t)
	e := examine(t, rewriting(rewriting(transport, "/ada/", empty), agentsPath, empty), newSandbox(t).URL, write)
	f := e.find(t, checkRelease)
	assert.Equal(t, Skipped, f.Status)
	assert.Equal(t, "the org has no mentor for an agent", e.find(t, createAgent).Found)
	assert.Equal(t, OK, e.Verdict, e.text)
}

// A service may lack any list. The others are checked all the same.
func TestMissingList(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		path    string
		row     string
		verdict Status
	}{
		"mentors":    {"/ada/", listMentors, Warning},
		"statistics": {"/periodic-agents/statistics/", statistics, Warning},
		"pins":       {"/pin-message/", listPins, Warning},
		"logs":       {logsPath, listLogs, Failed},
		"agents":     {agentsPath, listAgents, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, test.path) {
					return respond(r, http.StatusNotFound, "<h1>Not Found</h1>"), nil
				}
				return base.RoundTrip(r)
			}), address)
			f := e.find(t, test.row)
			assert.Equal(t, test.verdict, f.Status, e.text)
			assert.Contains(t, f.Meaning, "Other operations work")
			assert.Equal(t, test.verdict, e.Verdict)
			assert.Equal(t, OK, e.find(t, checkAccount).Status)
			assert.NotContains(t, e.text, notRun)
			for _, list := range []string{listMentors, listAgents, listLogs} {
				assert.Equal(t, list == test.row, e.find(t, list).Status != OK, list)
			}
		})
	}
}

func TestSomeReleasesFieldsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../openapi.yaml")
	require.NoError(t, err)
	type field struct {
		Since string `yaml:"x-since"`
		Until string `yaml:"x-until"`
	}
	var contract struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]field }
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &contract))
	for schema, model := range map[string]reflect.Type{
		"Mentor": reflect.TypeFor[client.Mentor](), "CallConfiguration": reflect.TypeFor[client.CallConfiguration](),
		"MCPServer": reflect.TypeFor[client.MCPServer](), "ChatHistory": reflect.TypeFor[client.ChatMessage](),
		"PeriodicAgent": reflect.TypeFor[client.PeriodicAgent](), "PeriodicAgentLog": reflect.TypeFor[client.PeriodicAgentLog](),
	} {
		fields := contract.Components.Schemas[schema].Properties
		require.NotEmpty(t, fields, schema)
		maps.DeleteFunc(fields, func(_ string, f field) bool { return f == field{} })
		if schema == "Mentor" {
			fields["call_configuration"] = field{}
		}
		assert.ElementsMatch(t, slices.Collect(maps.Keys(fields)), someReleases[model], schema)
	}
}
