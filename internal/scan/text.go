package scan

import (
	"encoding/binary"
	"math/bits"

	"github.com/iblai/iblai-go/internal/unquote"
)

// literal scans the string that begins at the next byte. It returns the string
// in its quotes, and whether it is plain: ASCII without escapes.
func (d *Decoder) literal() (text []byte, plain bool) {
	const ones, highBits = 0x0101010101010101, 0x8080808080808080
	start, at := d.at, d.at+1
	plain = true
	stop := uint64(highBits) // at bytes that are not ASCII, until there is one
	for at < len(d.body) {
		if at+8 <= len(d.body) {
			// Eight bytes at once. The lowest bit that is set marks the first quote,
			// backslash or control character.
			word := binary.LittleEndian.Uint64(d.body[at:])
			quote, backslash := word^'"'*ones, word^'\\'*ones
			found := ((quote-ones)&^quote|(backslash-ones)&^backslash|(word-' '*ones)&^word)&highBits | word&stop
			if found == 0 {
				at += 8
				continue
			}
			at += bits.TrailingZeros64(found) / 8
		}
		switch c := d.body[at]; {
		case c == '"':
			d.at = at + 1
			return d.body[start:d.at], plain
		case c == '\\':
			plain = false
			n := escapeLength(d.body[at:])
			if n == 0 {
				d.at = at
				d.syntaxError()
				return nil, false
			}
			at += n
		case c < ' ':
			d.at = at
			d.syntaxError()
			return nil, false
		case c >= 0x80:
			plain, stop = false, 0
			at++
		default:
			at++
		}
	}
	d.at = at
	d.syntaxError()
	return nil, false
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

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// text scans a string and returns its value.
func (d *Decoder) text() string {
	literal, plain := d.literal()
	switch {
	case literal == nil:
		return ""
	case !plain:
		return unquote.String(literal)
	}
	return d.strings.get(literal[1 : len(literal)-1])
}

// stringTable holds strings that were decoded before, each at an index by its
// hash. It needs no more than that: a string that is displaced is copied again.
type stringTable [512]string

// longestInterned is the length of the longest string in the table, in bytes.
const longestInterned = 24

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
