package client

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"

	"github.com/iblai/iblai-go/internal/scan"
)

// decode decodes a successful response into out. If out is nil, the response may
// have any body but a page of HTML.
func (c *call) decode(response *http.Response, attempt int, out any) error {
	buffer := c.buffers.get()
	defer c.buffers.put(buffer)
	c.received = limitedReader{body: response.Body, left: c.settings.maxBody}
	if _, err := buffer.body.ReadFrom(&c.received); err != nil {
		return err
	}
	body := buffer.body.Bytes()
	c.settings.capture(response, attempt, body)
	var err error
	switch out := out.(type) {
	case nil:
		err = checkNotHTML(body)
	case noContent:
		err = out.check(body)
	case standardJSON:
		err = out.decode(body)
	case model:
		buffer.decoder.Reset(body)
		out.decode(&buffer.decoder)
		err = buffer.decoder.End()
	}
	if err != nil {
		return c.decodeError(err)
	}
	return nil
}

// noContent stands for a response that has no content.
type noContent struct{}

// check refuses the body of a proxy's page or error. It accepts any other, since a
// release may respond with more than the contract says.
func (noContent) check(body []byte) error {
	var object struct {
		Detail json.RawMessage `json:"detail"`
	}
	if err := checkNotHTML(body); err != nil {
		return err
	}
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &object); err == nil && object.Detail != nil {
		return errors.New("the body has a detail, as errors have")
	}
	return nil
}

func checkNotHTML(body []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return errors.New("the body is a page of HTML")
	}
	return nil
}

// standardJSON is a pointer to a value that package encoding/json decodes.
type standardJSON struct{ pointer any }

// decode decodes a body. On an error it leaves the zero value.
func (s standardJSON) decode(body []byte) error {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	err := json.Unmarshal(body, s.pointer)
	if err == nil {
		return nil
	}
	reflect.ValueOf(s.pointer).Elem().SetZero()
	if failure, ok := errors.AsType[*json.UnmarshalTypeError](err); ok { // whose text may have the value
		return fmt.Errorf("%s can't be decoded as %s", cmp.Or(failure.Field, "the body"), failure.Type)
	}
	if isCutShort(body) {
		return fmt.Errorf("%w (%w)", err, io.ErrUnexpectedEOF)
	}
	return err
}

// isCutShort reports whether a body is the beginning of JSON. The errors of
// encoding/json don't tell that in every release of Go.
func isCutShort(body []byte) bool {
	var d scan.Decoder
	d.Reset(body)
	d.Skip()
	return errors.Is(d.End(), io.ErrUnexpectedEOF)
}

// decodeError returns the last response as an error: err says what is wrong with
// its body.
func (c *call) decodeError(err error) *DecodeError {
	redact := c.redactor()
	header := redact.header(c.header)
	return &DecodeError{
		Operation:   c.request.Operation,
		StatusCode:  c.status,
		ContentType: header.Get("Content-Type"),
		Header:      header,
		Err:         redact.error(err),
	}
}

// limitedReader reads at most left bytes. A longer body is an error.
type limitedReader struct {
	body io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.body.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrBodyTooLarge
	}
	return n, err
}

// buffer holds a body while it is decoded.
type buffer struct {
	body    bytes.Buffer
	decoder scan.Decoder
}

// bufferPool keeps buffers for later responses. The rows of decoding and of the small
// call in internal/benchmark need it.
type bufferPool struct{ pool sync.Pool }

// maxPooled is the size of the largest body that is kept, in bytes.
const maxPooled = 4 << 20

func (p *bufferPool) get() *buffer {
	if b, ok := p.pool.Get().(*buffer); ok {
		return b
	}
	b := &buffer{decoder: scan.Decoder{Strict: true}}
	b.decoder.Intern()
	return b
}

func (p *bufferPool) put(b *buffer) {
	if b.body.Cap() <= maxPooled {
		b.body.Reset()
		b.decoder.Reset(nil)
		p.pool.Put(b)
	}
}
