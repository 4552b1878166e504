package control

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/internal/document"
)

// maxBodySize limits the size of bodies other than seeds in bytes.
const maxBodySize = 1 << 20

// format returns the format of the body. Its media type must be one of types.
// Browsers send such types to other sites only after a preflight request, and
// the server rejects preflight requests.
func (c *call) format(types map[string]document.Format) (document.Format, error) {
	mediaType, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type")) // empty if the header is invalid
	format, ok := types[mediaType]
	if !ok {
		return 0, errorf(http.StatusUnsupportedMediaType, "the Content-Type %s is not supported here; send application/json", document.Quote(mediaType))
	}
	return format, nil
}

func (c *call) readBody(maxBytes int64) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.writer, c.request.Body, maxBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, errorf(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", maxBytes)
	}
	if err != nil {
		return nil, errorf(http.StatusBadRequest, "the body could not be read: %v", err)
	}
	return text, nil
}

// jsonBody returns the body. The Content-Type must be application/json.
func (c *call) jsonBody() ([]byte, error) {
	if _, err := c.format(map[string]document.Format{"application/json": document.JSON}); err != nil {
		return nil, err
	}
	return c.readBody(maxBodySize)
}

// body parses a JSON body and decodes it with read.
func (c *call) body(read func(*document.Value)) error {
	text, err := c.jsonBody()
	if err != nil {
		return err
	}
	return parseBody(text, read)
}

func parseBody(text []byte, read func(*document.Value)) error {
	d, root := document.Parse(document.Body("body"), text, document.JSON)
	if root != nil {
		read(root)
	}
	if err := d.Err(); err != nil {
		return errorf(http.StatusBadRequest, "%v", err)
	}
	return nil
}

// emptyBody reads a body that must be an empty object.
func (c *call) emptyBody() error {
	return c.body(func(v *document.Value) { v.Object(nil) })
}

// A query parses parameters and records the first error.
type query struct {
	values url.Values
	err    error
}

func (q *query) invalid(name, expected string) {
	if q.err == nil {
		q.err = errorf(http.StatusBadRequest, "the parameter %s must be %s, not %s", name, expected, document.Quote(q.values.Get(name)))
	}
}

// integer parses an integer from minimum to maximum. If the parameter is
// missing, it returns the default.
func (q *query) integer(name string, byDefault, minimum, maximum int64) int64 {
	if !q.values.Has(name) {
		return byDefault
	}
	n, err := strconv.ParseInt(q.values.Get(name), 10, 64)
	if err != nil || n < minimum || n > maximum {
		q.invalid(name, fmt.Sprintf("an integer from %d to %d", minimum, maximum))
	}
	return n
}

func (q *query) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, q.values.Get(name))
	if err != nil || t.Before(document.MinTime()) || t.After(document.MaxTime()) {
		q.invalid(name, "a time such as 2026-01-05T08:00:00Z")
	}
	return t.UTC()
}
