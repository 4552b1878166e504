package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/iblai/iblai-go/internal/unquote"
)

// anySyntax reads what a model can write into a log: half of a surrogate pair,
// bytes that are no UTF-8. It costs nothing where there are none.
var anySyntax = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) //nolint:gochecknoglobals // never changed

// lenientSyntax is anySyntax for all models, also where a mentor is named by its
// id.
var lenientSyntax = json.JoinOptions(anySyntax, json.WithUnmarshalers(json.UnmarshalFromFunc(unmarshalMentor))) //nolint:gochecknoglobals // never changed

// logSyntax is anySyntax for logs, which have no mentors, but long content that
// package unquote reads in half the time. For models of many short fields it
// would not pay.
var logSyntax = json.JoinOptions(anySyntax, json.WithUnmarshalers(json.UnmarshalFromFunc(unmarshalText))) //nolint:gochecknoglobals // never changed

// errEmptyBody reports a successful response without the expected body.
var errEmptyBody = errors.New("the body is empty") //nolint:gochecknoglobals // never changed

// decode decodes a successful response into out. If out is nil, the response may
// be empty or any JSON, but not a proxy's HTML.
func (c *call) decode(response *http.Response, attempt int, out any) error {
	body := c.buffers.get()
	defer c.buffers.put(body)
	// The whole body is read first: that is faster than decoding from a stream,
	// and a page with a field of an unexpected type is decoded twice.
	c.received = limitedReader{body: response.Body, left: c.settings.maxBody}
	_, err := body.ReadFrom(&c.received)
	if err != nil {
		return err
	}
	err = decodeJSON(body.Bytes(), out)
	c.settings.capture(response, attempt, body.Bytes())
	switch {
	case err == nil, out == nil && body.Len() == 0:
		return nil
	case body.Len() == 0:
		err = errEmptyBody
	}
	return c.decodeError(err)
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

// decodeJSON decodes a body. If a value has an unexpected type, it decodes the
// body once more, tolerantly: one such field must not make a page fail.
func decodeJSON(body []byte, out any) error {
	if out == nil {
		return json.Unmarshal(body, new(jsontext.Value), anySyntax)
	}
	syntax := lenientSyntax
	switch out.(type) {
	case *PeriodicAgentLog, *Page[PeriodicAgentLog]:
		syntax = logSyntax
	}
	err := unmarshal(body, out, syntax)
	if fault, ok := errors.AsType[*json.SemanticError](err); ok && fault.JSONPointer != "" {
		reflect.ValueOf(out).Elem().SetZero() // the strict pass has filled a part of it
		err = unmarshal(body, out, tolerantSyntax)
	}
	if err != nil {
		return err // the body as a whole is not what was promised
	}
	if len(body) <= len(" null ") && string(bytes.TrimSpace(body)) == "null" {
		return errors.New("the body is null")
	}
	if page, ok := out.(list); ok {
		return page.checkItems()
	}
	return nil
}

// unmarshal decodes a body. Instead of a page it may be a bare list.
func unmarshal(body []byte, out any, syntax json.Options) error {
	page, ok := out.(list)
	if !ok || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return json.Unmarshal(body, out, syntax)
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(body), syntax)
	if err := page.readList(decoder); err != nil {
		return err
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the list")
	}
	return nil
}

// unmarshalText reads a string as package unquote does.
func unmarshalText(decoder *jsontext.Decoder, out *string) error {
	type plain string // without this function
	if decoder.PeekKind() != '"' {
		return json.UnmarshalDecode(decoder, (*plain)(out))
	}
	literal, err := decoder.ReadValue()
	if err != nil {
		return err
	}
	*out = unquote.String(literal)
	return nil
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

// bufferPool keeps the buffers for bodies.
type bufferPool struct{ pool sync.Pool }

// maxPooled is the largest buffer that is kept, in bytes.
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
