// Package unquote reads the string literals of JSON. It is made for long ones,
// such as the logs and answers of runs: what stands between two escapes is
// copied at once, where jsontext goes byte by byte and copies the whole twice.
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
	out.Grow(len(text)) // enough: no escape is shorter than what it stands for
	for escape >= 0 {
		out.Write(text[:escape])
		text = text[escape:]
		for len(text) > 0 && text[0] == '\\' { // there are often several in a row
			var r rune
			r, text = cutEscape(text)
			out.WriteRune(r)
		}
		escape = bytes.IndexByte(text, '\\')
	}
	out.Write(text)
	return out.String()
}

// replaceInvalid puts U+FFFD in the place of each byte that is no UTF-8.
func replaceInvalid(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// cutEscape returns what the escape that text begins with stands for, and the
// text behind it.
func cutEscape(text []byte) (r rune, rest []byte) {
	letter, rest := text[1], text[2:]
	switch letter {
	case 'b':
		return '\b', rest
	case 'f':
		return '\f', rest
	case 'n':
		return '\n', rest
	case 'r':
		return '\r', rest
	case 't':
		return '\t', rest
	case 'u':
		return cutUTF16(rest)
	}
	return rune(letter), rest // a quote, a backslash or a slash
}

// cutUTF16 is cutEscape for what follows a \u. A surrogate takes the next \u
// with it, if that is its other half.
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

// hex is the value of four digits.
func hex(digits []byte) rune {
	return hexDigit(digits[0])<<12 | hexDigit(digits[1])<<8 | hexDigit(digits[2])<<4 | hexDigit(digits[3])
}

// hexDigit is the value of one of either case: 0 to 9 have it in their low bits,
// and letters, which alone have bit 6, count there from 1.
func hexDigit(c byte) rune { return rune(c&0xf + c>>6*9) }
