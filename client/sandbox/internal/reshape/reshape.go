// Package reshape changes the fields of JSON documents, and keeps their order.
package reshape

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// Changes are the changes to a document.
type Changes struct {
	// Kind is the kind of the document. The other kinds are those of the objects in
	// the fields that Kinds has, by kind and name as in "agent.mentor". A field that
	// it lacks has a value of no kind, which is kept as it is.
	Kind  string
	Kinds map[string]string
	// Keep reports whether an object of a kind keeps a field; nil to keep all.
	Keep func(kind, name string) bool
	// Rename has the new names of fields, by kind and name.
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
	r.value("", c.Kind)
	return r.out
}

// A rewriter copies a document with changes.
type rewriter struct {
	*Changes

	in  *json.Decoder
	out []byte
}

// value copies the next value, that of a field with a name or an item of a list.
func (r *rewriter) value(name, kind string) {
	token, _ := r.in.Token()
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			r.array(kind)
		} else {
			r.object(kind)
		}
	case string:
		r.write(r.ReplaceString(name, token))
	default:
		r.write(token)
	}
}

func (r *rewriter) array(kind string) {
	r.out = append(r.out, '[')
	for i := 0; r.in.More(); i++ {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		r.value("", kind)
	}
	_, _ = r.in.Token()
	r.out = append(r.out, ']')
}

func (r *rewriter) object(kind string) {
	r.out = append(r.out, '{')
	separator := ""
	for r.in.More() {
		token, _ := r.in.Token()
		name, _ := token.(string)
		if kind != "" && r.Keep != nil && !r.Keep(kind, name) {
			r.free()
			continue
		}
		r.out = append(r.out, separator...)
		separator = ","
		r.write(cmp.Or(r.Rename[kind+"."+name], name))
		r.out = append(r.out, ':')
		if r.Free[name] {
			r.out = append(r.out, r.free()...)
		} else {
			r.value(name, r.Kinds[kind+"."+name])
		}
	}
	_, _ = r.in.Token()
	if r.ExtraField != "" {
		r.out = append(r.out, separator+r.ExtraField...)
	}
	r.out = append(r.out, '}')
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
