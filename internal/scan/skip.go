package scan

import (
	"bytes"
	"encoding/json"
)

// skipped describes the last value that was skipped as a whole.
type skipped struct {
	start     int
	tooDeep   bool // for encoding/json
	nonFinite bool // it holds NaN or Infinity
}

// Skip skips the next value, of any depth.
func (d *Decoder) Skip() {
	d.peek()
	d.skipped = skipped{start: d.at}
	d.last = converted
	end, ok := d.valueEnd(d.at)
	if d.at = end; !ok {
		d.syntaxError()
	}
}

// valueEnd returns the index behind the value that begins at an index, or that of
// an error. The index stays in a local variable, which the row of one agent in
// internal/benchmark needs.
func (d *Decoder) valueEnd(at int) (end int, ok bool) {
	body := d.body
	for level, object := 0, false; ; {
		switch kind := kinds[byteAt(body, at)]; kind {
		case KindString:
			at, _, ok = textEnd(body, at)
		case KindArray, KindObject:
			d.skipped.tooDeep = d.skipped.tooDeep || d.depth+level >= maxDepth
			level++
			object = kind == KindObject
			d.setObject(level, object)
			at, ok = spaceEnd(body, at+1), true
			if byteAt(body, at) == closing(object) {
				break
			}
			if object {
				at, ok = nameEnd(body, at)
			}
			if ok {
				continue // with the first item
			}
		default:
			d.at = at
			d.skipScalar(d.Kind())
			at, ok = d.at, d.err == nil
		}
		if !ok {
			return at, false
		}
		for ; level > 0; level-- { // out of the arrays and objects that end here
			at = spaceEnd(body, at)
			if c := byteAt(body, at); c == ',' {
				break
			} else if c != closing(object) {
				return at, false
			}
			at++
			object = d.isObject(level - 1)
		}
		if level == 0 {
			return at, true
		}
		at = spaceEnd(body, at+1)
		if object {
			if at, ok = nameEnd(body, at); !ok {
				return at, false
			}
		}
	}
}

// closing returns the byte that ends an object, or an array.
func closing(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

// nameEnd returns the index of the value whose field's name begins at an index.
func nameEnd(body []byte, at int) (end int, ok bool) {
	if byteAt(body, at) != '"' {
		return at, false
	}
	if at, _, ok = textEnd(body, at); !ok {
		return at, false
	}
	at = spaceEnd(body, at)
	if byteAt(body, at) != ':' {
		return at, false
	}
	return spaceEnd(body, at+1), true
}

// setObject notes whether the level is an object's: one bit for each.
func (d *Decoder) setObject(level int, object bool) {
	word, bit := level/64, uint64(1)<<(level%64)
	for word >= len(d.kinds) {
		d.kinds = append(d.kinds, 0)
	}
	d.kinds[word] &^= bit
	if object {
		d.kinds[word] |= bit
	}
}

func (d *Decoder) isObject(level int) bool { return d.kinds[level/64]>>(level%64)&1 == 1 }

// fieldName scans a field's name, which it returns in its quotes, and the colon
// behind it.
func (d *Decoder) fieldName() (literal []byte, form form) {
	if d.peek() != '"' {
		d.syntaxError()
		return nil, plain
	}
	literal, form = d.literal()
	if d.peek() != ':' {
		d.syntaxError()
		return nil, plain
	}
	d.at++
	return literal, form
}

// skipScalar skips a value that is no string, array or object.
func (d *Decoder) skipScalar(kind Kind) {
	switch kind {
	case KindNumber:
		d.number()
	case KindNull:
		d.null()
	case KindBool:
		d.bool()
	case KindNonFinite:
		d.skipped.nonFinite = true
		d.nonFinite()
	default:
		d.syntaxError()
	}
}

// nonFinite skips one of the words that Python writes for them.
func (d *Decoder) nonFinite() {
	words := []string{"NaN", "Infinity", "-Infinity"}
	for _, word := range words {
		if bytes.HasPrefix(d.body[d.at:], []byte(word)) {
			d.at += len(word)
			return
		}
	}
	d.wordError(words...)
}

// wordError fails where one of the words should be. It is cut off there if the
// body ends within it.
func (d *Decoder) wordError(words ...string) {
	rest := d.body[d.at:]
	for _, word := range words {
		if bytes.HasPrefix([]byte(word), rest) {
			d.at = len(d.body)
		}
	}
	d.syntaxError()
}

// number scans a number.
func (d *Decoder) number() []byte {
	start := d.at
	if d.body[d.at] == '-' {
		d.at++
	}
	if whole := d.digits(); whole > 1 && d.body[d.at-whole] == '0' {
		d.at -= whole - 1 // after the zero
	}
	if d.at < len(d.body) && d.body[d.at] == '.' {
		d.at++
		d.digits()
	}
	if d.at < len(d.body) && d.body[d.at]|0x20 == 'e' {
		d.at++
		if d.at < len(d.body) && (d.body[d.at] == '+' || d.body[d.at] == '-') {
			d.at++
		}
		d.digits()
	}
	if d.err != nil {
		return nil
	}
	return d.body[start:d.at]
}

// digits skips digits and returns how many there are; there must be one.
func (d *Decoder) digits() int {
	start := d.at
	for d.at < len(d.body) && '0' <= d.body[d.at] && d.body[d.at] <= '9' {
		d.at++
	}
	if d.at == start {
		d.syntaxError()
	}
	return d.at - start
}

// Raw returns the next value as JSON, or nil for null. NaN and Infinity in it
// become null. It is nil as well if the value is nested so deeply that
// encoding/json would refuse it.
func (d *Decoder) Raw() json.RawMessage { return bytes.Clone(d.raw()) }

// RawText is [Decoder.Raw] as a string, which is empty for null.
func (d *Decoder) RawText() string { return string(d.raw()) }

// raw is Raw, maybe as a part of the body.
func (d *Decoder) raw() []byte {
	if d.Kind() == KindNull {
		d.Null()
		return nil
	}
	d.Skip()
	return d.rawSkipped()
}

// rawSkipped is raw for the value that was skipped last.
func (d *Decoder) rawSkipped() []byte {
	if d.err != nil || d.skipped.tooDeep {
		return nil
	}
	raw := d.body[d.skipped.start:d.at]
	if !d.skipped.nonFinite {
		return raw
	}
	finite := Decoder{body: raw}
	return finite.withoutNonFinite()
}

// withoutNonFinite returns the body with null instead of NaN and Infinity.
func (d *Decoder) withoutNonFinite() []byte {
	var out []byte
	for done := 0; ; {
		switch c := d.peek(); {
		case d.at >= len(d.body):
			return append(out, d.body[done:]...)
		case c == '"':
			d.literal()
		case d.Kind() == KindNonFinite:
			out = append(append(out, d.body[done:d.at]...), "null"...)
			d.nonFinite()
			done = d.at
		default:
			d.at++
		}
	}
}
