package client_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const (
	// testKey, testSecret and testCredentials must occur nowhere but in requests
	// to the service.
	testKey         = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	testSecret      = "callback-secret-7c1f"
	testCredentials = "mcp-credentials-91be"

	testOrg  = "acme"
	testUser = "ada"
)

// operation is one way to call the API: a method of a service, or Client.Do.
type operation struct {
	name string
	call func(ctx context.Context, c *client.Client, opts ...client.CallOption) error

	// These describe the request that a call sends; observe sets them.
	method   string
	template string
	hasBody  bool
}

// idempotent reports whether the operation may be sent twice.
func (o operation) idempotent() bool {
	return o.method != http.MethodPost && o.method != http.MethodPatch
}

// attemptsOf returns n for an idempotent operation and 1 for any other.
func (o operation) attemptsOf(n int) int {
	if o.idempotent() {
		return n
	}
	return 1
}

// operations returns every operation: the exported methods of the client's
// services, found by reflection so that none is left out, and Client.Do.
func operations(t *testing.T) []operation {
	t.Helper()
	var found []operation
	services := reflect.TypeFor[client.Client]()
	for field := range services.Fields() {
		if !field.IsExported() {
			continue
		}
		require.Equal(t, reflect.Pointer, field.Type.Kind(), "%s is not a service", field.Name)
		for method := range field.Type.Methods() {
			found = append(found, operation{
				name: field.Name + "." + method.Name,
				call: caller(t, field.Name, method),
			})
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		found = append(found, operation{name: "Do." + method, call: doCaller(method)})
	}
	for i := range found {
		found[i].observe(t)
	}
	return found
}

// doCaller returns a call of Client.Do, with a body if the method has one.
func doCaller(method string) func(context.Context, *client.Client, ...client.CallOption) error {
	r := client.Request{Method: method, PathTemplate: "/api/ai-mentor/orgs/{org}/users/{user_id}/things/{id}/", PathParams: map[string]string{"id": "7"}}
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		r.Body = map[string]string{"callback_secret": testSecret}
	}
	return func(ctx context.Context, c *client.Client, opts ...client.CallOption) error {
		var out any
		if method != http.MethodDelete {
			out = new(map[string]any) // one per call, since calls are concurrent
		}
		return c.Do(ctx, r, out, opts...)
	}
}

// caller returns a call of a service's method with generated arguments.
func caller(t *testing.T, service string, method reflect.Method) func(context.Context, *client.Client, ...client.CallOption) error {
	t.Helper()
	signature := method.Type
	require.True(t, signature.IsVariadic(), "%s.%s does not accept a CallOption", service, method.Name)
	option := signature.In(signature.NumIn() - 1).Elem()
	require.True(t, reflect.TypeFor[client.CallOption]().Implements(option), "%s.%s does not accept a CallOption", service, method.Name)
	require.Equal(t, reflect.TypeFor[context.Context](), signature.In(1), "%s.%s does not accept a context", service, method.Name)
	var fixed []reflect.Value
	for i := 2; i < signature.NumIn()-1; i++ {
		fixed = append(fixed, argument(t, signature.In(i)))
	}
	return func(ctx context.Context, c *client.Client, opts ...client.CallOption) error {
		in := []reflect.Value{reflect.ValueOf(c).Elem().FieldByName(service), contextValue(ctx)}
		wide := reflect.MakeSlice(reflect.SliceOf(option), len(opts), len(opts)) // of AllOption, WriteOption or CallOption
		for i := range opts {
			wide.Index(i).Set(reflect.ValueOf(opts).Index(i).Convert(option))
		}
		in = append(append(in, fixed...), wide)
		return firstError(t, method.Func.CallSlice(in))
	}
}

func contextValue(ctx context.Context) reflect.Value {
	if ctx == nil {
		return reflect.Zero(reflect.TypeFor[context.Context]())
	}
	return reflect.ValueOf(ctx)
}

