package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenientSyntax reads what a model can write into a log: half of a surrogate
// pair, bytes that are no UTF-8. It costs nothing where there are none.
var lenientSyntax = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// errTooLarge is an answer that is longer than the client reads.
var errTooLarge = errors.New("the body is longer than the client's limit")

// decode reads a successful answer into out. Where out is nil, any answer is
// taken that a proxy's page isn't.
func decode(operation Operation, response *http.Response, out any) error {
	body := &bodyReader{body: response.Body, left: maxBody}
	err := decodeJSON(body, out)
	switch {
	case err == nil:
		return nil
	case body.err != nil:
		return &TransportError{Operation: operation, Attempts: 1, Err: body.err}
	case out == nil && body.empty():
		return nil
	case body.empty():
		err = errors.New("the body is empty")
	}
	return &DecodeError{
		Operation:   operation,
		StatusCode:  response.StatusCode,
		ContentType: response.Header.Get("Content-Type"),
		Header:      response.Header,
		Err:         err,
	}
}

// decodeJSON decodes as the body arrives. A value of another type than was
// promised makes it read the whole again, tolerantly: one bad field must not
// cost a page.
func decodeJSON(body io.Reader, out any) error {
	if out == nil {
		out = new(jsontext.Value)
	}
	var seen bytes.Buffer
	err := json.UnmarshalRead(io.TeeReader(body, &seen), out, lenientSyntax)
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
	if b.left -= int64(n); b.left < 0 {
		b.err = fmt.Errorf("%w of %d bytes", errTooLarge, b.read+b.left)
		return 0, b.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

func (b *bodyReader) empty() bool { return b.read == 0 }
