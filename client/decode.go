package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenientSyntax reads what a model can write into a log: half of a surrogate
// pair, bytes that are no UTF-8. It costs nothing where there are none.
var lenientSyntax = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) //nolint:gochecknoglobals // never changed

// errTooLarge is an answer that is longer than the client reads.
var errTooLarge = errors.New("the answer is longer than the client reads (WithMaxBody)")

// decode reads a successful answer into out. Where out is nil, nothing was
// promised, and anything is taken but what is no JSON, such as a proxy's page.
func (c *call) decode(response *http.Response, attempt int, out any) error {
	seen := c.buffers.get()
	defer c.buffers.put(seen)
	body := &bodyReader{body: response.Body, left: c.settings.maxBody}
	err := decodeJSON(body, seen, out)
	if err != nil && body.err == nil && int64(seen.Len()) < c.settings.maxErrorBody { // for who wants to see what it was
		_, _ = io.CopyN(seen, body, c.settings.maxErrorBody-int64(seen.Len()))
	}
	c.settings.capture(response, attempt, seen.Bytes())
	switch {
	case err == nil, out == nil && body.read == 0 && body.err == nil:
		return nil
	case body.err != nil:
		return body.err
	case body.read == 0:
		err = errors.New("the body is empty")
	}
	header := c.redactor().header(response.Header)
	return &DecodeError{
		Operation:   c.request.Operation,
		StatusCode:  response.StatusCode,
		ContentType: header.Get("Content-Type"),
		Header:      header,
		Err:         err,
	}
}

// decodeJSON decodes as the body arrives, and keeps in seen what has arrived. A
// value of another type than was promised makes it read the whole again,
// tolerantly: one odd field must not cost a page.
func decodeJSON(body io.Reader, seen *bytes.Buffer, out any) error {
	promised := out != nil
	if !promised {
		out = new(jsontext.Value)
	}
	err := json.UnmarshalRead(io.TeeReader(body, seen), out, lenientSyntax)
	if err == nil && promised && seen.Len() <= len(" null ") && string(bytes.TrimSpace(seen.Bytes())) == "null" {
		return errors.New("the body is null")
	}
	fault, ok := errors.AsType[*json.SemanticError](err)
	if !ok || fault.JSONPointer == "" { // the whole is not what was promised
		return err
	}
	if _, err := seen.ReadFrom(body); err != nil {
		return err
	}
	return decodeTolerantly(seen.Bytes(), out)
}

// bodyReader reads at most left bytes, and tells what went wrong with reading
// apart from what is wrong with the JSON.
type bodyReader struct {
	body io.Reader
	left int64
	read int64
	err  error
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	b.left -= int64(n)
	switch {
	case b.left < 0:
		b.err = errTooLarge
		return 0, b.err
	case err != nil && !errors.Is(err, io.EOF):
		b.err = err
	}
	return n, err
}

// bufferPool keeps what bodies were read into for the next ones.
type bufferPool struct{ pool sync.Pool }

// maxPooled is how large a buffer may be to be kept, in bytes.
const maxPooled = 4 << 20

func (p *bufferPool) get() *bytes.Buffer {
	if b, ok := p.pool.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

func (p *bufferPool) put(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		p.pool.Put(b)
	}
}
