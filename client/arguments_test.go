package client_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// The error for an invalid argument names the argument, and nothing is sent.
func TestInvalidArgumentsAreNotSent(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	ctx := t.Context()
	call := func(_ any, err error) error { return err }
	do := func(r client.Request, out any) error { return c.Do(ctx, r, out) }
	get := func(template string) client.Request {
		return client.Request{Method: http.MethodGet, PathTemplate: template}
	}
	option := func(o client.CallOption) error { return call(c.PeriodicAgents.Get(ctx, 1, o)) }
	var nilAgent *client.PeriodicAgentCreateRequest
	var nilTask *client.PeriodicTaskRequest
	for name, refused := range map[string]struct {
		argument string
		err      error
	}{
		"id 0":              {"id", call(c.PeriodicAgents.Get(ctx, 0))},
		"id below 0":        {"id", call(c.PeriodicAgentLogs.Get(ctx, -1))},
		"id 0 of a delete":  {"id", c.PeriodicAgents.Delete(ctx, 0)},
		"id 0 of an update": {"id", call(c.PeriodicAgents.Update(ctx, 0, &client.PeriodicAgentUpdateRequest{}))},
		"id 0 of a replace": {"id", call(c.PeriodicAgents.Replace(ctx, 0, &client.PeriodicAgentCreateRequest{}))},
		"nil agent":         {"body", call(c.PeriodicAgents.Create(ctx, nil))},
		"nil replacement":   {"body", call(c.PeriodicAgents.Replace(ctx, 1, nil))},
		"nil changes":       {"body", call(c.PeriodicAgents.Update(ctx, 1, nil))},
		"negative page":     {"page", call(c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{Page: -1}))},
		"negative size":     {"page_size", call(c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: -1}))},
		"negative mentors":  {"page", call(c.Mentors.List(ctx, &client.MentorListParams{Page: -3}))},
		"nil option":        {"option", option(nil)},
		"empty org":         {"WithOrg", option(client.WithOrg(""))},
		"climbing org":      {"WithOrg", option(client.WithOrg(".."))},
		"empty user":        {"WithUsername", option(client.WithUsername(""))},
		"user with a slash": {"WithUsername", option(client.WithUsername("a/b"))},
		"key in a header":   {"WithHeader", option(client.WithHeader("authorization", "x"))},
		"host":              {"WithHeader", option(client.WithHeader("HOST", "x"))},
		"length":            {"WithHeader", option(client.WithHeader("Content-Length", "1"))},
		"encoding":          {"WithHeader", option(client.WithHeader("accept-encoding", "gzip"))},
		"connection":        {"WithHeader", option(client.WithHeader("Connection", "upgrade"))},
		"protocol":          {"WithHeader", option(client.WithHeader("Upgrade", "websocket"))},
		"no idempotency":    {"WithIdempotencyKey", option(client.WithIdempotencyKey(""))},
		"bad idempotency":   {"WithIdempotencyKey", option(client.WithIdempotencyKey("a b"))},
		"org with space":    {"WithOrg", option(client.WithOrg("acme "))},
		"org with break":    {"WithOrg", option(client.WithOrg("acme\r\n"))},
		"user with space":   {"WithUsername", option(client.WithUsername("\tada"))},
		"no header name":    {"WithHeader", option(client.WithHeader("", "x"))},
		"bad header name":   {"WithHeader", option(client.WithHeader("X Y", "x"))},
		"address as a name": {"WithHeader", option(client.WithHeader("X:Y", "x"))},
		"path as a name":    {"WithHeader", option(client.WithHeader("X/Y", "x"))},
		"name that breaks":  {"WithHeader", option(client.WithHeader("X\nY", "x"))},
		"DEL in a header":   {"WithHeader", option(client.WithHeader("X-Y", "a\x7f"))},
		"NUL in a header":   {"WithHeader", option(client.WithHeader("X-Y", "\x00"))},
		"bad header value":  {"WithHeader", option(client.WithHeader("X-Y", "a\r\nX-Z: b"))},
		"no query name":     {"WithQuery", option(client.WithQuery("", "x"))},
		"no field name":     {"WithBodyField", option(client.WithBodyField("", "x"))},
		"timeout 0":         {"WithAttemptTimeout", option(client.WithAttemptTimeout(0))},
		"timeout below 0":   {"WithAttemptTimeout", option(client.WithAttemptTimeout(-1))},
		"body limit 0":      {"WithMaxBody", option(client.WithMaxBody(0))},
		"error limit 0":     {"WithMaxErrorBody", option(client.WithMaxErrorBody(0))},
		"prefetch":          {"WithPrefetch", call(client.Collect(c.Mentors.All(ctx, nil, client.WithPrefetch(-1)), 1))},
		"page by an option": {"WithQuery", call(client.Collect(c.Mentors.All(ctx, nil, client.WithQuery("page", "2")), 1))},
		"limit 0":           {"limit", call(client.Collect(c.Mentors.All(ctx, nil), 0))},
		"nil All option":    {"option", call(client.Collect(c.Mentors.All(ctx, nil, nil), 1))},
		"nil write option":  {"option", call(c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{}, nil))},
		"nil delete option": {"option", c.PeriodicAgents.Delete(ctx, 1, nil)},
		"nil Do option":     {"option", c.Do(ctx, get("/x/"), nil, nil)},
		"page of All":       {"page", call(client.Collect(c.Mentors.All(ctx, &client.MentorListParams{Page: -3}), 1))},
		"nil response":      {"WithResponse", option(client.WithResponse(nil))},
		"attempts":          {"WithRetryPolicy", option(client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: -1}))},
		"base delay":        {"WithRetryPolicy", option(client.WithRetryPolicy(client.RetryPolicy{BaseDelay: -1}))},
		"max delay":         {"WithRetryPolicy", option(client.WithRetryPolicy(client.RetryPolicy{MaxDelay: -1}))},
		"retry after":       {"WithRetryPolicy", option(client.WithRetryPolicy(client.RetryPolicy{MaxRetryAfter: -1}))},
		"unmarshalable":     {"WithBodyField", option(client.WithBodyField("x", make(chan int)))},

		"no method":                  {"Request.Method", do(client.Request{PathTemplate: "/x/"}, nil)},
		"lower-case method":          {"Request.Method", do(client.Request{Method: "get", PathTemplate: "/x/"}, nil)},
		"method with a path":         {"Request.Method", do(client.Request{Method: "GET /", PathTemplate: "/x/"}, nil)},
		"no path":                    {"Request.PathTemplate", do(get(""), nil)},
		"relative path":              {"Request.PathTemplate", do(get("x/"), nil)},
		"another host":               {"Request.PathTemplate", do(get("//evil.example/x"), nil)},
		"address":                    {"Request.PathTemplate", do(get("https://evil.example/x"), nil)},
		"query":                      {"Request.PathTemplate", do(get("/x?y"), nil)},
		"fragment":                   {"Request.PathTemplate", do(get("/x#y"), nil)},
		"climbing":                   {"Request.PathTemplate", do(get("/x/../y"), nil)},
		"dot":                        {"Request.PathTemplate", do(get("/x/./y"), nil)},
		"climbing, escaped":          {"Request.PathTemplate", do(get("/x/%2E%2e/y"), nil)},
		"bad escape":                 {"Request.PathTemplate", do(get("/x/%zz/y"), nil)},
		"backslash":                  {"Request.PathTemplate", do(get(`/x/..\y`), nil)},
		"empty segment":              {"Request.PathTemplate", do(get("/x//y"), nil)},
		"open brace":                 {"Request.PathTemplate", do(get("/x/{y"), nil)},
		"closed brace":               {"Request.PathTemplate", do(get("/x/y}"), nil)},
		"crossed braces":             {"Request.PathTemplate", do(get("/x/}{"), nil)},
		"nested braces":              {"Request.PathTemplate", do(get("/x/{{y}}/"), nil)},
		"a slash in braces":          {"Request.PathTemplate", do(get("/x/{y/z}/"), nil)},
		"no name":                    {"Request.PathTemplate", do(get("/x/{}/"), nil)},
		"no value":                   {"y", do(get("/x/{y}/"), nil)},
		"unused parameter":           {"Request.PathParams", do(client.Request{Method: http.MethodGet, PathTemplate: "/x/", PathParams: map[string]string{"y": "z"}}, nil)},
		"nil body":                   {"body", do(client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: nilTask}, nil)},
		"body that can't be encoded": {"body", do(client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: func() {}}, nil)},
		"out is not a pointer":       {"out", do(get("/x/"), client.PeriodicAgent{})},
		"out is a map":               {"out", do(get("/x/"), map[string]any{})},
		"out is nil, but typed":      {"out", do(get("/x/"), nilAgent)},
	} {
		argumentErr, ok := errors.AsType[*api.ArgumentError](refused.err)
		if assert.True(t, ok, "%s: %v", name, refused.err) {
			assert.Equal(t, refused.argument, argumentErr.Argument, name)
			assert.NotEmpty(t, argumentErr.Reason, name)
		}
	}
	assert.Zero(t, s.sent)
}

func TestNilContextIsRefused(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	for _, op := range operations(t) {
		assert.Equal(t, "ctx", requireArgumentError(t, op.call(nil, c)).Argument, op.name)
	}
	assert.Zero(t, s.sent)
}

// WithBodyField has no effect on a GET.
func TestWithBodyFieldDoesNotAffectGet(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	for _, op := range operations(t) {
		if op.method == http.MethodGet {
			require.NoError(t, op.call(t.Context(), c, client.WithBodyField("b", 2)))
			assert.Empty(t, s.body, op.name)
			assert.Empty(t, s.header.Get("Content-Type"), op.name)
		}
	}
}
