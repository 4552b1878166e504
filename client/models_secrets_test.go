package client_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// models returns every model: the structs in the signatures of the services'
// methods, and the structs in those.
func models() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	var add func(reflect.Type)
	add = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			add(of.Elem())
		case reflect.Func: // an iterator, or the function that it yields to
			for in := range of.Ins() {
				add(in)
			}
		case reflect.Struct:
			if found[of.Name()] != nil || of.PkgPath() != reflect.TypeFor[client.Client]().PkgPath() {
				return
			}
			found[of.Name()] = of
			for field := range of.Fields() {
				add(field.Type)
			}
		}
	}
	for service := range reflect.TypeFor[client.Client]().Fields() {
		if !service.IsExported() {
			continue
		}
		for method := range service.Type.Methods() {
			for in := range method.Type.Ins() {
				if in != service.Type {
					add(in)
				}
			}
			for out := range method.Type.Outs() {
				add(out)
			}
		}
	}
	return found
}

func TestModelsFindsAllModels(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "models.gen.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	found := models()
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.IsExported() {
			if _, ok := spec.Type.(*ast.StructType); ok {
				assert.Contains(t, found, spec.Name.Name)
			}
		}
		return true
	})
	pages := 0
	for name := range found {
		if strings.HasPrefix(name, "Page[") {
			pages++
		}
	}
	assert.Equal(t, 4, pages)
}

// No exported method of a model has a type of another module in its signature.
func TestModelsShowNoTypeOfAnotherModule(t *testing.T) {
	t.Parallel()
	for name, model := range models() {
		for method := range reflect.PointerTo(model).Methods() {
			for _, types := range []iter.Seq[reflect.Type]{method.Type.Ins(), method.Type.Outs()} {
				for of := range types {
					for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
						of = of.Elem()
					}
					host, _, _ := strings.Cut(of.PkgPath(), "/")
					foreign := strings.Contains(host, ".") && !strings.HasPrefix(of.PkgPath(), "github.com/iblai/iblai-go/")
					assert.False(t, foreign, "%s.%s has %s", name, method.Name, of)
				}
			}
		}
	}
}

// fillSecrets sets every secret in value, and returns their number.
func fillSecrets(value reflect.Value) (secrets int) {
	switch {
	case value.Type() == reflect.TypeFor[api.Secret]():
		value.Set(reflect.ValueOf(api.NewSecret(testSecret)))
		return 1
	case value.Kind() == reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		return fillSecrets(value.Elem())
	case value.Kind() == reflect.Slice && value.Type().Elem().Kind() != reflect.Uint8:
		value.Set(reflect.MakeSlice(value.Type(), 2, 2))
		return fillSecrets(value.Index(0)) + fillSecrets(value.Index(1))
	case value.Kind() == reflect.Struct:
		for field, of := range value.Fields() {
			if field.IsExported() {
				secrets += fillSecrets(of)
			}
		}
	}
	return secrets
}

// No model shows a secret when it, or a value that holds it, is printed, logged
// or encoded as JSON.
func TestModelsShowNoSecret(t *testing.T) {
	t.Parallel()
	withSecrets := 0
	found := models()
	found["Secret"] = reflect.TypeFor[api.Secret]()
	for name, model := range found {
		pointer := reflect.New(model)
		if fillSecrets(pointer.Elem()) == 0 {
			continue
		}
		withSecrets++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, held := range []reflect.Value{pointer.Elem(), pointer} {
				for _, v := range containersOf(held) {
					assertHoldsNoSecret(t, v)
				}
			}
		})
	}
	assert.GreaterOrEqual(t, withSecrets, 10, "agents, requests, mentors, servers, sessions, and pages of them")
}

// containersOf returns value and values that hold it.
func containersOf(value reflect.Value) []any {
	list := reflect.MakeSlice(reflect.SliceOf(value.Type()), 1, 1)
	list.Index(0).Set(value)
	byName := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), value.Type()))
	byName.SetMapIndex(reflect.ValueOf("a"), value)
	field := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Held", Type: value.Type()}}))
	field.Elem().Field(0).Set(value)
	v := value.Interface()
	return []any{
		v,
		list.Interface(), byName.Interface(), field.Interface(), field.Elem().Interface(),
		[]any{v},
		map[string]any{"a": v},
		struct{ Held any }{v},
		map[string][]any{"a": {v, []any{v}}},
	}
}

// Secrets in a response are decoded as secrets.
func TestSecretsOfAgentAreDecoded(t *testing.T) {
	t.Parallel()
	const headers = `{"Authorization": "Bearer ` + testCredentials + `"}`
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, `{"id": 7, "callback_secret": "`+testSecret+`", "mentor": {"id": 3, "mcp_servers": [
			{"id": 1, "credentials": "`+testCredentials+`", "extra_headers": `+headers+`}]}}`), nil
	}))
	agent, err := c.PeriodicAgents.Get(t.Context(), 7)
	require.NoError(t, err)
	assert.Equal(t, testSecret, agent.CallbackSecret.Reveal())
	assert.Equal(t, testCredentials, agent.Mentor.MCPServers[0].Credentials.Reveal())
	assert.JSONEq(t, headers, agent.Mentor.MCPServers[0].ExtraHeaders.Reveal())
	assertHoldsNoSecret(t, agent)
}