// argument returns an argument of type in. A type that it does not know fails
// the test and must be added here.
func argument(t *testing.T, in reflect.Type) reflect.Value {
	t.Helper()
	switch {
	case in.Kind() == reflect.Int64:
		return reflect.ValueOf(int64(7))
	case in.Kind() == reflect.String:
		return reflect.ValueOf("9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51").Convert(in)
	case in.Kind() == reflect.Pointer && in.Elem().Kind() == reflect.Struct:
		made := reflect.New(in.Elem())
		if secret := made.Elem().FieldByName("CallbackSecret"); secret.IsValid() {
			secret.Set(reflect.ValueOf(new(api.NewSecret(testSecret))))
		}
		if task := made.Elem().FieldByName("Task"); task.IsValid() && task.Kind() == reflect.Struct { // required to replace an agent
			task.FieldByName("Crontab").FieldByName("Hour").SetString("8")
		}
		return made
	case in == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
	}
	require.FailNow(t, "the harness has no argument of this type", "%s", in)
	return reflect.Value{}
}

// firstError returns the error among a method's results. It drains an iterator.
func firstError(t *testing.T, out []reflect.Value) error {
	t.Helper()
	last := out[len(out)-1]
	if last.Type() == reflect.TypeFor[error]() {
		err, _ := reflect.TypeAssert[error](last)
		if len(out) == 2 && out[0].Kind() == reflect.Pointer {
			assert.Equal(t, err != nil, out[0].IsNil(), "a result is returned if and only if there is no error")
		}
		return err
	}
	require.Equal(t, reflect.Func, last.Kind(), "the harness does not know the result type %s", last.Type())
	var failed error
	for item, failure := range last.Seq2() {
		assert.NoError(t, failed, "an error is yielded last")
		err, _ := reflect.TypeAssert[error](failure)
		assert.Equal(t, err != nil, item.IsNil(), "an item is yielded if and only if there is no error")
		failed = err
	}
	return failed
}

// observe calls the operation once and records the request.
func (o *operation) observe(t *testing.T) {
	t.Helper()
	var sent int
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		sent++
		o.method, o.hasBody = r.Method, r.Body != nil
		operation, ok := client.OperationFromContext(r.Context())
		assert.True(t, ok, "%s: the request's context has no operation", o.name)
		o.template = operation.PathTemplate
		return respond(r, http.StatusOK, anySuccess), nil
	}))
	require.NoError(t, o.call(t.Context(), c), o.name)
	require.Equal(t, 1, sent, o.name)
}

func TestHarnessCoversEveryMethodOfClient(t *testing.T) {
	t.Parallel()
	var names []string
	methods := reflect.TypeFor[*client.Client]()
	for method := range methods.Methods() {
		names = append(names, method.Name)
	}
	assert.Equal(t, []string{"BaseURL", "CloseIdleConnections", "Do", "Format", "Org"}, names, "a new method of Client that calls the API must be added to operations")
	assert.GreaterOrEqual(t, len(operations(t)), 16+5)
}

func TestEveryPathHasOrgAndUser(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		assert.True(t, strings.HasPrefix(op.template, "/api/ai-mentor/orgs/{org}/users/{user_id}/"), "%s: %s", op.name, op.template)
		assert.True(t, strings.HasSuffix(op.template, "/"), "%s: %s lacks the final slash", op.name, op.template)
	}
}

// roundTripFunc is an http.RoundTripper.
type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := f(r)
	if err == nil && response.Request == nil {
		response.Request = r
	}
	return response, err
}

func roundTrip(f func(*http.Request) (*http.Response, error)) client.Option {
	return client.WithHTTPClient(&http.Client{Transport: roundTripFunc(f)})
}

// newClient returns a client with test credentials and opts.
func newClient(t testing.TB, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append([]client.Option{
		client.WithAPIKey(testKey), client.WithOrg(testOrg), client.WithUsername(testUser),
	}, opts...)...)
	require.NoError(t, err)
	return c
}

// retries returns a policy of n attempts with next to no wait.
func retries(n int) client.SharedOption {
	return client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: n, BaseDelay: 1, MaxDelay: 1, MaxRetryAfter: time.Nanosecond})
}

// recorder records the requests that a server received.
type recorder struct {
	mu   sync.Mutex
	seen []record
}

// record is a request that a server received.
type record struct {
	method, path, query, body string
	header                    http.Header
}

func (r *recorder) add(request record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, request)
}

func (r *recorder) all() []record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]record(nil), r.seen...)
}
