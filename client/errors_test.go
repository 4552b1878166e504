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

// failWith is the error of an answer to PeriodicAgents.Get.
func failWith(t *testing.T, status int, body string, header ...string) *client.Error {
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

func TestErrorHasAllParts(t *testing.T) {
	t.Parallel()
	const body = `{"detail": "Request was throttled. Expected available in 60 seconds."}`
	err := failWith(t, http.StatusTooManyRequests, body, "Retry-After", "60", "X-Request-Id", "r-1", "X-Other", "o")
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
	assert.Equal(t, err.Error(), fmt.Sprintf("%#v", err), "no verb prints the header and the body")
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	all := []error{
		client.ErrValidation, client.ErrUnauthorized, client.ErrForbidden, client.ErrNotFound, client.ErrConflict,
		client.ErrRateLimited, client.ErrServer, client.ErrHeldBack, client.ErrTruncated,
	}
	for _, sentinel := range all {
		assert.True(t, strings.HasPrefix(sentinel.Error(), "client: "), sentinel.Error())
	}
	for status, sentinel := range map[int]error{
		400: client.ErrValidation, 422: client.ErrValidation,
		401: client.ErrUnauthorized, 403: client.ErrForbidden, 404: client.ErrNotFound,
		409: client.ErrConflict, 429: client.ErrRateLimited,
		500: client.ErrServer, 502: client.ErrServer, 503: client.ErrServer, 504: client.ErrServer, 599: client.ErrServer,
		405: nil, 410: nil, 418: nil, 304: nil,
	} {
		var err error = failWith(t, status, "")
		err = fmt.Errorf("doing something: %w", err)
		for _, other := range all {
			assert.Equal(t, other == sentinel, errors.Is(err, other), "%d is %v", status, other) //nolint:errorlint // the very same
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
		{"several fields at once", `{"non_field_errors": ["a"]}`, "", []client.FieldError{{Path: "non_field_errors", Messages: []string{"a"}}}},
		{"several nested fields at once", `{"task": {"non_field_errors": ["a"]}}`, "", []client.FieldError{{Path: "task.non_field_errors", Messages: []string{"a"}}}},
		{"a text without a list", `{"title": "a"}`, "", []client.FieldError{{Path: "title", Messages: []string{"a"}}}},
		{"detail", `{"detail": "a"}`, "a", nil},
		{"a list of details", `{"detail": ["a", "b"]}`, "a b", nil},
		{"detail beside fields", `{"title": ["b"], "detail": "a"}`, "a", []client.FieldError{{Path: "title", Messages: []string{"b"}}}},
		{"error", `{"error": "a"}`, "a", nil},
		{"message", `{"message": "a"}`, "a", nil},
		{"a bare list", `["a", "b"]`, "a b", nil},
		{"a bare text", `"a"`, "a", nil},
		{"numbers and truths", `{"code": 7, "fatal": true, "hint": null}`, "", []client.FieldError{
			{Path: "code", Messages: []string{"7"}}, {Path: "fatal", Messages: []string{"true"}}, {Path: "hint", Messages: []string{"null"}},
		}},
		{"nothing", ``, "", nil},
		{"an empty object", `{}`, "", nil},
		{"HTML", `<html>`, "", nil},
		{"half of an object", `{"title": ["a"`, "", nil},
		{"half of a surrogate", `{"detail": "a\ud83d"}`, "a\ufffd", nil},
	} {
		err := failWith(t, http.StatusBadRequest, c.body)
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

// What a person needs is in the message: what was asked, what came back, what
// can be done.
func TestErrorMessagesHelp(t *testing.T) {
	t.Parallel()
	const asked = "ibl.ai: GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/: "
	for _, c := range []struct {
		err  *client.Error
		want []string
	}{
		{failWith(t, 401, `{"detail": "Invalid token."}`), []string{"401 Unauthorized: Invalid token.", "check the API key", "WithAuthScheme"}},
		{failWith(t, 401, `{"detail": "Invalid token."}`, "WWW-Authenticate", "Api-Token"), []string{`"Api-Token"`}},
		{failWith(t, 403, `{"detail": "No."}`), []string{"403 Forbidden: No.", "administrator"}},
		{failWith(t, 404, `{"detail": "Not found."}`), []string{"404 Not Found: Not found.", "check the id"}},
		{failWith(t, 404, `<html>`), []string{"404 Not Found", "check the base URL"}},
		{failWith(t, 429, ``, "Retry-After", "60"), []string{"429 Too Many Requests", "wait 1m0s"}},
		{failWith(t, 429, ``), []string{"wait"}},
		{failWith(t, 502, `<html>`), []string{"502 Bad Gateway", "try again later"}},
		{failWith(t, 400, `{"a": ["b"], "c": ["d", "e"]}`, "X-Request-Id", "r-1"), []string{"400 Bad Request: a: b; c: d e", "[request r-1]"}},
		{failWith(t, 599, ``), []string{"599"}},
	} {
		text := c.err.Error()
		assert.True(t, strings.HasPrefix(text, asked), text)
		for _, want := range c.want {
			assert.Contains(t, text, want)
		}
		assert.NotContains(t, text, "<html>")
		assert.NotContains(t, text, "  ")
	}
}

// A challenge is a list of words with parameters; a person needs the word.
func TestErrorNamesTheWordOfAChallengeOnly(t *testing.T) {
	t.Parallel()
	err := failWith(t, 401, "", "WWW-Authenticate", `Bearer realm="api", error="invalid_token"`)
	assert.Contains(t, err.Error(), `"Bearer"`)
	assert.NotContains(t, err.Error(), "realm")
}

// A server's words stay on their line, and can't steer a terminal.
func TestErrorIsOneLine(t *testing.T) {
	t.Parallel()
	err := failWith(t, 400, `{"detail": "a\nb\u001b[31mc", "title\nx": ["d\r\ne"]}`, "X-Request-Id", "r\t1")
	for _, c := range []string{"\n", "\r", "\x1b", "\t"} {
		assert.NotContains(t, err.Error(), c)
	}
}

func TestErrorsInLogs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, nil))
	logger.ErrorContext(t.Context(), "failed", "error", failWith(t, 400, `{"title": ["a"], "task": {"crontab": {"minute": ["b", "c"]}}}`, "X-Request-Id", "r-1"))
	for _, want := range []string{
		"error.status_code=400", "error.operation=ai_mentor_orgs_users_periodic_agents_retrieve", "error.method=GET",
		"error.path=/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/", "error.attempts=1",
		"error.fields.title=a", `error.fields.task.crontab.minute="b c"`, "error.request_id=r-1",
	} {
		assert.Contains(t, out.String(), want)
	}
	out.Reset()
	logger.ErrorContext(t.Context(), "failed", "error", failWith(t, 429, `{"detail": "a"}`, "Retry-After", "60"))
	assert.Contains(t, out.String(), "error.message=a")
	assert.Contains(t, out.String(), "error.retry_after=1m0s")
}

func TestArgumentErrorUnwraps(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{}, client.WithBodyField("x", func() {}))
	fault, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%v", err)
	require.Error(t, fault.Err)
	require.ErrorIs(t, err, fault.Err)
	assert.Contains(t, err.Error(), "unsupported type")
}

func TestDecodeErrorSaysWhatCame(t *testing.T) {
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
