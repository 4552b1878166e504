package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"

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
		e.draft.setBody(htmlType+"; charset=utf-8", fmt.Appendf(nil, django.ErrorPage, "Server Error (500)", ""))
	case status > http.StatusInternalServerError, status == http.StatusRequestEntityTooLarge:
		e.draft.setBody(htmlType, []byte(nginxPage(status)))
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
		return django.Detail(status, "Malformed request.")
	case http.StatusUnauthorized:
		return unauthorized("Authentication credentials were not provided.")
	case http.StatusForbidden:
		return django.Detail(status, "You do not have permission to perform this action.")
	case http.StatusNotFound:
		return django.Detail(status, "Not found.")
	case http.StatusMethodNotAllowed:
		return django.Detail(status, `Method "`+e.request.Method+`" not allowed.`)
	case http.StatusNotAcceptable:
		return django.Detail(status, "Could not satisfy the request Accept header.")
	case http.StatusUnsupportedMediaType:
		return django.Detail(status, `Unsupported media type "`+e.request.Header.Get("Content-Type")+`" in request.`)
	case http.StatusTooManyRequests:
		message := "Request was throttled."
		if seconds > 0 {
			message += fmt.Sprintf(" Expected available in %d second", seconds)
			if seconds > 1 {
				message += "s"
			}
			message += "."
		}
		return django.Detail(status, message)
	}
	return django.Detail(status, cmp.Or(http.StatusText(status), "Refused")+".")
}
