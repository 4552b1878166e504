package contract_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Every operation of the contract has one method of the client.
func TestEveryOperationHasOneMethod(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	methods := map[string][]string{} // by operation id
	for name, called := range clientMethods(t) {
		route, _, err := c.router.FindRoute(called)
		require.NoError(t, err, "%s sends %s %s, which openapi.yaml does not have", name, called.Method, called.URL.Path)
		methods[route.Operation.OperationID] = append(methods[route.Operation.OperationID], name)
	}
	for _, id := range c.operationIDs() {
		assert.Len(t, methods[id], 1, "%s: every operation has one method, but it has %v", id, methods[id])
	}
}

// Every operation of the contract has one route of the sandbox, and a constant with
// the name of the client's method.
func TestEveryOperationHasOneRoute(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	var routes []string
	for _, operation := range sandbox.Operations() {
		routes = append(routes, operation.ID)
	}
	assert.ElementsMatch(t, c.operationIDs(), routes)

	constants := map[string]string{} // by name
	for name, called := range clientMethods(t) {
		route, _, err := c.router.FindRoute(called)
		require.NoError(t, err)
		constants["Operation"+strings.ReplaceAll(name, ".", "")] = route.Operation.OperationID
	}
	assert.Equal(t, constants, operationConstants(t))
}

// operationConstants returns the sandbox's constants for operations by name.
func operationConstants(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(root + "/client/sandbox/*.go")
	require.NoError(t, err)
	constants := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "OperationID" && len(spec.Values) == 1 {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				constants[spec.Names[0].Name] = value
			}
			return true
		})
	}
	return constants
}

// clientMethods calls every method of every service, and returns their requests by
// the methods' names. It leaves out All and Since, which send the request of List.
func clientMethods(t *testing.T) map[string]*http.Request {
	t.Helper()
	var sent *http.Request
	c, err := client.New(
		client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) *http.Response {
			sent = r
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
		})}),
	)
	require.NoError(t, err)

	calls := map[string]*http.Request{}
	fields := reflect.Indirect(reflect.ValueOf(c))
	for i := range fields.NumField() {
		if !fields.Type().Field(i).IsExported() {
			continue
		}
		service := fields.Field(i)
		for j := range service.NumMethod() {
			method := service.Type().Method(j)
			if method.Name == "All" || method.Name == "Since" {
				continue
			}
			name := fields.Type().Field(i).Name + "." + method.Name
			sent = nil
			service.Method(j).Call(arguments(t, name, service.Method(j).Type()))
			require.NotNil(t, sent, "%s sends nothing", name)
			calls[name] = sent
		}
	}
	return calls
}

// arguments returns arguments for a method, without options.
func arguments(t *testing.T, name string, method reflect.Type) []reflect.Value {
	t.Helper()
	var args []reflect.Value
	for i := range method.NumIn() - 1 {
		switch in := method.In(i); {
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(t.Context()))
		case in.Kind() == reflect.Int64:
			args = append(args, reflect.ValueOf(int64(7)))
		case in.Kind() == reflect.String:
			args = append(args, reflect.ValueOf("session"))
		case strings.HasSuffix(in.String(), "Params"):
			args = append(args, complete(in.Elem()))
		case in == reflect.TypeFor[*client.PeriodicAgentCreateRequest](): // without a schedule, Replace sends nothing
			args = append(args, reflect.ValueOf(completeAgent(new(exampleIDs()))))
		case in.Kind() == reflect.Pointer:
			args = append(args, reflect.New(in.Elem()))
		default:
			require.Fail(t, "unknown argument", "%s takes a %s, for which this test has no value", name, in)
		}
	}
	return args
}

// complete returns a pointer to a struct whose simple fields are all set.
func complete(of reflect.Type) reflect.Value {
	value := reflect.New(of)
	for i := range of.NumField() {
		field := value.Elem().Field(i)
		switch {
		case !field.CanSet():
		case field.Kind() == reflect.String:
			field.SetString("id")
		case field.Kind() == reflect.Int64:
			field.SetInt(7)
		case field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.Bool:
			field.Set(reflect.ValueOf(new(true)))
		}
	}
	return value
}

type roundTripper func(*http.Request) *http.Response

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
