package django

import (
	"fmt"
	"net/http"
)

// Detail returns a response with one message, as API exceptions have.
func Detail(status int, message string) *Response {
	return &Response{Status: status, Body: struct {
		Detail string `json:"detail"`
	}{message}}
}

// NotAuthenticated returns the response to a request without credentials, where
// scheme is the authentication scheme.
func NotAuthenticated(scheme string) *Response {
	return AuthenticationFailed(scheme, "Authentication credentials were not provided.")
}

// AuthenticationFailed returns the response to a request with wrong credentials.
func AuthenticationFailed(scheme, message string) *Response {
	r := Detail(http.StatusUnauthorized, message)
	r.Header = http.Header{"Www-Authenticate": {scheme}}
	return r
}

// ParseError returns the response to a request that can't be parsed.
func ParseError(message string) *Response { return Detail(http.StatusBadRequest, message) }

// PermissionDenied returns the response to a user who lacks permission.
func PermissionDenied() *Response {
	return Detail(http.StatusForbidden, "You do not have permission to perform this action.")
}

// NotFound returns the response to a request for something that does not exist.
func NotFound() *Response { return Detail(http.StatusNotFound, "Not found.") }

// ObjectNotFound returns the response to a request for an object of a model that
// does not exist.
func ObjectNotFound(model string) *Response {
	r := Detail(http.StatusNotFound, "No "+model+" matches the given query.")
	r.Missing = model
	return r
}

// MethodNotAllowed returns the response to a method that a view lacks.
func MethodNotAllowed(method string) *Response {
	return Detail(http.StatusMethodNotAllowed, `Method "`+method+`" not allowed.`)
}

// NotAcceptable returns the response to an Accept header that no renderer matches.
func NotAcceptable() *Response {
	return Detail(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
}

// UnsupportedMediaType returns the response to a body that no parser accepts.
func UnsupportedMediaType(contentType string) *Response {
	return Detail(http.StatusUnsupportedMediaType, `Unsupported media type "`+contentType+`" in request.`)
}

// Throttled returns the response to a client that has sent too many requests, and
// that may retry in so many seconds; 0 if the time is unknown.
func Throttled(seconds int64) *Response {
	message := "Request was throttled."
	switch {
	case seconds == 1:
		message += " Expected available in 1 second."
	case seconds > 1:
		message += fmt.Sprintf(" Expected available in %d seconds.", seconds)
	}
	return Detail(http.StatusTooManyRequests, message)
}
