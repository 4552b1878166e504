package django

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
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
	latin9      charset = "iso8859-15"
	cp1252      charset = "cp1252"
	utf8WithBOM charset = "utf-8-sig"
	utf16Native charset = "utf-16"
	utf16Little charset = "utf-16-le"
	utf16Big    charset = "utf-16-be"
)

// charsets are the known charsets by the names that Python's codecs have for them.
var charsets = map[string]charset{
	"ascii": ascii, "us_ascii": ascii, "us": ascii, "646": ascii, "iso646_us": ascii,
	"latin_1": latin1, "latin1": latin1, "latin": latin1, "l1": latin1, "8859": latin1, "cp819": latin1,
	"iso_8859_1": latin1, "iso8859_1": latin1, "iso8859": latin1,
	"iso_8859_15": latin9, "iso8859_15": latin9, "latin9": latin9, "l9": latin9,
	"cp1252": cp1252, "windows_1252": cp1252, "1252": cp1252,
	"utf_8_sig": utf8WithBOM,
	"utf_16":    utf16Native, "utf16": utf16Native, "u16": utf16Native,
	"utf_16_le": utf16Little, "utf_16le": utf16Little, "utf_16_be": utf16Big, "utf_16be": utf16Big,
}

// charsetOf returns the charset of a Content-Type header. Unknown ones are UTF-8, as
// in Django, and so are codecs of Python that the sandbox lacks.
func charsetOf(parameters map[string]string) charset {
	words := strings.FieldsFunc(strings.ToLower(parameters["charset"]), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.'
	})
	return charsets[strings.Join(words, "_")]
}

// decode decodes text strictly, with Python's error messages. Lone surrogates stay as
// they are.
func (c charset) decode(v Version, text []byte) ([]byte, error) {
	switch c {
	case ascii:
		for i, b := range text {
			if b >= utf8.RuneSelf {
				return nil, fmt.Errorf("'ascii' codec can't decode byte 0x%02x in position %d: ordinal not in range(128)", b, i)
			}
		}
		return text, nil
	case cp1252:
		for i, b := range text {
			if runeOf1252(b) == utf8.RuneError {
				return nil, fmt.Errorf("'charmap' codec can't decode byte 0x%02x in position %d: character maps to <undefined>", b, i)
			}
		}
		return []byte(c.decodeLenient(text)), nil
	case latin1, latin9:
		return []byte(c.decodeLenient(text)), nil
	case utf16Native, utf16Little, utf16Big:
		return c.decodeUTF16(v, text)
	case utf8WithBOM:
		text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	}
	return text, checkUTF8(text)
}

// isValid reports whether text is of the charset.
func (c charset) isValid(text []byte) bool {
	if c == utf16Native || c == utf16Little || c == utf16Big {
		return len(text)%2 == 0 && !slices.Contains(utf16.Decode(c.utf16Units(text)), utf8.RuneError)
	}
	_, err := c.decode(Django52, text)
	return err == nil
}

// decodeLenient decodes text with replacements for invalid bytes.
func (c charset) decodeLenient(text []byte) string {
	switch c {
	case ascii:
		return decodeBytes(text, func(b byte) rune {
			if b >= utf8.RuneSelf {
				return utf8.RuneError
			}
			return rune(b)
		})
	case latin1:
		return decodeBytes(text, func(b byte) rune { return rune(b) })
	case latin9:
		return decodeBytes(text, runeOfLatin9)
	case cp1252:
		return decodeBytes(text, runeOf1252)
	case utf16Native, utf16Little, utf16Big:
		decoded := string(utf16.Decode(c.utf16Units(text)))
		if len(text)%2 != 0 {
			decoded += string(utf8.RuneError)
		}
		return decoded
	case utf8WithBOM:
		text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	}
	return ReplaceInvalidUTF8(string(text))
}

// decodeBytes decodes text of which each byte is a character.
func decodeBytes(text []byte, decode func(byte) rune) string {
	runes := make([]rune, len(text))
	for i, b := range text {
		runes[i] = decode(b)
	}
	return string(runes)
}

// runeOfLatin9 decodes a byte of ISO 8859-15.
func runeOfLatin9(b byte) rune {
	if i := strings.IndexByte("\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe", b); i >= 0 {
		return []rune("€ŠšŽžŒœŸ")[i]
	}
	return rune(b)
}

// runeOf1252 decodes a byte of Windows-1252, which lacks some.
func runeOf1252(b byte) rune {
	const first, last = 0x80, 0x9f
	if b < first || b > last {
		return rune(b)
	}
	return []rune("€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ")[b-first]
}

// decodeUTF16 decodes UTF-16 strictly. Like Python's stream readers, it requires a byte
// order mark where the charset doesn't say the byte order, and ignores half a unit at
// the end.
func (c charset) decodeUTF16(v Version, text []byte) ([]byte, error) {
	switch {
	case c != utf16Native || hasBOM(text):
	case v >= Django42:
		return nil, errors.New("'utf-16' codec can't decode bytes in position 0-1: Stream does not start with BOM")
	default:
		return nil, errors.New("UTF-16 stream does not start with BOM")
	}
	return []byte(string(utf16.Decode(c.utf16Units(text)))), nil
}

// utf16Units returns the units of UTF-16 without a byte order mark. Without a mark, it
// is little-endian.
func (c charset) utf16Units(text []byte) (units []uint16) {
	var order binary.ByteOrder = binary.LittleEndian
	if c == utf16Big || c == utf16Native && strings.HasPrefix(string(text), "\xfe\xff") {
		order = binary.BigEndian
	}
	if c == utf16Native && hasBOM(text) {
		text = text[2:]
	}
	for ; len(text) > 1; text = text[2:] {
		units = append(units, order.Uint16(text))
	}
	return units
}

func hasBOM(text []byte) bool {
	return strings.HasPrefix(string(text), "\xfe\xff") || strings.HasPrefix(string(text), "\xff\xfe")
}
