package main

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxBody is how long a body may be that is no seed, in bytes.
const maxBody = 1 << 20

// mediaType reads what the body is, which must be one of some. A page of another
// site can't send these without asking first, and is refused when it asks.
func (c *call) mediaType(types map[string]format) (format, error) {
	named, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type")) // of what is none there is none
	as, ok := types[named]
	if !ok {
		return 0, refuse(http.StatusUnsupportedMediaType, "the Content-Type %s is not taken here; send application/json", brief(named))
	}
	return as, nil
}

func (c *call) readBody(longest int64) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.writer, c.request.Body, longest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is longer than %d bytes", longest)
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body could not be read: %v", err)
	}
	return text, nil
}

// body reads a body of JSON with read.
func (c *call) body(read func(*value)) error {
	as, err := c.mediaType(map[string]format{"application/json": formatJSON})
	if err != nil {
		return err
	}
	text, err := c.readBody(maxBody)
	if err != nil {
		return err
	}
	document, top := parse(bodySource("body"), text, as)
	if top != nil {
		read(top)
	}
	if err := document.err(); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	return nil
}

// A query reads parameters, and keeps the first fault.
type query struct {
	values url.Values
	err    error
}

func (q *query) fault(name, wanted string) {
	if q.err == nil {
		q.err = refuse(http.StatusBadRequest, "the parameter %s must be %s, not %s", name, wanted, brief(q.values.Get(name)))
	}
}

// whole reads a whole number from lowest to highest, which is absent where it is
// not given.
func (q *query) whole(name string, absent, lowest, highest int64) int64 {
	if !q.values.Has(name) {
		return absent
	}
	n, err := strconv.ParseInt(q.values.Get(name), 10, 64)
	if err != nil || n < lowest || n > highest {
		q.fault(name, "a whole number from "+strconv.FormatInt(lowest, 10)+" to "+strconv.FormatInt(highest, 10))
	}
	return n
}

func (q *query) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, q.values.Get(name))
	if err != nil || t.Before(firstTime) || t.After(lastTime) {
		q.fault(name, "a time such as 2026-01-05T08:00:00Z")
	}
	return t.UTC()
}
