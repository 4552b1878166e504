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

func TestRelease(t *testing.T) {
	t.Parallel()
	for release, found := range map[sandbox.Release]string{
		sandbox.Release4205: "4.202 or later, because mentors have the field starter_prompts",
		sandbox.Release495:  "4.95 to 4.201, because mentors have the field show_rag_images",
		sandbox.Release490:  "4.90, because mentors have the field id",
	} {
		t.Run(string(release), func(t *testing.T) {
			t.Parallel()
			e := examine(t, newTransport(t), newSandbox(t, sandbox.WithRelease(release)).URL, withWrite)
			assert.Equal(t, found, e.find(t, checkRelease).Found)
			assert.Equal(t, OK, e.Verdict, e.text)
		})
	}
}

// A release older than the SDK's documentation works, with a warning about
// mentors.
func TestOlderRelease(t *testing.T) {
	t.Parallel()
	e := examine(t, newTransport(t), newSandbox(t, sandbox.WithRelease(sandbox.Release359)).URL, withWrite)
	assert.Equal(t, Warning, e.Verdict, e.text)
	assert.NotContains(t, strings.ToLower(e.text), "update")

	f := e.find(t, checkRelease)
	assert.Equal(t, "3.5x, because mentors have no id", f.Found)
	assert.Contains(t, f.Advice, `Mentor: "1"`)
	f = e.find(t, createAgent)
	assert.Equal(t, Warning, f.Status)
	require.Len(t, f.Details, 1)
	assert.True(t, strings.HasPrefix(f.Details[0], "mentor: "), f.Details[0])
	assert.Contains(t, f.Advice, `Mentor: "1"`)
	f = e.find(t, statistics)
	assert.Equal(t, Warning, f.Status)
	assert.Contains(t, f.Meaning, "release 3.5x has no statistics")
	for _, operation := range []string{listMentors, listAgents, getAgent, listLogs, getLog} {
		assert.Equal(t, OK, e.find(t, operation).Status, operation)
	}
}

func TestReleaseIsUnknownWithoutMentors(t *testing.T) {
	t.Parallel()
	empty := func(string) string { return `{"count":0,"next":null,"previous":null,"results":[]}` }
	transport := newTransport(t)
	e := examine(t, rewriteBodies(rewriteBodies(transport, "/ada/", empty), agentsPath, empty), newSandbox(t).URL, withWrite)
	f := e.find(t, checkRelease)
	assert.Equal(t, Skipped, f.Status)
	assert.Equal(t, "the org has no mentor for an agent", e.find(t, createAgent).Found)
	assert.Equal(t, OK, e.Verdict, e.text)
}

// If a service lacks one of the lists, the other operations are still checked.
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

func TestOptionalFieldsMatchContract(t *testing.T) {
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
		"PeriodicTask": reflect.TypeFor[client.PeriodicTask](), "MentorCategory": reflect.TypeFor[client.MentorCategory](),
		"PeriodicAgent": reflect.TypeFor[client.PeriodicAgent](), "PeriodicAgentLog": reflect.TypeFor[client.PeriodicAgentLog](),
	} {
		fields := contract.Components.Schemas[schema].Properties
		require.NotEmpty(t, fields, schema)
		maps.DeleteFunc(fields, func(_ string, f field) bool { return f == field{} })
		if schema == "Mentor" {
			fields["call_configuration"] = field{}
		}
		assert.ElementsMatch(t, slices.Collect(maps.Keys(fields)), optionalFields[model], schema)
	}
}
