package django

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A charset decodes the bytes of a body as one of Python's codecs. The zero charset is
// UTF-8.
type charset string

const (
	ascii       charset = "ascii"
	latin1      charset = "latin-1"
	utf8WithBOM charset = "utf-8-sig"
	utf16Native charset = "utf-16"
)

// charsets are the known charsets by the names that Python's codecs have for them.
var charsets = map[string]charset{
	"ascii": ascii, "us-ascii": ascii, "646": ascii,
	"latin-1": latin1, "latin1": latin1, "latin": latin1, "l1": latin1, "iso-8859-1": latin1, "iso8859-1": latin1, "8859": latin1, "cp819": latin1,
	"utf-8-sig": utf8WithBOM,
	"utf-16":    utf16Native, "utf16": utf16Native, "u16": utf16Native,
}

// charsetOf returns the charset of a Content-Type header. Unknown ones are UTF-8, as
// in Django, and so are codecs of Python that the sandbox lacks.
func charsetOf(parameters map[string]string) charset {
	return charsets[strings.ReplaceAll(strings.ToLower(parameters["charset"]), "_", "-")]
}

// decode decodes text strictly, with Python's error messages. Lone surrogates stay as
// they are.
func (c charset) decode(text []byte) ([]byte, error) {
	switch c {
	case ascii:
		for i, b := range text {
			if b >= utf8.RuneSelf {
				return nil, fmt.Errorf("'ascii' codec can't decode byte 0x%02x in position %d: ordinal not in range(128)", b, i)
			}
		}
		return text, nil
	case latin1, utf16Native:
		return []byte(c.decodeLenient(text)), nil
	case utf8WithBOM:
		text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	}
	text = trimIncomplete(text)
	return text, checkUTF8(text)
}

// decodeLenient decodes text with replacements for invalid bytes.
func (c charset) decodeLenient(text []byte) string {
	switch c {
	case latin1:
		runes := make([]rune, len(text))
		for i, b := range text {
			runes[i] = rune(b)
		}
		return string(runes)
	case utf16Native:
		return decodeUTF16(text)
	case utf8WithBOM:
		return ReplaceInvalidUTF8(strings.TrimPrefix(string(text), "\ufeff"))
	case ascii:
		return strings.Map(func(r rune) rune {
			if r >= utf8.RuneSelf {
				return utf8.RuneError
			}
			return r
		}, latin1.decodeLenient(text))
	}
	return ReplaceInvalidUTF8(string(text))
}

// decodeUTF16 decodes UTF-16 in the byte order of its byte order mark, little-endian
// if there is none.
func decodeUTF16(text []byte) string {
	low, high := 0, 1
	if strings.HasPrefix(string(text), "\xfe\xff") {
		low, high = 1, 0
	}
	var units []uint16
	for ; len(text) > 1; text = text[2:] {
		units = append(units, uint16(text[high])<<8|uint16(text[low]))
	}
	decoded := string(utf16.Decode(units))
	if len(text) > 0 {
		decoded += "\ufffd"
	}
	return strings.TrimPrefix(decoded, "\ufeff")
}
