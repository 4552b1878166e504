package sandbox

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"strconv"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// refuse answers with the fault's status, as whoever usually sends it does.
func (e *exchange) refuse() {
	f := &e.effect
	header, status := e.draft.header, f.status()
	e.draft.status = status
	if f.Redirect != "" {
		header.Set("Location", f.Redirect)
	}
	seconds := int64(math.Ceil(f.RetryAfter.Seconds()))
	if seconds > 0 {
		header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	switch {
	case status < http.StatusBadRequest:
	case status == http.StatusInternalServerError:
		e.draft.setBody(htmlType+"; charset=utf-8", django.ErrorPage("Server Error (500)", ""))
	case status > http.StatusInternalServerError, status == http.StatusRequestEntityTooLarge:
		e.draft.setBody(htmlType, nginxPage(status))
	default:
		refusal := e.refusal(status, seconds)
		maps.Copy(header, refusal.Header)
		text, _ := django.EncodeJSON(refusal.Body)
		e.draft.setBody(django.JSONType, text)
		if e.route != nil {
			header.Set("Allow", e.route.allow())
			header.Set("Vary", "Accept")
		}
	}
}

// refusal is how Django REST Framework words a status.
func (e *exchange) refusal(status int, seconds int64) *django.Response {
	switch status {
	case http.StatusBadRequest:
		return django.ParseError("Malformed request.")
	case http.StatusUnauthorized:
		return django.NotAuthenticated(client.DefaultAuthScheme)
	case http.StatusForbidden:
		return django.PermissionDenied()
	case http.StatusNotFound:
		return django.NotFound()
	case http.StatusMethodNotAllowed:
		return django.MethodNotAllowed(e.request.Method)
	case http.StatusNotAcceptable:
		return django.NotAcceptable()
	case http.StatusUnsupportedMediaType:
		return django.UnsupportedMediaType(e.request.Header.Get("Content-Type"))
	case http.StatusTooManyRequests:
		return django.Throttled(seconds)
	}
	return django.Detail(status, cmp.Or(http.StatusText(status), "Refused")+".")
}
