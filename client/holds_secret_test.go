package client_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

type (
	withSecret    struct{ Token api.Secret }
	withPointer   struct{ Token *api.Secret }
	withPrivate   struct{ token api.Secret }
	withEmbedded  struct{ withSecret }
	withAny       struct{ Any any }
	withHiddenAny struct{ any any }
	linked        struct {
		Value any
		Next  *linked
	}
	recursive struct {
		Children []recursive
		ByName   map[string]*recursive
		Token    *api.Secret
	}
)

// secrets are values that hold a secret, each in another place.
func secrets() map[string]any {
	secret := api.NewSecret(testSecret)
	toItself := map[string]any{}
	toItself["self"] = toItself
	toItself["secret"] = secret
	ring := &linked{Value: 1}
	ring.Next = &linked{Value: []any{secret}, Next: ring}
	return map[string]any{
		"a secret":                 secret,
		"a pointer":                &secret,
		"a pointer to a pointer":   new(new(secret)),
		"an empty one":             api.Secret{},
		"a struct":                 withSecret{secret},
		"an empty struct":          withSecret{},
		"a nil struct":             (*withSecret)(nil),
		"a pointer in a struct":    withPointer{},
		"an unexported field":      withPrivate{secret},
		"an embedded struct":       withEmbedded{withSecret{secret}},
		"a nested struct":          struct{ Inner struct{ Most *withEmbedded } }{},
		"a map's value":            map[string]api.Secret{"a": secret},
		"an empty map":             map[string]api.Secret{},
		"a map's key":              map[api.Secret]string{secret: "a"},
		"a key of any type":        map[any]string{secret: "a"},
		"a slice":                  []api.Secret{secret},
		"a nil slice":              []api.Secret(nil),
		"an array":                 [1]api.Secret{secret},
		"a slice of slices":        [][]withSecret{},
		"a map of any":             map[string]any{"a": 1, "b": secret},
		"a map of maps of any":     map[string]any{"a": map[string]any{"b": []any{1, nil, secret}}},
		"a slice of any":           []any{1, "x", nil, &secret},
		"an array of any":          [2]any{1, secret},
		"any of a struct":          withAny{secret},
		"any of any":               withAny{withAny{&withAny{secret}}},
		"any of an unexported one": withHiddenAny{secret},
		"a map to itself":          toItself,
		"a ring":                   ring,
		"a recursive type":         recursive{},
		"an agent to create":       &client.PeriodicAgentCreateRequest{},
		"changes of an agent":      client.PeriodicAgentUpdateRequest{},
		"an agent as it was read":  &client.PeriodicAgent{},
		"a page of agents":         client.Page[client.PeriodicAgent]{},
		"a mentor's servers":       []client.MCPServer{},
		"a slice of slices of any": [][]any{{1}, {secret}},
		"a part of the same slice": sameSlice(secret),
		"an unknown field":         client.PeriodicTask{Unknown: unknownField("api_token", `"t"`)},
		"deep in an unknown field": &client.PeriodicTask{Crontab: client.CrontabSchedule{Unknown: unknownField("new", `[{"headers": {}}]`)}},
		"an unknown field in any":  map[string]any{"a": []any{client.Pin{Unknown: unknownField("tokens", `[]`)}}},
	}
}

func unknownField(name, value string) *api.Fields {
	unknown := new(api.Fields)
	unknown.Set(name, json.RawMessage(value))
	return unknown
}

// sameSlice holds a slice twice, the shorter part first: the search must still
// visit the rest of the longer one.
func sameSlice(secret api.Secret) any {
	whole := []any{1, secret}
	return []any{whole[:1], whole}
}

func TestValueThatHoldsASecretIsNotSent(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	known := operations(t)
	for where, value := range secrets() {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodGet} {
			err := c.Do(t.Context(), client.Request{Method: method, PathTemplate: "/x/", Body: value}, nil)
			refused := requireArgumentError(t, err)
			assert.Equal(t, "Request.Body", refused.Argument, where)
			assert.Contains(t, refused.Reason, "encoding/json writes as ***", where)
		}
		for _, op := range known {
			refused := requireArgumentError(t, op.call(t.Context(), c, client.WithBodyField("field", value)))
			assert.Equal(t, "WithBodyField", refused.Argument, where)
			assert.Contains(t, refused.Reason, "encoding/json writes as ***", where)
		}
	}
	assert.Zero(t, s.sent)
}

func TestValueWithoutASecretIsSent(t *testing.T) {
	t.Parallel()
	shared := map[string]any{"a": []any{1, "x", nil}}
	for where, value := range map[string]any{
		"a revealed secret":   api.NewSecret("revealed").Reveal(),
		"a map":               map[string]any{"token": api.NewSecret("revealed").Reveal(), "n": nil},
		"a time":              time.Time{},
		"the same map twice":  []any{shared, shared},
		"a nil pointer":       withAny{(*int)(nil)},
		"a request of a task": client.PeriodicTaskRequest{},
		"a status":            api.StatusSuccess,
		"unknown fields":      client.PeriodicTask{Unknown: unknownField("new", `{"token": null, "max_tokens": 1, "n": ["x"]}`)},
		"no unknown fields":   client.PeriodicTask{},
		"unexported ones":     withHiddenAny{client.PeriodicTask{Unknown: unknownField("token", `"t"`)}},
		"a list of any":       []any{[]byte("x"), [2]any{}, map[string]any{}, struct{ a any }{1}},
	} {
		s, c := newCaptureClient(t)
		_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{}, client.WithBodyField("field", value))
		require.NoError(t, err, where)
		require.NoError(t, c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: value}, nil), where)
		assert.Equal(t, 2, s.sent, where)
	}
	s, c := newCaptureClient(t)
	body := map[string]string{"callback_secret": api.NewSecret(testSecret).Reveal()}
	require.NoError(t, c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: body}, nil))
	assert.JSONEq(t, `{"callback_secret": "`+testSecret+`"}`, s.body, "as the error advises")
}
