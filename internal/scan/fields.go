package scan

import (
	"bytes"
	"iter"
	"strings"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/unquote"
)

// Fields yields the names of an object's fields. Before the next one, the body
// of the loop must decode the field's value, or Keep it. Values that are kept, or
// don't fit, become *unknown; of several fields with one name the last counts.
//
// Null has no fields. A value of another type has none and doesn't fit; it is an
// error if it is the body itself.
func (d *Decoder) Fields(unknown **api.Fields) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { d.eachField(unknown, yield) }
}

func (d *Decoder) eachField(unknown **api.Fields, yield func([]byte) bool) {
	if d.depth == 0 && (d.Strict || d.Kind() != KindNull) {
		d.Require(KindObject)
	}
	if !d.enter(KindObject) {
		return
	}
	for more := d.peek() != '}'; more; {
		d.last = converted
		literal, form := d.fieldName()
		if d.err != nil {
			return
		}
		name := literal[1 : len(literal)-1]
		if form != plain {
			name = []byte(unquote.String(literal, false))
		}
		d.peek()
		start := d.at
		if !yield(name) {
			return
		}
		switch {
		case d.err != nil:
			if d.last != misfit { // the name is a known one
				d.in(string(name))
			}
			d.last = converted
			return
		case d.last == misfit:
			d.keep(unknown, name, start)
		case *unknown != nil:
			(*unknown).Delete(string(name))
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
func (d *Decoder) keep(unknown **api.Fields, name []byte, start int) {
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
	(*unknown).Set(d.strings.get(name), bytes.Clone(raw))
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
