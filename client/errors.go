package client

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The kinds of [Error], for use with errors.Is.
var (
	// ErrValidation is returned when the service refuses the request's values:
	// 400 and 422. [Error.Fields] says which.
	ErrValidation = errors.New("client: the service refused the request's values")
	// ErrUnauthorized is returned when the service does not accept the API key:
	// 401.
	ErrUnauthorized = errors.New("client: the service did not accept the API key")
	// ErrForbidden is returned when the user is not allowed to do this: 403.
	ErrForbidden = errors.New("client: the user is not allowed to do this")
	// ErrNotFound is returned when the service itself says that it has no such
	// object: a 404 with [Error.FromService].
	ErrNotFound = errors.New("client: not found")
	// ErrNotFromService is returned when a 404 is not the service's own: a
	// proxy or another program responded, or the path does not exist. It says
	// nothing about the object, and a later request may succeed.
	ErrNotFromService = errors.New("client: the 404 is not the service's own")
	// ErrConflict is returned when the request conflicts with the object's state:
	// 409.
	ErrConflict = errors.New("client: the request conflicts with the object's state")
	// ErrRateLimited is returned when the service limits the rate of requests:
	// 429. [Error.RetryAfter] says how long to wait.
	ErrRateLimited = errors.New("client: the service limits the rate of requests")
	// ErrServer is returned when the service or a proxy fails: 500 and above.
	ErrServer = errors.New("client: the service failed")
)

// Errors of the client itself, for use with errors.Is.
var (
	// ErrHeldBack is returned when the client does not send a request: the service
	// limits the rate of requests, and the call's context ends before the call's
	// turn. It comes in a [TransportError], and [HeldBackError] says how long the
	// wait is. [RetryPolicy] describes the wait and can switch it off.
	ErrHeldBack = errors.New("client: held back by the service's rate limit")
	// ErrBodyTooLarge is returned when a successful response is longer than the
	// limit of [WithMaxBody]. It comes in a [TransportError].
	ErrBodyTooLarge = errors.New("client: the response is longer than the limit (WithMaxBody)")
	// ErrOrderingIgnored is returned when a list is not in the order that the
	// request asked for. It comes in a [DecodeError].
	ErrOrderingIgnored = errors.New("client: the service ignored the ordering")
	// ErrTruncated is returned by [Collect] when the list has more items than the
	// limit.
	ErrTruncated = errors.New("client: the list has more items than the limit")
)

// Error reports an unsuccessful response of the service, or of a proxy in front
// of it. Every method that calls the API may return it. Match its kind with
// errors.Is; read its fields with errors.As.
type Error struct {
	// StatusCode is the response's HTTP status.
	StatusCode int
	// Operation is the operation that was called.
	Operation Operation
	// FromService reports whether the response has the form of the service's own
	// errors: a JSON object with a detail or, for 400 and 422, validation errors. If
	// it is false, a proxy in front of the service may have written it.
	FromService bool
	// Message is the part of the response that concerns no single field. It is
	// empty if the response is not JSON, as a proxy's HTML is not.
	Message string
	// Fields are the validation errors of single fields, in the service's order.
	Fields []FieldError
	// RetryAfter is the wait that the service asks for, or 0.
	RetryAfter time.Duration
	// RequestID is the response's X-Request-Id, if it has one.
	RequestID string
	// Attempts is the number of times that the request was sent.
	Attempts int
	// Outcome says whether the service may have done the work.
	Outcome Outcome
	// Header is the response's header, without secrets.
	Header http.Header
	// Body is the response's body without secrets, up to the limit of
	// [WithMaxErrorBody].
	Body []byte

	// page is the number of the page that was requested, or 0.
	page int64
}

// FieldError is the validation error of one field of a request.
type FieldError struct {
	// Path is the field's name, with those of the objects around it, as in
	// task.crontab.minute. Its last part may be non_field_errors, for an error
	// that concerns several fields.
	Path string
	// Messages are the service's own messages.
	Messages []string
}

// Field returns the messages for the field at path, or nil.
func (e *Error) Field(path string) []string {
	for _, field := range e.Fields {
		if field.Path == path {
			return field.Messages
		}
	}
	return nil
}

