package django

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDigits is the maximum number of digits of an integer in Python.
const maxDigits = 4300

func (d *jsonDecoder) number() (any, error) {
	rest := d.text[d.at:]
	digits := func(from int) int {
		for from < len(rest) && rest[from] >= '0' && rest[from] <= '9' {
			from++
		}
		return from
	}
	start := 0
	if strings.HasPrefix(rest, "-") {
		start = 1
	}
	end := digits(start)
	if end > start && rest[start] == '0' {
		end = start + 1
	}
	if end == start {
		return nil, d.fail("Expecting value", d.at)
	}
	whole := end
	if end < len(rest) && rest[end] == '.' && digits(end+1) > end+1 {
		end = digits(end + 1)
	}
	if end < len(rest) && (rest[end] == 'e' || rest[end] == 'E') {
		exponent := end + 1
		if exponent < len(rest) && (rest[exponent] == '+' || rest[exponent] == '-') {
			exponent++
		}
		if digits(exponent) > exponent {
			end = digits(exponent)
		}
	}
	d.at += end
	switch text := rest[:end]; {
	case end > whole:
		f, _ := strconv.ParseFloat(text, 64) // infinite if it is too large, as in Python
		return f, nil
	case whole-start > maxDigits:
		return nil, fmt.Errorf("Exceeds the limit (%d digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit", maxDigits, whole-start) //nolint:staticcheck // Python's own words
	case text == "-0":
		return Integer("0"), nil
	default:
		return Integer(text), nil
	}
}

func (d *jsonDecoder) string() (string, error) {
	begin := d.at
	var b strings.Builder
	for at := begin + 1; at < len(d.text); {
		switch c := d.text[at]; {
		case c == '"':
			d.at = at + 1
			return b.String(), nil
		case c < ' ':
			return "", d.fail("Invalid control character at", at)
		case c != '\\':
			b.WriteByte(c)
			at++
		default:
			var err error
			if at, err = d.escape(&b, begin, at); err != nil {
				return "", err
			}
		}
	}
	return "", d.fail("Unterminated string starting at", begin)
}

// escape decodes the escape at a position and returns the position after it. A
// lone surrogate is encoded as three bytes, like any character of its size.
func (d *jsonDecoder) escape(b *strings.Builder, begin, at int) (int, error) {
	if at+1 >= len(d.text) {
		return 0, d.fail("Unterminated string starting at", begin)
	}
	c := d.text[at+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		return at + 2, nil
	}
	if c != 'u' {
		return 0, d.fail("Invalid \\escape", at)
	}
	unit, ok := d.hexEscape(at)
	if !ok {
		return 0, d.fail("Invalid \\uXXXX escape", at+1)
	}
	at += len(`\u0000`)
	if utf16.IsSurrogate(unit) {
		if low, ok := d.hexEscape(at); ok {
			if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
				b.WriteRune(r)
				return at + len(`\u0000`), nil
			}
		}
		b.Write([]byte{0xed, 0x80 | byte(unit>>6&0x3f), 0x80 | byte(unit&0x3f)})
		return at, nil
	}
	b.WriteRune(unit)
	return at, nil
}

// hexEscape decodes the \uXXXX escape at a position. Like Python's, it requires that
// something follows.
func (d *jsonDecoder) hexEscape(at int) (rune, bool) {
	const length = len(`\u0000`)
	if at+length >= len(d.text) || d.text[at:at+2] != `\u` {
		return 0, false
	}
	unit, err := strconv.ParseUint(d.text[at+2:at+length], 16, 16)
	return rune(unit), err == nil
}
