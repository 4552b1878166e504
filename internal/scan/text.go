package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/iblai/iblai-go/internal/unquote"
)

// form is what a string is made of.
type form uint8

const (
	plain   form = 0
	escaped form = 1 << (iota - 1) // it has escape sequences
	unicode                        // it has bytes that are not ASCII
)

// literal scans the string that begins at the next byte, and returns it in its
// quotes.
func (d *Decoder) literal() ([]byte, form) {
	start := d.at
	end, form, ok := textEnd(d.body, start)
	if d.at = end; !ok {
		d.syntaxError()
		return nil, plain
	}
	return d.body[start:end], form
}

// textEnd returns the index behind the string that begins at an index, or that of
// an error. The rows of the list and of the logs in internal/benchmark need its steps
// of eight bytes.
func textEnd(body []byte, at int) (end int, form form, ok bool) {
	var high uint64 // the bits of all bytes, of which the highest matter
	for at++; ; {
		for at <= len(body)-8 { // eight bytes at once, to the next one that matters
			word := binary.LittleEndian.Uint64(body[at : at+8])
			stop := stops(word)
			if stop != 0 {
				high |= word & (stop&-stop>>7 - 1) // only the bytes before it
				at += bits.TrailingZeros64(stop) / 8
				break
			}
			high |= word
			at += 8
		}
		switch c := byteAt(body, at); {
		case c == '"':
			if high&highBits != 0 {
				form |= unicode
			}
			return at + 1, form, true
		case c == '\\':
			n := escapeLength(body[at:])
			if n == 0 {
				return escapeEnd(body, at), plain, false
			}
			form |= escaped
			at += n
		case c < ' ': // or the end
			return at, plain, false
		default: // one of the last eight bytes
			high |= uint64(c)
			at++
		}
	}
}

// Masks with the same byte eight times.
const (
	each     = 0x0101010101010101
	highBits = 0x80 * each
)

// stops returns a word whose lowest bit is the highest one of the first of eight
// bytes that is a quote, a backslash or a control character. It is 0 if there is
// none. A subtraction sets the high bit of a byte that is less than the
// subtrahend: a quote whose second bit is flipped is less than '!', as control
// characters are.
func stops(word uint64) uint64 {
	return (((word ^ 2*each) - '!'*each) | ((word ^ '\\'*each) - each)) &^ word & highBits
}

// escapeLength returns the length of the escape sequence that text begins with,
// or 0 if it is invalid.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(text) >= 6 && isHex(text[2]) && isHex(text[3]) && isHex(text[4]) && isHex(text[5]) {
			return 6
		}
	}
	return 0
}

// escapeEnd returns the index of an invalid escape sequence, or that of the body's
// end if the sequence is cut off there.
func escapeEnd(body []byte, at int) int {
	const long = len(`\u0000`)
	if rest := body[at:]; len(rest) < long && escapeLength(append(bytes.Clone(rest), `\u0000`[len(rest):]...)) == long {
		return len(body)
	}
	return at
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// text scans a string and returns its value.
func (d *Decoder) text() string {
	start := d.at + 1
	end, form, ok := textEnd(d.body, d.at)
	if d.at = end; !ok {
		d.syntaxError()
		return ""
	}
	if form != plain {
		return unquote.String(d.body[start-1:end], form&unicode == 0)
	}
	return d.strings.get(d.body[start : end-1])
}

// stringTable holds strings that were decoded before, each at an index by its
// hash. It needs no more than that: a string that is displaced is copied again. The
// allocations of the list in internal/benchmark need it.
type stringTable [1024]string

// longestInterned is the length of the longest string in the table, in bytes.
const longestInterned = 64

// get returns text as a string, from the table if it is there. A nil table has
// none.
func (t *stringTable) get(text []byte) string {
	if t == nil || len(text) > longestInterned || len(text) == 0 {
		return string(text)
	}
	entry := &t[hash(text)%uint64(len(t))]
	if *entry != string(text) {
		*entry = string(text)
	}
	return *entry
}

// hash mixes the length with the first and the last bytes, up to eight of each.
func hash(text []byte) uint64 {
	var first, last uint64
	switch n := len(text); {
	case n >= 8:
		first, last = binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
	case n >= 4:
		first, last = uint64(binary.LittleEndian.Uint32(text)), uint64(binary.LittleEndian.Uint32(text[n-4:]))
	default:
		first, last = uint64(text[0]), uint64(text[n/2])<<8|uint64(text[n-1])
	}
	high, low := bits.Mul64(first^0x9e3779b97f4a7c15, last^uint64(len(text))^0xff51afd7ed558ccd)
	return high ^ low
}
