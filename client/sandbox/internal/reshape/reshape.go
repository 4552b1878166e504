// Package reshape changes the fields of JSON documents, and keeps their order.
package reshape

import (
	"bytes"
	"encoding/json"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A Shape has the fields of an object or of the objects of a list, with their
// shapes. The nil shape keeps any value.
type Shape map[string]Shape

// Changes are the changes to a document.
type Changes struct {
	// Shape has the fields that are kept.
	Shape Shape
	// Rename has the new names of fields, by which a shape has them.
	Rename map[string]string
	// Free has the fields with free-form JSON, which is kept as it is.
	Free map[string]bool
	// ExtraField is a field in JSON that each object gets; empty for none.
	ExtraField string
	// ReplaceString returns the value that replaces a string of a field. The name is
	// empty for an item of a list.
	ReplaceString func(name, text string) string
}

// Apply returns the changed document, which must be valid JSON.
func (c *Changes) Apply(document []byte) []byte {
	r := &rewriter{Changes: c, in: json.NewDecoder(bytes.NewReader(document))}
	r.in.UseNumber()
	r.value("", c.Shape)
	return r.out
}

// A rewriter copies a document with changes.
type rewriter struct {
	*Changes

	in  *json.Decoder
	out []byte
}

// value copies the next value, that of a field with a name or an item of a list.
func (r *rewriter) value(name string, s Shape) {
	token, _ := r.in.Token()
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			r.array(s)
		} else {
			r.object(s)
		}
	case string:
		r.write(r.ReplaceString(name, token))
	default:
		r.write(token)
	}
}

func (r *rewriter) array(s Shape) {
	r.out = append(r.out, '[')
	for i := 0; r.in.More(); i++ {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		r.value("", s)
	}
	_, _ = r.in.Token()
	r.out = append(r.out, ']')
}

func (r *rewriter) object(s Shape) {
	r.out = append(r.out, '{')
	separator := ""
	for r.in.More() {
		token, _ := r.in.Token()
		name, _ := token.(string)
		newName, fieldShape, ok := r.field(name, s)
		if !ok {
			r.free()
			continue
		}
		r.out = append(r.out, separator...)
		separator = ","
		r.write(newName)
		r.out = append(r.out, ':')
		if r.Free[name] {
			r.out = append(r.out, r.free()...)
		} else {
			r.value(name, fieldShape)
		}
	}
	_, _ = r.in.Token()
	if r.ExtraField != "" {
		r.out = append(r.out, separator+r.ExtraField...)
	}
	r.out = append(r.out, '}')
}

// field returns the new name and the shape of a field, or false if the shape of
// its object lacks it.
func (r *rewriter) field(name string, s Shape) (newName string, fieldShape Shape, ok bool) {
	if s == nil {
		return name, nil, true
	}
	if renamed, ok := r.Rename[name]; ok {
		name = renamed
	}
	fieldShape, ok = s[name]
	return name, fieldShape, ok
}

// free returns the next value as it is.
func (r *rewriter) free() (value json.RawMessage) {
	_ = r.in.Decode(&value)
	return value
}

func (r *rewriter) write(scalar any) {
	text, _ := django.EncodeJSON(scalar)
	r.out = append(r.out, text...)
}
