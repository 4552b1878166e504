// Package unquote decodes the string literals of JSON. It is made for long ones,
// such as the logs and outputs of runs: the text between two escape sequences is
// copied at once.
package unquote

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// String returns the value of a literal, which is in its quotes. The caller has
// checked its syntax, and whether it is ASCII, which saves a check: String panics
// where an escape is cut off. Half surrogates, and bytes that are not UTF-8, are
// U+FFFD each, as in jsontext.AppendUnquote.
func String(literal []byte, ascii bool) string {
	text := literal[1 : len(literal)-1]
	if !ascii && !utf8.Valid(text) {
		text = replaceInvalid(text)
	}
	escape := bytes.IndexByte(text, '\\')
	if escape < 0 {
		return string(text)
	}
	var out strings.Builder
	// Enough, since no escape is shorter than what it represents. The rows of the list
	// and of the logs in internal/benchmark need it.
	out.Grow(len(text))
	for escape >= 0 {
		out.Write(text[:escape])
		text = text[escape:]
		for len(text) > 0 && text[0] == '\\' { // there are often several in a row
			if c := short[text[1]]; c != 0 {
				out.WriteByte(c)
				text = text[2:]
				continue
			}
			var r rune
			r, text = cutUTF16(text[2:])
			out.WriteRune(r)
		}
		escape = bytes.IndexByte(text, '\\')
	}
	out.Write(text)
	return out.String()
}

// replaceInvalid replaces each byte that is not UTF-8 by U+FFFD.
func replaceInvalid(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// short are the values of the escape sequences of two bytes, by the second one.
var short = [256]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}

// cutUTF16 returns the value of the escape sequence whose \u is before text, and
// the text behind it. A surrogate includes the next \u, if that is its other half.
func cutUTF16(text []byte) (r rune, rest []byte) {
	r, rest = hex(text[:4]), text[4:]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if next, ok := bytes.CutPrefix(rest, []byte(`\u`)); ok {
		if pair := utf16.DecodeRune(r, hex(next[:4])); pair != utf8.RuneError {
			return pair, next[4:]
		}
	}
	return utf8.RuneError, rest
}

// hex returns the value of four digits.
func hex(digits []byte) rune {
	return hexDigit(digits[0])<<12 | hexDigit(digits[1])<<8 | hexDigit(digits[2])<<4 | hexDigit(digits[3])
}

// hexDigit returns the value of a digit of either case. Its low bits are the value
// for 0 to 9. For letters, which alone have bit 6, they count from 1.
func hexDigit(c byte) rune { return rune(c&0xf + c>>6*9) }
