package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// errorFor returns the error that a response causes.
func errorFor(t *testing.T, status int, body string, header ...string) *client.Error {
	t.Helper()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		response := respond(r, status, body)
		for i := 0; i < len(header); i += 2 {
			response.Header.Set(header[i], header[i+1])
		}
		return response, nil
	}), retries(1))
	_, err := c.PeriodicAgents.Get(t.Context(), 7)
	return requireError(t, err)
}

func TestErrorFields(t *testing.T) {
	t.Parallel()
	const body = `{"detail": "Request was throttled. Expected available in 60 seconds."}`
	err := errorFor(t, http.StatusTooManyRequests, body, "Retry-After", "60", "X-Request-Id", "r-1", "X-Other", "o")
	assert.Equal(t, http.StatusTooManyRequests, err.StatusCode)
	assert.Equal(t, client.Operation{
		ID:           "ai_mentor_orgs_users_periodic_agents_retrieve",
		Method:       http.MethodGet,
		PathTemplate: "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/",
	}, err.Operation)
	assert.Equal(t, "Request was throttled. Expected available in 60 seconds.", err.Message)
	assert.Empty(t, err.Fields)
	assert.Equal(t, time.Minute, err.RetryAfter)
	assert.Equal(t, "r-1", err.RequestID)
	assert.Equal(t, 1, err.Attempts)
	assert.Equal(t, "o", err.Header.Get("X-Other"))
	assert.JSONEq(t, body, string(err.Body))
	assert.Equal(t, err.Error(), fmt.Sprintf("%#v", err), "%#v prints neither header nor body")
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	all := []error{
		client.ErrValidation, client.ErrUnauthorized, client.ErrForbidden, client.ErrNotFound, client.ErrNotFromService, client.ErrConflict,
		client.ErrRateLimited, client.ErrServer, client.ErrHeldBack, client.ErrTruncated,
	}
	for _, sentinel := range all {
		assert.True(t, strings.HasPrefix(sentinel.Error(), "client: "), sentinel.Error())
	}
	for status, sentinel := range map[int]error{
		400: client.ErrValidation, 422: client.ErrValidation,
		401: client.ErrUnauthorized, 403: client.ErrForbidden, 404: client.ErrNotFromService,
		409: client.ErrConflict, 429: client.ErrRateLimited,
		500: client.ErrServer, 502: client.ErrServer, 503: client.ErrServer, 504: client.ErrServer, 599: client.ErrServer,
		405: nil, 410: nil, 418: nil, 304: nil,
	} {
		var err error = errorFor(t, status, "")
		err = fmt.Errorf("wrapped: %w", err)
		for _, other := range all {
			assert.Equal(t, other == sentinel, errors.Is(err, other), "%d is %v", status, other) //nolint:errorlint // identity is meant
		}
	}
}

func TestFieldErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, message string
		fields              []client.FieldError
	}{
		{"a field", `{"title": ["This field is required."]}`, "", []client.FieldError{{Path: "title", Messages: []string{"This field is required."}}}},
		{"two messages", `{"title": ["a", "b"]}`, "", []client.FieldError{{Path: "title", Messages: []string{"a", "b"}}}},
		{"nested", `{"task": {"crontab": {"minute": ["'60', not in 0-59 for Minutes"], "hour": ["b"]}, "name": ["c"]}}`, "", []client.FieldError{
			{Path: "task.crontab.minute", Messages: []string{"'60', not in 0-59 for Minutes"}},
			{Path: "task.crontab.hour", Messages: []string{"b"}},
			{Path: "task.name", Messages: []string{"c"}},
		}},
		{"a list of objects", `{"steps": [{}, {"url": ["a"]}]}`, "", []client.FieldError{{Path: "steps.1.url", Messages: []string{"a"}}}},
		{"non_field_errors", `{"non_field_errors": ["a"]}`, "", []client.FieldError{{Path: "non_field_errors", Messages: []string{"a"}}}},
		{"nested non_field_errors", `{"task": {"non_field_errors": ["a"]}}`, "", []client.FieldError{{Path: "task.non_field_errors", Messages: []string{"a"}}}},
		{"a text without a list", `{"title": "a"}`, "", []client.FieldError{{Path: "title", Messages: []string{"a"}}}},
		{"detail", `{"detail": "a"}`, "a", nil},
		{"a list of details", `{"detail": ["a", "b"]}`, "a b", nil},
		{"detail beside fields", `{"title": ["b"], "detail": "a"}`, "a", []client.FieldError{{Path: "title", Messages: []string{"b"}}}},
		{"error", `{"error": "a"}`, "a", nil},
		{"message", `{"message": "a"}`, "a", nil},
		{"a bare list", `["a", "b"]`, "a b", nil},
		{"a bare text", `"a"`, "a", nil},
		{"numbers, booleans and null", `{"code": 7, "fatal": true, "hint": null}`, "", []client.FieldError{
			{Path: "code", Messages: []string{"7"}}, {Path: "fatal", Messages: []string{"true"}}, {Path: "hint", Messages: []string{"null"}},
		}},
		{"an empty body", ``, "", nil},
		{"an empty object", `{}`, "", nil},
		{"HTML", `<html>`, "", nil},
		{"an incomplete object", `{"title": ["a"`, "", nil},
		{"an unpaired surrogate", `{"detail": "a\ud83d"}`, "a\ufffd", nil},
	} {
		err := errorFor(t, http.StatusBadRequest, c.body)
		assert.Equal(t, c.message, err.Message, c.name)
		if len(c.fields) == 0 {
			assert.Empty(t, err.Fields, c.name)
		} else {
			assert.Equal(t, c.fields, err.Fields, c.name)
		}
		for _, field := range c.fields {
			assert.Equal(t, field.Messages, err.Field(field.Path), c.name)
			assert.Contains(t, err.Error(), field.Path+": "+strings.Join(field.Messages, " "), c.name)
		}
		assert.Contains(t, err.Error(), c.message, c.name)
		assert.Nil(t, err.Field("elsewhere"), c.name)
	}
}

// The message names the operation, the response and what to do.
func TestErrorMessagesHaveHints(t *testing.T) {
	t.Parallel()
	const operation = "ibl.ai: GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/: "
	for _, c := range []struct {
		err  *client.Error
		want []string
	}{
		{errorFor(t, 401, `{"detail": "Invalid token."}`), []string{"401 Unauthorized: Invalid token.", "check the API key", "WithAuthScheme"}},
		{errorFor(t, 401, `{"detail": "Invalid token."}`, "WWW-Authenticate", "Api-Token"), []string{`"Api-Token"`}},
		{errorFor(t, 403, `{"detail": "No."}`), []string{"403 Forbidden: No.", "administrator"}},
		{errorFor(t, 404, `{"detail": "Not found."}`), []string{"404 Not Found: Not found.", "check the id"}},
		{errorFor(t, 404, `<html>`), []string{"404 Not Found", "check the base URL"}},
		{errorFor(t, 429, ``, "Retry-After", "60"), []string{"429 Too Many Requests", "wait 1m0s"}},
		{errorFor(t, 429, ``), []string{"wait"}},
		{errorFor(t, 502, `<html>`), []string{"502 Bad Gateway", "try again later"}},
		{errorFor(t, 400, `{"a": ["b"], "c": ["d", "e"]}`, "X-Request-Id", "r-1"), []string{"400 Bad Request: a: b; c: d e", "[request r-1]"}},
		{errorFor(t, 599, ``), []string{"599"}},
	} {
		text := c.err.Error()
		assert.True(t, strings.HasPrefix(text, operation), text)
		for _, want := range c.want {
			assert.Contains(t, text, want)
		}
		assert.NotContains(t, text, "<html>")
		assert.NotContains(t, text, "  ")
	}
}

// The hint of a 401 names the authentication scheme, without its parameters.
func TestHintNamesAuthenticationScheme(t *testing.T) {
	t.Parallel()
	err := errorFor(t, 401, "", "WWW-Authenticate", `Bearer realm="api", error="invalid_token"`)
	assert.Contains(t, err.Error(), `"Bearer"`)
	assert.NotContains(t, err.Error(), "realm")
}

