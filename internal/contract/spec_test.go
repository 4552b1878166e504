package contract_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// contract is a parsed OpenAPI file with a router for its paths on any host.
type contract struct {
	spec   *openapi3.T
	router routers.Router
}

func loadContract(t *testing.T) contract {
	t.Helper()
	return load(t, "openapi.yaml")
}

// load parses an OpenAPI file of the repository.
func load(t *testing.T, file string) contract {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, file))
	require.NoError(t, err)
	require.NoError(t, spec.Validate(t.Context(), openapi3.EnableExamplesValidation()), "%s is not valid", file)
	spec.Servers = openapi3.Servers{{URL: "/"}}
	router, err := gorillamux.NewRouter(spec)
	require.NoError(t, err)
	return contract{spec: spec, router: router}
}

// operationIDs returns the ids of all operations, without callbacks.
func (c contract) operationIDs() []string {
	var ids []string
	for _, item := range c.spec.Paths.Map() {
		for _, operation := range item.Operations() {
			ids = append(ids, operation.OperationID)
		}
	}
	slices.Sort(ids)
	return ids
}

// operation returns the operation with this id.
func (c contract) operation(t *testing.T, id string) *openapi3.Operation {
	t.Helper()
	for _, item := range c.spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.OperationID == id {
				return operation
			}
		}
	}
	require.FailNow(t, "the contract has no such operation", "%s", id)
	return nil
}

// A field that some release doesn't send is not required.
func TestFieldsOfSomeReleasesAreNotRequired(t *testing.T) {
	t.Parallel()
	for name, schema := range loadContract(t).spec.Components.Schemas {
		for _, required := range schema.Value.Required {
			property := schema.Value.Properties[required]
			require.NotNil(t, property, "%s.%s is required but not described", name, required)
			marks := property.Value.Extensions
			assert.False(t, marks["x-since"] != nil || marks["x-until"] != nil, "%s.%s is required, but not in all releases", name, required)
		}
	}
}

// A start_time has surprising effects, so that no example of a schedule has one.
func TestExamplesOfSchedulesHaveNoStartTime(t *testing.T) {
	t.Parallel()
	schedules := 0
	var visit func(name string, value any)
	visit = func(name string, value any) {
		switch value := value.(type) {
		case map[string]any:
			if value["crontab"] != nil {
				schedules++
				assert.NotContains(t, value, "start_time", name)
			}
			for _, field := range value {
				visit(name, field)
			}
		case []any:
			for _, item := range value {
				visit(name, item)
			}
		}
	}
	for name, schema := range loadContract(t).spec.Components.Schemas {
		visit(name, schema.Value.Example)
	}
	assert.Positive(t, schedules)
}
