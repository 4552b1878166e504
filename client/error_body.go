package client

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

// newError returns an unsuccessful response as an error.
func (c *call) newError(response *http.Response, attempt int) *Error {
	redact := c.redactor()
	raw, body := redact.read(response.Body, c.settings.maxErrorBody)
	message, fields := parseErrorBody(raw)
	header := redact.header(response.Header)
	c.settings.capture(response, attempt, body)
	return &Error{
		StatusCode: response.StatusCode,
		Operation:  c.request.Operation,
		Message:    redact.text(message),
		Fields:     redact.fields(fields),
		RetryAfter: retryAfter(header, time.Now()),
		RequestID:  header.Get("X-Request-Id"),
		Attempts:   attempt,
		Header:     header,
		Body:       body,
	}
}

// parseErrorBody parses an error response of Django REST Framework: a detail,
// validation errors nested as the request's fields are, or a bare list. A body
// that is not JSON has neither.
func parseErrorBody(body []byte) (message string, fields []FieldError) {
	var found fieldErrors
	var d scan.Decoder
	d.Reset(body)
	found.read(&d, "")
	if d.End() != nil {
		return "", nil
	}
	for _, name := range []string{"detail", "error", "message"} {
		for i, field := range found {
			if field.Path == name {
				return strings.Join(field.Messages, " "), slices.Delete(found, i, i+1)
			}
		}
	}
	if len(found) == 1 && found[0].Path == "" {
		return strings.Join(found[0].Messages, " "), nil
	}
	return "", found
}

// fieldErrors are the errors of a body.
type fieldErrors []FieldError

// read adds the errors in the next JSON value, whose path is path. The strings of
// an array are messages for path itself; its other values, such as the errors of a
// list's items, are below it.
func (f *fieldErrors) read(d *scan.Decoder, path string) {
	switch d.Kind() {
	case scan.KindObject:
		var unknown *api.Fields
		for name := range d.Fields(&unknown) {
			f.read(d, join(path, string(name)))
		}
	case scan.KindArray:
		for i := range d.Items() {
			at := path
			if kind := d.Kind(); kind == scan.KindObject || kind == scan.KindArray {
				at = join(path, strconv.Itoa(i))
			}
			f.read(d, at)
		}
	case scan.KindNull:
		d.Skip()
		f.add(path, "null")
	default:
		f.add(path, d.String())
	}
}

func (f *fieldErrors) add(path, message string) {
	if n := len(*f); n > 0 && (*f)[n-1].Path == path {
		(*f)[n-1].Messages = append((*f)[n-1].Messages, message)
		return
	}
	*f = append(*f, FieldError{Path: path, Messages: []string{message}})
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// retryAfter parses the Retry-After header, which has seconds or a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) { // also NaN
		return 0
	}
	const longest = 365 * 24 * time.Hour // to prevent an overflow
	return time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
}
