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

// Bad arguments are refused by name, and nothing is sent.
func TestBadArgumentsAreNotSent(t *testing.T) {
	t.Parallel()
	s, c := newCatch(t)
	ctx := t.Context()
	call := func(_ any, err error) error { return err }
	do := func(r client.Request, out any) error { return c.Do(ctx, r, out) }
	get := func(template string) client.Request {
		return client.Request{Method: http.MethodGet, PathTemplate: template}
	}
	option := func(o client.CallOption) error { return call(c.PeriodicAgents.Get(ctx, 1, o)) }
	var nilAgent *client.PeriodicAgentCreateRequest
	var nilTask *client.PeriodicTaskRequest
	for name, err := range map[string]error{
		"id 0":              call(c.PeriodicAgents.Get(ctx, 0)),
		"id below 0":        call(c.PeriodicAgentLogs.Get(ctx, -1)),
		"id 0 of a delete":  c.PeriodicAgents.Delete(ctx, 0),
		"id 0 of an update": call(c.PeriodicAgents.Update(ctx, 0, &client.PeriodicAgentUpdateRequest{})),
		"id 0 of a replace": call(c.PeriodicAgents.Replace(ctx, 0, &client.PeriodicAgentCreateRequest{})),
		"nil agent":         call(c.PeriodicAgents.Create(ctx, nil)),
		"nil replacement":   call(c.PeriodicAgents.Replace(ctx, 1, nil)),
		"nil changes":       call(c.PeriodicAgents.Update(ctx, 1, nil)),
		"negative page":     call(c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{Page: -1})),
		"negative size":     call(c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: -1})),
		"negative mentors":  call(c.Mentors.List(ctx, &client.MentorListParams{Page: -3})),
		"nil option":        option(nil),
		"empty org":         option(client.WithOrg("")),
		"climbing org":      option(client.WithOrg("..")),
		"empty user":        option(client.WithUsername("")),
		"user with a slash": option(client.WithUsername("a/b")),
		"key in a header":   option(client.WithHeader("authorization", "x")),
		"host":              option(client.WithHeader("HOST", "x")),
		"length":            option(client.WithHeader("Content-Length", "1")),
		"no header name":    option(client.WithHeader("", "x")),
		"bad header name":   option(client.WithHeader("X Y", "x")),
		"bad header value":  option(client.WithHeader("X-Y", "a\r\nX-Z: b")),
		"no query name":     option(client.WithQuery("", "x")),
		"no field name":     option(client.WithBodyField("", "x")),
		"timeout 0":         option(client.WithAttemptTimeout(0)),
		"timeout below 0":   option(client.WithAttemptTimeout(-1)),
		"body limit 0":      option(client.WithMaxBody(0)),
		"error limit 0":     option(client.WithMaxErrorBody(0)),
		"prefetch":          call(client.Collect(c.Mentors.All(ctx, nil, client.WithPrefetch(-1)), 1)),
		"page by an option": call(client.Collect(c.Mentors.All(ctx, nil, client.WithQuery("page", "2")), 1)),
		"limit 0":           call(client.Collect(c.Mentors.All(ctx, nil), 0)),
		"nil All option":    call(client.Collect(c.Mentors.All(ctx, nil, nil), 1)),
		"nil write option":  call(c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{}, nil)),
		"nil delete option": c.PeriodicAgents.Delete(ctx, 1, nil),
		"nil Do option":     c.Do(ctx, get("/x/"), nil, nil),
		"page of All":       call(client.Collect(c.Mentors.All(ctx, &client.MentorListParams{Page: -3}), 1)),
		"nil response":      option(client.WithResponse(nil)),
		"attempts":          option(client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: -1})),
		"base delay":        option(client.WithRetryPolicy(client.RetryPolicy{BaseDelay: -1})),
		"max delay":         option(client.WithRetryPolicy(client.RetryPolicy{MaxDelay: -1})),
		"retry after":       option(client.WithRetryPolicy(client.RetryPolicy{MaxRetryAfter: -1})),
		"unmarshalable":     option(client.WithBodyField("x", make(chan int))),

		"no method":             do(client.Request{PathTemplate: "/x/"}, nil),
		"small method":          do(client.Request{Method: "get", PathTemplate: "/x/"}, nil),
		"odd method":            do(client.Request{Method: "GET /", PathTemplate: "/x/"}, nil),
		"no path":               do(get(""), nil),
		"relative path":         do(get("x/"), nil),
		"another host":          do(get("//evil.example/x"), nil),
		"address":               do(get("https://evil.example/x"), nil),
		"query":                 do(get("/x?y"), nil),
		"fragment":              do(get("/x#y"), nil),
		"climbing":              do(get("/x/../y"), nil),
		"dot":                   do(get("/x/./y"), nil),
		"climbing, escaped":     do(get("/x/%2E%2e/y"), nil),
		"bad escape":            do(get("/x/%zz/y"), nil),
		"backslash":             do(get(`/x/..\y`), nil),
		"empty part":            do(get("/x//y"), nil),
		"open brace":            do(get("/x/{y"), nil),
		"closed brace":          do(get("/x/y}"), nil),
		"crossed braces":        do(get("/x/}{"), nil),
		"no name":               do(get("/x/{}/"), nil),
		"no value":              do(get("/x/{y}/"), nil),
		"no place":              do(client.Request{Method: http.MethodGet, PathTemplate: "/x/", PathParams: map[string]string{"y": "z"}}, nil),
		"nil body":              do(client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: nilTask}, nil),
		"body of no JSON":       do(client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: func() {}}, nil),
		"out is no pointer":     do(get("/x/"), client.PeriodicAgent{}),
		"out is a map":          do(get("/x/"), map[string]any{}),
		"out is nil, but typed": do(get("/x/"), nilAgent),
	} {
		fault, ok := errors.AsType[*api.ArgumentError](err)
		if assert.True(t, ok, "%s: %v", name, err) {
			assert.NotEmpty(t, fault.Argument, name)
			assert.NotEmpty(t, fault.Reason, name)
		}
	}
	assert.Zero(t, s.sent)
}

func TestNilContextIsRefused(t *testing.T) {
	t.Parallel()
	s, c := newCatch(t)
	for _, op := range operations(t) {
		assert.Equal(t, "ctx", requireArgumentError(t, op.call(nil, c)).Argument, op.name)
	}
	assert.Zero(t, s.sent)
}

// A field of the body is for requests that have one. A GET never does.
func TestBodyFieldLeavesAGetAlone(t *testing.T) {
	t.Parallel()
	s, c := newCatch(t)
	for _, op := range operations(t) {
		if op.method == http.MethodGet {
			require.NoError(t, op.call(t.Context(), c, client.WithBodyField("b", 2)))
			assert.Empty(t, s.body, op.name)
			assert.Empty(t, s.header.Get("Content-Type"), op.name)
		}
	}
}