// Control characters of a server's text are removed.
func TestErrorIsOneLine(t *testing.T) {
	t.Parallel()
	err := errorFor(t, 400, `{"detail": "a\nb\u001b[31mc", "title\nx": ["d\r\ne"]}`, "X-Request-Id", "r\t1")
	for _, c := range []string{"\n", "\r", "\x1b", "\t"} {
		assert.NotContains(t, err.Error(), c)
	}
}

func TestErrorLogValue(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, nil))
	logger.ErrorContext(t.Context(), "failed", "error", errorFor(t, 400, `{"title": ["a"], "task": {"crontab": {"minute": ["b", "c"]}}}`, "X-Request-Id", "r-1"))
	for _, want := range []string{
		"error.status_code=400", "error.operation=ai_mentor_orgs_users_periodic_agents_retrieve", "error.method=GET",
		"error.path=/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/", "error.attempts=1",
		"error.fields.title=a", `error.fields.task.crontab.minute="b c"`, "error.request_id=r-1",
	} {
		assert.Contains(t, out.String(), want)
	}
	out.Reset()
	logger.ErrorContext(t.Context(), "failed", "error", errorFor(t, 429, `{"detail": "a"}`, "Retry-After", "60"))
	assert.Contains(t, out.String(), "error.message=a")
	assert.Contains(t, out.String(), "error.retry_after=1m0s")
}

func TestArgumentErrorWrapsCause(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{}, client.WithBodyField("x", func() {}))
	fault, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%v", err)
	require.Error(t, fault.Err)
	require.ErrorIs(t, err, fault.Err)
	assert.Contains(t, err.Error(), "unsupported type")
}

func TestDecodeErrorDescribesResponse(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		response := respond(r, http.StatusOK, "<html>")
		response.Header.Set("Content-Type", "text/html")
		return response, nil
	}))
	_, err := c.PeriodicAgents.Get(t.Context(), 7)
	failure, ok := errors.AsType[*client.DecodeError](err)
	require.True(t, ok)
	assert.Equal(t, "text/html", failure.ContentType)
	assert.Equal(t, "text/html", failure.Header.Get("Content-Type"))
	require.ErrorIs(t, err, failure.Err)
	for _, want := range []string{"200", "text/html", "check the base URL"} {
		assert.ErrorContains(t, err, want)
	}
}

