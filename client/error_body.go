package client

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// newError reads an answer that is not a success.
func (c *call) newError(response *http.Response, attempt int) *Error {
	redact := c.redactor()
	raw, body := redact.read(response.Body, c.settings.maxErrorBody)
	message, fields := readErrorBody(raw)
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

// readErrorBody takes from an error's body what Django REST Framework puts
// there: a detail, faults of fields in the request's own nesting, or a bare
// list. A body that is not JSON gives nothing.
func readErrorBody(body []byte) (message string, fields []FieldError) {
	var faults faults
	decoder := jsontext.NewDecoder(bytes.NewReader(body), lenientSyntax)
	if err := faults.read(decoder, ""); err != nil {
		return "", nil
	}
	for _, name := range []string{"detail", "error", "message"} {
		for i, field := range faults {
			if field.Path == name {
				return strings.Join(field.Messages, " "), append(faults[:i], faults[i+1:]...)
			}
		}
	}
	if len(faults) == 1 && faults[0].Path == "" {
		return strings.Join(faults[0].Messages, " "), nil
	}
	return "", faults
}

type faults []FieldError

// read adds the faults of the next JSON value, which stands at path.
func (f *faults) read(decoder *jsontext.Decoder, path string) error {
	switch decoder.PeekKind() {
	case '{':
		return f.readObject(decoder, path)
	case '[':
		return f.readArray(decoder, path)
	}
	token, err := decoder.ReadToken()
	if err != nil {
		return err
	}
	f.add(path, token.String())
	return nil
}

func (f *faults) readObject(decoder *jsontext.Decoder, path string) error {
	if _, err := decoder.ReadToken(); err != nil {
		return err
	}
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		if err := f.read(decoder, join(path, name.String())); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}

// readArray takes texts as messages of path itself, and all else, such as the
// faults of a list's items, as standing below it.
func (f *faults) readArray(decoder *jsontext.Decoder, path string) error {
	if _, err := decoder.ReadToken(); err != nil {
		return err
	}
	for i := 0; decoder.PeekKind() != ']'; i++ {
		at := path
		if kind := decoder.PeekKind(); kind == '{' || kind == '[' {
			at = join(path, strconv.Itoa(i))
		}
		if err := f.read(decoder, at); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}

func (f *faults) add(path, message string) {
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

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0) { // which NaN isn't either
		return 0
	}
	const longest = 365 * 24 * time.Hour // and no overflow
	return time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
}
