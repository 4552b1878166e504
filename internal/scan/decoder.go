// Package scan decodes JSON into models in one pass. It tolerates values of an
// unexpected type: it converts them, or leaves the field zero and keeps the
// value among the unknown fields.
//
// The errors of a [Decoder] are sticky, so that generated code doesn't check
// them: after the first one, all values are zero and all loops end.
package scan

import (
	"bytes"
	"fmt"
	"io"
)

// maxDepth is the number of nested arrays and objects that encoding/json
// accepts.
const maxDepth = 10_000

// outcome says how the last value was decoded.
type outcome uint8

const (
	converted outcome = iota // it fits its type, maybe after a conversion
	unset                    // it is null, or an empty text instead of a value of another type
	misfit                   // it doesn't fit
)

// A Decoder decodes one body. It copies what it returns: nothing refers to the
// body later. The zero Decoder has an empty body.
type Decoder struct {
	// Strict makes a body that is null and a missing required field errors.
	Strict bool

	body    []byte
	at      int // index of the next byte
	depth   int // of the open arrays and objects
	built   int // bytes of the items so far
	last    outcome
	skipped skipped
	kinds   []uint64 // of the arrays and objects that skip is in
	strings *stringTable
	err     *Error
}

// Error reports where a body is not the expected JSON, and why. It has no values
// of the body.
type Error struct {
	// Path leads to the value, as in results[17].id. It is empty for the body
	// itself.
	Path string
	// Reason says what is wrong there.
	Reason string

	truncated bool
}

func (e *Error) Error() string {
	if e.Path == "" {
		return "the body " + e.Reason
	}
	return e.Path + " " + e.Reason
}

// Unwrap returns [io.ErrUnexpectedEOF] if the body ends too early or is empty.
func (e *Error) Unwrap() error {
	if e.truncated {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// Reset begins to decode body. A byte order mark is skipped.
func (d *Decoder) Reset(body []byte) {
	*d = Decoder{body: bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), Strict: d.Strict, kinds: d.kinds, strings: d.strings}
	if cap(d.kinds) > maxDepth/64+1 {
		d.kinds = nil
	}
}

// Intern makes the decoder return the same string for equal short texts of this
// body and of those to come.
func (d *Decoder) Intern() {
	if d.strings == nil {
		d.strings = new(stringTable)
	}
}

// End returns the first error. It is an error if anything follows the value.
func (d *Decoder) End() error {
	if d.peek() != 0 || d.at < len(d.body) {
		d.syntaxError()
	}
	if d.err != nil {
		return d.err
	}
	return nil
}

// Fail makes reason the error of the value that is being decoded, unless there
// is an error already.
func (d *Decoder) Fail(reason string) {
	if d.err == nil {
		d.err = &Error{Reason: reason}
		d.at = len(d.body)
	}
}

// Build records that the next value becomes an item of size bytes. It fails if the
// items take much more memory than the body: in a real response each is longer
// than its type, but a body can have millions of empty objects.
func (d *Decoder) Build(size uintptr) {
	const least, most = 1 << 20, 16 // bytes, and the factor for longer bodies
	if d.built += int(size); d.built > least+most*len(d.body) {
		d.Fail("has so many small items that they would take more than 16 times its own memory")
	}
}

func (d *Decoder) syntaxError() {
	switch {
	case d.err != nil:
	case len(bytes.TrimSpace(d.body)) == 0:
		d.Fail("is empty")
		d.err.truncated = true
	case d.at >= len(d.body):
		d.Fail("ends too early")
		d.err.truncated = true
	default:
		d.Fail(fmt.Sprintf("is not JSON after byte %d", d.at))
	}
}

// in adds the name of a field, or the index of an item, to the error's path.
func (d *Decoder) in(step string) {
	if path := d.err.Path; path != "" && path[0] != '[' {
		step += "."
	}
	d.err.Path = step + d.err.Path
}

// peek returns the next byte that is not white space, or 0 at the end.
func (d *Decoder) peek() byte {
	if d.at < len(d.body) && d.body[d.at] > ' ' {
		return d.body[d.at]
	}
	return d.skipSpace()
}

func (d *Decoder) skipSpace() byte {
	for d.at < len(d.body) {
		c := d.body[d.at]
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
		d.at++
	}
	return 0
}

// spaceEnd returns the index of the next byte that is not white space.
func spaceEnd(body []byte, at int) int {
	for at < len(body) && body[at] <= ' ' && isSpace(body[at]) {
		at++
	}
	return at
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// byteAt returns the byte at an index, or 0 at the end.
func byteAt(body []byte, at int) byte {
	if at < len(body) {
		return body[at]
	}
	return 0
}

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of JSON values.
const (
	KindInvalid Kind = iota
	KindNull
	KindBool
	KindNumber
	KindNonFinite // NaN and Infinity, which are no JSON but what Python writes
	KindString
	KindArray
	KindObject
)

// String returns the kind with its article.
func (k Kind) String() string {
	return [...]string{"no value", "null", "a boolean", "a number", "no finite number", "a text", "an array", "an object"}[k]
}

// kinds are the kinds of values by their first byte.
var kinds = [256]Kind{
	'"': KindString, '{': KindObject, '[': KindArray, 'n': KindNull, 't': KindBool, 'f': KindBool, 'N': KindNonFinite, 'I': KindNonFinite,
	'-': KindNumber, '0': KindNumber, '1': KindNumber, '2': KindNumber, '3': KindNumber, '4': KindNumber,
	'5': KindNumber, '6': KindNumber, '7': KindNumber, '8': KindNumber, '9': KindNumber,
}

// Kind returns the kind of the next value, by its first bytes.
func (d *Decoder) Kind() Kind {
	kind := kinds[d.peek()]
	if kind == KindNumber && d.body[d.at] == '-' && bytes.HasPrefix(d.body[d.at:], []byte("-I")) {
		return KindNonFinite
	}
	return kind
}

// Require fails unless the next value is of this kind.
func (d *Decoder) Require(kind Kind) bool {
	if got := d.Kind(); got != kind {
		if got == KindInvalid {
			d.syntaxError()
		} else {
			d.Fail(fmt.Sprintf("is %s instead of %s", got, kind))
		}
		return false
	}
	return true
}