// Many programs log nothing but an error's text.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	of := client.Operation{Method: "GET", PathTemplate: "/x/"}
	long := strings.Repeat("x", 500)
	for want, err := range map[string]error{
		"ibl.ai: GET /x/: 400 Bad Request":                                                                           &client.Error{StatusCode: 400, Attempts: 1},
		"ibl.ai: GET /x/: 400 Bad Request [2 attempts]":                                                              &client.Error{StatusCode: 400, Attempts: 2},
		"ibl.ai: GET /x/: 400 Bad Request: a":                                                                        &client.Error{StatusCode: 400, Message: "a"},
		"ibl.ai: GET /x/: 400 Bad Request: m: a: b c; d; e: f":                                                       &client.Error{StatusCode: 400, Message: "m", Fields: []client.FieldError{{Path: "a", Messages: []string{"b", "c"}}, {Messages: []string{"d"}}, {Path: "e", Messages: []string{"f"}}}},
		"ibl.ai: GET /x/: 400 Bad Request: " + long:                                                                  &client.Error{StatusCode: 400, Message: long},
		"ibl.ai: GET /x/: 400 Bad Request: " + long[:499] + "…":                                                      &client.Error{StatusCode: 400, Message: long + "x"},
		"ibl.ai: GET /x/: 400 Bad Request [request r]":                                                               &client.Error{StatusCode: 400, RequestID: "r"},
		"ibl.ai: GET /x/: 409 Conflict":                                                                              &client.Error{StatusCode: 409, RetryAfter: time.Second},
		"ibl.ai: GET /x/: 429 Too Many Requests (wait 1s)":                                                           &client.Error{StatusCode: 429, RetryAfter: time.Second},
		"ibl.ai: GET /x/: 429 Too Many Requests (wait before the next request)":                                      &client.Error{StatusCode: 429},
		"ibl.ai: GET /x/: 299":                                                                                       &client.Error{StatusCode: 299},
		"ibl.ai: GET /x/: 300 Multiple Choices (the response redirects but has no Location: check the base URL)":     &client.Error{StatusCode: 300},
		"ibl.ai: GET /x/: 399 (the response redirects but has no Location: check the base URL)":                      &client.Error{StatusCode: 399},
		"ibl.ai: GET /x/: 300 Multiple Choices (the redirect was not followed: check the base URL)":                  &client.Error{StatusCode: 300, Header: http.Header{"Location": {"/elsewhere/"}}},
		"ibl.ai: GET /x/: 304 Not Modified":                                                                          &client.Error{StatusCode: 304},
		"ibl.ai: GET /x/: 499":                                                                                       &client.Error{StatusCode: 499},
		"ibl.ai: GET /x/: 500 Internal Server Error (the service or a proxy in front of it failed: try again later)": &client.Error{StatusCode: 500},
		"ibl.ai: GET /x/: 404 Not Found: a (check the id, the org and the user)":                                     &client.Error{StatusCode: 404, Message: "a", FromService: true},
		"ibl.ai: GET /x/: broken":                                                                                    &client.TransportError{Attempts: 1, Err: errors.New("broken")},
		"ibl.ai: GET /x/: broken [2 attempts]":                                                                       &client.TransportError{Attempts: 2, Err: errors.New("broken")},
		"ibl.ai: GET /x/: 200 with no content type is not the expected JSON: broken (check the base URL: a proxy or a login page may have responded)": &client.DecodeError{StatusCode: 200, Err: errors.New("broken")},
		"ibl.ai: GET /x/: 200 with text/html is not the expected JSON: broken (check the base URL: a proxy or a login page may have responded)":       &client.DecodeError{StatusCode: 200, ContentType: "text/html", Err: errors.New("broken")},
		"page 2 of the list: broken":                                                         &client.PageError{Page: 2, Err: errors.New("broken")},
		"held back for another 1m0s by the service's rate limit":                             &client.HeldBackError{RetryIn: time.Minute},
		"refused the redirect of GET a to b: it points to another host (check the base URL)": &client.RedirectError{Method: "GET", From: "a", To: "b", Reason: "it points to another host"},
		"client: the list has more items than the limit":                                     client.ErrTruncated,
	} {
		switch err := err.(type) { //nolint:errorlint // these are not wrapped
		case *client.Error:
			err.Operation = of
		case *client.TransportError:
			err.Operation = of
		case *client.DecodeError:
			err.Operation = of
		}
		assert.EqualError(t, err, want)
	}
}

// Fields that are not set are not logged.
func TestErrorLogValueOmitsUnsetFields(t *testing.T) {
	t.Parallel()
	of := client.Operation{ID: "x_get", Method: "GET", PathTemplate: "/x/"}
	const common = `"operation":"x_get","method":"GET","path":"/x/"`
	for want, err := range map[string]*client.Error{
		`{` + common + `,"status_code":500,"attempts":3}`: {Operation: of, StatusCode: 500, Attempts: 3},
		`{` + common + `,"status_code":429,"attempts":1,"message":"a","fields":{"b":"c d"},"retry_after":1000000000,"request_id":"r"}`: {
			Operation: of, StatusCode: 429, Attempts: 1, Message: "a", RetryAfter: time.Second, RequestID: "r",
			Fields: []client.FieldError{{Path: "b", Messages: []string{"c", "d"}}},
			Header: http.Header{"X": {"x"}}, Body: []byte("x"),
		},
	} {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "error", err)
		assert.Contains(t, out.String(), `"error":`+want+"}\n")
		// slog omits an empty group, but a program's own handler may not.
		for _, attr := range err.LogValue().Group() {
			assert.NotEmpty(t, attr.Value.Any(), attr.Key)
		}
	}
	assert.NotErrorIs(t, &client.Error{StatusCode: 500}, errors.New("another"))
}