// Error returns the operation, the status, the service's messages and a hint.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "ibl.ai: %s %s: %d", e.Operation.Method, e.Operation.PathTemplate, e.StatusCode)
	if text := http.StatusText(e.StatusCode); text != "" {
		b.WriteString(" " + text)
	}
	if e.Message != "" {
		b.WriteString(": " + singleLine(e.Message))
	}
	for i, field := range e.Fields {
		const longest = 4096
		if b.Len() > longest {
			fmt.Fprintf(&b, "; and %d more", len(e.Fields)-i)
			break
		}
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		b.WriteString(separator)
		if field.Path != "" {
			b.WriteString(singleLine(field.Path) + ": ")
		}
		b.WriteString(singleLine(strings.Join(field.Messages, " ")))
	}
	if hint := e.hint(); hint != "" {
		b.WriteString(" (" + hint + ")")
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + singleLine(e.RequestID) + "]")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " [%d attempts]", e.Attempts)
	}
	return b.String()
}

// singleLine returns a server's text without control characters, and shortened
// to 500 characters.
func singleLine(text string) string {
	const longest = 500
	runes := []rune(text)
	if len(runes) > longest {
		runes = append(runes[:longest-1], '…')
	}
	for i, r := range runes {
		if unicode.IsControl(r) {
			runes[i] = ' '
		}
	}
	return string(runes)
}

// hint says what to check or to do.
func (e *Error) hint() string {
	hint := e.statusHint()
	switch {
	case e.Outcome == OutcomeMaybeDone && hint != "":
		return hint + "; " + maybeDoneHint
	case e.Outcome == OutcomeMaybeDone:
		return maybeDoneHint
	case e.StatusCode >= 500:
		return hint + ": try again later"
	}
	return hint
}

func (e *Error) statusHint() string {
	switch {
	case e.StatusCode == http.StatusUnauthorized:
		if scheme, _, _ := strings.Cut(e.Header.Get("WWW-Authenticate"), " "); scheme != "" {
			return fmt.Sprintf("check the API key; the service wants the authentication scheme %q", scheme)
		}
		return "check the API key and the authentication scheme (WithAuthScheme)"
	case e.StatusCode == http.StatusForbidden && !e.FromService:
		return "a proxy refused this, not the service: check the base URL and the network"
	case e.StatusCode == http.StatusForbidden:
		return "the key's user must be an administrator of the org in the path"
	case e.StatusCode == http.StatusNotFound && !e.FromService:
		return "a proxy says that there is nothing here, not the service, and the object may exist: check the base URL"
	case e.StatusCode == http.StatusNotFound && e.page > 0:
		return fmt.Sprintf("the list may have no page %d; check the page, the org and the user", e.page)
	case e.StatusCode == http.StatusNotFound:
		return "check the id, the org and the user"
	case e.StatusCode == http.StatusTooManyRequests && e.RetryAfter > 0:
		return fmt.Sprintf("wait %s", e.RetryAfter)
	case e.StatusCode == http.StatusTooManyRequests:
		return "wait before the next request"
	case e.StatusCode < 200:
		return "the service switched to another protocol: check the base URL"
	case e.StatusCode == http.StatusNotModified: // which is no redirect
	case e.StatusCode >= 300 && e.StatusCode < 400 && e.Header.Get("Location") != "":
		return "the redirect was not followed: check the base URL"
	case e.StatusCode >= 300 && e.StatusCode < 400:
		return "the response redirects but has no Location: check the base URL"
	case e.StatusCode >= 500:
		return "the service or a proxy in front of it failed"
	}
	return ""
}

// Is reports whether target is the kind of e, by its status and, for a 404, by
// FromService.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrValidation:
		return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound && e.FromService
	case ErrNotFromService:
		return e.StatusCode == http.StatusNotFound && !e.FromService
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrServer:
		return e.StatusCode >= 500
	}
	return false
}

// GoString returns the message, so that %#v prints neither header nor body.
func (e *Error) GoString() string { return e.Error() }

