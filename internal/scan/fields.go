package scan

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/unquote"
)

// Fields yields the fields of an object: the index of each name in names, or -1,
// and the name. Before the next one, the body of the loop must decode the field's
// value, or Keep it. Values that are kept, or don't fit, become *unknown; of
// several fields with one name the last counts.
//
// Null has no fields. A value of another type has none and doesn't fit; it is an
// error if it is the body itself.
//
// Fields in the order of names are compared with them instead of scanned, which the
// row of one agent in internal/benchmark needs.
func (d *Decoder) Fields(unknown **api.Fields, names ...string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) { d.eachField(unknown, names, yield) }
}

func (d *Decoder) eachField(unknown **api.Fields, names []string, yield func(int, string) bool) {
	if d.depth == 0 && (d.Strict || d.Kind() != KindNull) {
		d.Require(KindObject)
	}
	if !d.enter(KindObject) {
		return
	}
	next := 0 // the index in names of the name that is expected
	for more := d.peek() != '}'; more; {
		d.last = converted
		index, name := d.nextName(names, next)
		if d.err != nil {
			return
		}
		start := d.at
		if !yield(index, name) {
			return
		}
		switch {
		case d.err != nil:
			if d.last != misfit { // the name is a known one
				d.in(name)
			}
			d.last = converted
			return
		case d.last == misfit:
			d.keep(unknown, name, start)
		case *unknown != nil:
			(*unknown).Delete(name)
		}
		if index >= 0 {
			next = index + 1
		}
		if more = d.peek() == ','; more {
			d.at++
		}
	}
	if (*unknown).Len() == 0 {
		*unknown = nil
	}
	d.leave('}')
}

// nextName scans a field's name and the colon behind it. It returns the name and
// its index in names, or -1.
func (d *Decoder) nextName(names []string, expected int) (int, string) {
	for i, name := range names[expected:] {
		if d.skipFieldName(name) {
			return expected + i, name
		}
	}
	name := d.scanFieldName()
	return slices.Index(names, name), name
}

// skipFieldName skips a field's name and the colon behind it, if it is this name
// without escapes and white space.
func (d *Decoder) skipFieldName(name string) bool {
	at, end := d.at+1, d.at+1+len(name)
	if end+1 >= len(d.body) || d.body[end+1] != ':' || d.body[end] != '"' || d.body[d.at] != '"' || string(d.body[at:end]) != name {
		return false
	}
	d.at = end + 2
	return true
}

// scanFieldName scans any field's name and the colon behind it.
func (d *Decoder) scanFieldName() string {
	literal, form := d.fieldName()
	switch {
	case d.err != nil:
		return ""
	case form != plain:
		return unquote.String(literal, false)
	}
	return d.strings.get(literal[1 : len(literal)-1])
}

// enter enters an array or object. It skips any other value.
func (d *Decoder) enter(kind Kind) bool {
	switch d.Kind() {
	case kind:
		d.at++
		if d.depth++; d.depth > maxDepth {
			d.Fail("is nested too deeply")
			return false
		}
		return true
	case KindNull:
		d.Null()
	case KindString:
		if len(d.Text()) > 0 { // an empty one is the same as null
			d.last = misfit
		}
	default:
		d.Keep()
	}
	return false
}

// leave leaves an array or object, whose last item has been decoded.
func (d *Decoder) leave(end byte) {
	d.last = converted
	if d.peek() != end {
		d.syntaxError()
		return
	}
	d.at++
	d.depth--
}

// Keep skips the next value, for the unknown fields.
func (d *Decoder) Keep() {
	d.Skip()
	d.last = misfit
}

// Misfit says that the value that was decoded last doesn't fit its field after
// all.
func (d *Decoder) Misfit() {
	if d.err == nil {
		d.last = misfit
	}
}

// keep adds the value that began at start to the unknown fields.
func (d *Decoder) keep(unknown **api.Fields, name string, start int) {
	if d.skipped.start != start || d.at == start { // a part of it was skipped last
		d.at = start
		d.Skip()
	}
	raw := d.rawSkipped()
	if raw == nil {
		return
	}
	if *unknown == nil {
		*unknown = new(api.Fields)
	}
	(*unknown).Set(name, bytes.Clone(raw))
}

// Found reports whether the last value was there: it fits and isn't null.
func (d *Decoder) Found() bool { return d.last == converted }

// RequireFound fails if the last object was there, but none of these fields was
// found in it. It does nothing unless the decoder is Strict.
func (d *Decoder) RequireFound(found bool, names ...string) {
	switch {
	case found || !d.Strict || d.last != converted || d.err != nil:
	case len(names) == 1:
		d.Fail("is missing, null or of another type")
		d.in(names[0])
	default:
		d.Fail("has none of " + strings.Join(names, ", "))
	}
}
