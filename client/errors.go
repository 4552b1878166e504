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

// What an [Error] is of, for errors.Is.
var (
	ErrValidation   = errors.New("the service refused the request's values")
	ErrUnauthorized = errors.New("the service did not accept the API key")
	ErrForbidden    = errors.New("the API key's user may not do this")
	ErrNotFound     = errors.New("there is no such object")
	ErrConflict     = errors.New("the request conflicts with the object's state")
	ErrRateLimited  = errors.New("too many requests")
	ErrServer       = errors.New("the service failed")
)

// Error is an answer of the service, or of a proxy in front of it, that is not
// a success. Ask errors.Is what it is of, and errors.As for its parts.
type Error struct {
	// StatusCode is the answer's HTTP status.
	StatusCode int
	// Operation is what was asked.
	Operation Operation
	// Message is what the service said that concerns no single field; it is
	// empty where the answer was not JSON, as a proxy's HTML is not.
	Message string
	// Fields are the faults of single fields, in the service's order.
	Fields []FieldError
	// RetryAfter is how long the service asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// RequestID is the answer's X-Request-Id, if it has one.
	RequestID string
	// Attempts is how often the request was sent.
	Attempts int
	// Header is the answer's header.
	Header http.Header
	// Body is the answer's body, up to the client's limit for errors.
	Body []byte
}

// FieldError is what the service says against one field of a request.
type FieldError struct {
	// Path leads to the field, as in task.crontab.minute. A part of it may be
	// non_field_errors, for what concerns several fields at once.
	Path string
	// Messages are the service's own words.
	Messages []string
}

// Field returns what the service said against the field at path, or nil.
func (e *Error) Field(path string) []string {
	for _, field := range e.Fields {
		if field.Path == path {
			return field.Messages
		}
	}
	return nil
}

// Error tells what failed, why, and what can be done about it.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "ibl.ai: %s %s: %d", e.Operation.Method, e.Operation.PathTemplate, e.StatusCode)
	if text := http.StatusText(e.StatusCode); text != "" {
		b.WriteString(" " + text)
	}
	if e.Message != "" {
		b.WriteString(": " + printable(e.Message))
	}
	for i, field := range e.Fields {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		b.WriteString(separator)
		if field.Path != "" {
			b.WriteString(printable(field.Path) + ": ")
		}
		b.WriteString(printable(strings.Join(field.Messages, " ")))
	}
	if hint := e.hint(); hint != "" {
		b.WriteString(" (" + hint + ")")
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + printable(e.RequestID) + "]")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " [%d attempts]", e.Attempts)
	}
	return b.String()
}

// printable is a server's text fit for one line of a log.
func printable(text string) string {
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

// hint is what a person can do.
func (e *Error) hint() string {
	switch {
	case e.StatusCode == http.StatusUnauthorized:
		if scheme, _, _ := strings.Cut(e.Header.Get("WWW-Authenticate"), " "); scheme != "" {
			return fmt.Sprintf("check the API key; the service wants the word %q before it", scheme)
		}
		return "check the API key and the word before it (WithAuthScheme)"
	case e.StatusCode == http.StatusForbidden:
		return "the key's user must be an administrator of the org in the path"
	case e.StatusCode == http.StatusNotFound && e.Message == "":
		return "the service does not know this address: check the base URL and its prefix"
	case e.StatusCode == http.StatusNotFound:
		return "check the id, the org and the user"
	case e.StatusCode == http.StatusTooManyRequests && e.RetryAfter > 0:
		return fmt.Sprintf("wait %s", e.RetryAfter)
	case e.StatusCode == http.StatusTooManyRequests:
		return "wait before the next request"
	case e.StatusCode >= 300 && e.StatusCode < 400:
		return "the answer redirects without a place to go: check the base URL"
	case e.StatusCode >= 500:
		return "the service or a proxy in front of it failed: try again later"
	}
	return ""
}

// Is reports whether target is the sentinel of e's status.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrValidation:
		return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrServer:
		return e.StatusCode >= 500
	}
	return false
}

// GoString is the message, so that no verb prints the header and the body.
func (e *Error) GoString() string { return e.Error() }

// LogValue is the error's parts, without header and body.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.Int("status", e.StatusCode),
		slog.String("operation", e.Operation.ID),
		slog.String("method", e.Operation.Method),
		slog.String("path", e.Operation.PathTemplate),
		slog.Int("attempts", e.Attempts),
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

// ArgumentError is a fault of an argument or an option. Nothing was sent.
type ArgumentError struct {
	// Argument is the name of the argument or option.
	Argument string
	// Reason is what is wrong with it.
	Reason string
	// Err is the cause, if another error was.
	Err error
}

func (e *ArgumentError) Error() string {
	text := "ibl.ai: " + e.Argument + " " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }

// TransportError is a request that got no whole answer: it could not be sent,
// or the answer broke off.
type TransportError struct {
	// Operation is what was asked.
	Operation Operation
	// Attempts is how often the request was sent.
	Attempts int
	// Err is the cause: one of package net's, a *RedirectError, or the
	// context's.
	Err error
}

func (e *TransportError) Error() string {
	text := fmt.Sprintf("ibl.ai: %s %s: %v", e.Operation.Method, e.Operation.PathTemplate, e.Err)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" [%d attempts]", e.Attempts)
	}
	return text
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// DecodeError is an answer that says success but is not what was promised, such
// as a proxy's login page.
type DecodeError struct {
	// Operation is what was asked.
	Operation Operation
	// StatusCode is the answer's HTTP status.
	StatusCode int
	// ContentType is the answer's media type.
	ContentType string
	// Header is the answer's header.
	Header http.Header
	// Err says what is wrong with the body, and where.
	Err error
}

func (e *DecodeError) Error() string {
	contentType := e.ContentType
	if contentType == "" {
		contentType = "no content type"
	}
	return fmt.Sprintf("ibl.ai: %s %s: %d with %s is not the JSON that was promised: %v (check the base URL: a proxy or a sign-in page may have answered)",
		e.Operation.Method, e.Operation.PathTemplate, e.StatusCode, contentType, e.Err)
}

// Unwrap returns the cause.
func (e *DecodeError) Unwrap() error { return e.Err }
