package client

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

// newError returns an unsuccessful response as an error.
func (c *call) newError(response *http.Response, attempt int) *Error {
	redact := c.redactor()
	raw, body := c.readErrorBody(response, redact)
	parsed := parseErrorBody(raw, redact)
	header := redact.header(response.Header)
	c.settings.capture(response, attempt, body)
	page, _ := pageNumber(c.url.RawQuery)
	return &Error{
		StatusCode:  response.StatusCode,
		Operation:   c.request.Operation,
		FromService: parsed.isFromService(response),
		Message:     parsed.message,
		Fields:      parsed.fields,
		RetryAfter:  retryAfter(header),
		RequestID:   header.Get("X-Request-Id"),
		Attempts:    attempt,
		Header:      header,
		Body:        body,
		page:        page,
	}
}

// readErrorBody reads the body of an error response, and returns it with and
// without the secrets. It reads as much as it can in a short time: the status says
// the most important.
func (c *call) readErrorBody(response *http.Response, redact redactor) (raw, clean []byte) {
	if response.StatusCode < http.StatusOK {
		c.cutOff = false
		return nil, nil // after 101 it is not a body but a connection
	}
	timer := time.AfterFunc(errorBodyTimeout, c.cancelAttempt)
	defer timer.Stop()
	raw, err := io.ReadAll(io.LimitReader(response.Body, max(c.settings.maxErrorBody, leastErrorBody)))
	c.cutOff = err != nil
	clean = []byte(redact.mask(string(raw), matching{cutOff: true}))
	return raw, clean[:min(int64(len(clean)), c.settings.maxErrorBody)]
}

// errorBody is the content of an error response.
type errorBody struct {
	message string
	fields  []FieldError
	// hasDetail reports whether the body is an object with a detail that is a text.
	hasDetail bool
}

// isFromService reports whether the body has the form of Django REST Framework's
// errors. RFC 9457's problems have a detail, too, but DRF doesn't write them.
func (b errorBody) isFromService(response *http.Response) bool {
	switch mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); {
	case mediaType == "application/problem+json":
		return false
	case b.hasDetail:
		return true
	}
	isValidation := response.StatusCode == http.StatusBadRequest || response.StatusCode == http.StatusUnprocessableEntity
	return isValidation && len(b.fields) > 0
}

// parseErrorBody parses an error response of Django REST Framework: a detail,
// validation errors nested as the request's fields are, or a bare list. A body
// that is not JSON has neither. Secrets are masked.
func parseErrorBody(body []byte, redact redactor) errorBody {
	var d scan.Decoder
	d.Reset(body)
	isObject := d.Kind() == scan.KindObject
	found := fieldErrors{redact: redact, names: redact.forNames()}
	found.read(&d, "", 0)
	if d.End() != nil {
		return errorBody{}
	}
	for _, name := range []string{"detail", "error", "message"} {
		for i, field := range found.fields {
			if isObject && field.Path == name {
				return errorBody{
					message:   strings.Join(field.Messages, " "),
					fields:    slices.Delete(found.fields, i, i+1),
					hasDetail: name == "detail" && found.detailIsText,
				}
			}
		}
	}
	if len(found.fields) == 1 && found.fields[0].Path == "" {
		return errorBody{message: strings.Join(found.fields[0].Messages, " ")}
	}
	return errorBody{fields: found.fields}
}

// errorBodyTimeout is the time for reading the body of an error response.
const errorBodyTimeout = 5 * time.Second

// leastErrorBody is read of every error response, whatever its limit: whether the
// service has written it must not depend on an option.
const leastErrorBody = 4 << 10

// The limits on what is built from an error response.
const (
	deepestField    = 32
	longestPath     = 256       // bytes
	longestMessage  = 16 << 10  // bytes
	mostMessages    = 200       // of all fields
	mostMessageText = 128 << 10 // bytes, of all fields
)

// fieldErrors reads the errors of a body, as far as the limits allow.
type fieldErrors struct {
	redact       redactor // of messages
	names        redactor // of paths
	fields       []FieldError
	detailIsText bool
	messages     int // the number of messages
	text         int // their bytes
}

// read adds the errors in the next JSON value, whose path is path. The strings of
// an array are messages for path itself; its other values, such as the errors of a
// list's items, are below it.
func (f *fieldErrors) read(d *scan.Decoder, path string, depth int) {
	if depth >= deepestField || f.messages >= mostMessages && path != "detail" {
		d.Skip()
		return
	}
	switch kind := d.Kind(); kind {
	case scan.KindObject:
		var unknown *api.Fields
		for _, name := range d.Fields(&unknown) {
			f.read(d, joinPath(path, f.names.text(name)), depth+1)
		}
	case scan.KindArray:
		for i := range d.Items() {
			at := path
			if kind := d.Kind(); kind == scan.KindObject || kind == scan.KindArray {
				at = joinPath(path, strconv.Itoa(i))
			}
			f.read(d, at, depth+1)
		}
	case scan.KindNull:
		d.Skip()
		f.add(path, "null")
	default:
		text := d.String()
		f.add(path, text)
		if path == "detail" && depth == 1 {
			f.detailIsText = kind == scan.KindString && text != ""
		}
	}
}

func (f *fieldErrors) add(path, message string) {
	path = f.names.text(path) // a secret may have dots
	message = shorten(f.redact.text(message), min(longestMessage, mostMessageText-f.text))
	f.messages++
	f.text += len(message)
	if n := len(f.fields); n > 0 && f.fields[n-1].Path == path {
		f.fields[n-1].Messages = append(f.fields[n-1].Messages, message)
		return
	}
	f.fields = append(f.fields, FieldError{Path: path, Messages: []string{message}})
}

// joinPath returns the path of a field of the object at path.
func joinPath(path, name string) string {
	if path == "" {
		return shorten(name, longestPath)
	}
	if len(path) >= longestPath {
		return path
	}
	return path + "." + shorten(name, longestPath-len(path)-1)
}

// shorten cuts text to at most limit bytes. It copies a text that it cuts, so
// that the rest can be freed.
func shorten(text string, limit int) string {
	const mark = "…"
	if len(text) <= limit {
		return text
	}
	if limit -= len(mark); limit < 0 {
		return ""
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return strings.Clone(text[:limit]) + mark
}

// retryAfter parses the Retry-After header, which has seconds or a date. A date is
// compared with that of the response, since the clocks may differ.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if at, err := http.ParseTime(text); err == nil {
		now, err := http.ParseTime(header.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		return max(0, at.Sub(now))
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) { // also NaN
		return 0
	}
	const longest = 365 * 24 * time.Hour // to prevent an overflow
	return time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
}