// LogValue groups the error's fields, without header and body.
func (e *Error) LogValue() slog.Value {
	attrs := append(e.Operation.attrs(),
		slog.Int("status_code", e.StatusCode),
		slog.Int("attempts", e.Attempts),
	)
	if e.Outcome != "" {
		attrs = append(attrs, slog.String("outcome", string(e.Outcome)))
	}
	if e.Message != "" {
		attrs = append(attrs, slog.String("message", e.Message))
	}
	if len(e.Fields) > 0 {
		fields := make([]slog.Attr, 0, len(e.Fields))
		for _, field := range e.Fields {
			fields = append(fields, slog.String(field.Path, strings.Join(field.Messages, " ")))
		}
		attrs = append(attrs, slog.Attr{Key: "fields", Value: slog.GroupValue(fields...)})
	}
	if e.RetryAfter > 0 {
		attrs = append(attrs, slog.Duration("retry_after", e.RetryAfter))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", e.RequestID))
	}
	return slog.GroupValue(slices.Clip(attrs)...)
}

// TransportError reports that a call failed before a complete response was
// received. Every method that calls the API may return it.
type TransportError struct {
	// Operation is the operation that was called.
	Operation Operation
	// Attempts is the number of times that the request was sent.
	Attempts int
	// Err is the cause: an error of package net, a [*RedirectError], a
	// [*HeldBackError], or the context's error. If the context ended between two
	// attempts, it also wraps the first one's error.
	Err error
	// Outcome says whether the service may have done the work.
	Outcome Outcome
}

func (e *TransportError) Error() string {
	text := fmt.Sprintf("ibl.ai: %s %s: %v", e.Operation.Method, e.Operation.PathTemplate, e.Err)
	switch e.Outcome {
	case OutcomeNotSent:
		text += " (the request was not sent)"
	case OutcomeMaybeDone:
		text += " (" + maybeDoneHint + ")"
	default:
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" [%d attempts]", e.Attempts)
	}
	return text
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// HeldBackError reports that a request was not sent, since an earlier response,
// maybe of another call, was 429. It comes in a [TransportError] and matches
// [ErrHeldBack].
type HeldBackError struct {
	// RetryIn is the time until the call's turn: the client would not send the
	// request earlier.
	RetryIn time.Duration
}

func (e *HeldBackError) Error() string {
	return fmt.Sprintf("held back for another %s by the service's rate limit", e.RetryIn)
}

// Is reports whether target is [ErrHeldBack].
func (e *HeldBackError) Is(target error) bool { return target == ErrHeldBack }

// DecodeError reports a successful response that is not what the API promises,
// such as a proxy's login page. Every method that calls the API may return it.
type DecodeError struct {
	// Operation is the operation that was called.
	Operation Operation
	// StatusCode is the response's HTTP status.
	StatusCode int
	// ContentType is the response's media type.
	ContentType string
	// Header is the response's header, without secrets.
	Header http.Header
	// Err says what is wrong with the body, and where.
	Err error
	// Outcome says whether the service may have done the work.
	Outcome Outcome
}

func (e *DecodeError) Error() string {
	contentType := e.ContentType
	if contentType == "" {
		contentType = "no content type"
	}
	if errors.Is(e.Err, ErrOrderingIgnored) || errors.Is(e.Err, errEndlessList) {
		return fmt.Sprintf("ibl.ai: %s %s: %v", e.Operation.Method, e.Operation.PathTemplate, e.Err)
	}
	hint := "check the base URL: a proxy or a login page may have responded"
	if e.Outcome == OutcomeMaybeDone {
		hint += "; " + maybeDoneHint
	}
	return fmt.Sprintf("ibl.ai: %s %s: %d with %s is not the expected JSON: %v (%s)",
		e.Operation.Method, e.Operation.PathTemplate, e.StatusCode, contentType, e.Err, hint)
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

// PageError reports the error that ended the iteration over a list. The All
// methods yield it.
type PageError struct {
	// Page is the number of the page that failed, where 1 is the first that was
	// requested.
	Page int
	// Err is the cause: a [*TransportError], a [*DecodeError] or an [*Error].
	Err error
}

func (e *PageError) Error() string { return fmt.Sprintf("page %d of the list: %v", e.Page, e.Err) }

// Unwrap returns the cause.
func (e *PageError) Unwrap() error { return e.Err }
