package django

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The values of a request's body are those of Python's json module: nil, bool,
// Integer, float64, string, []any and Dict. A Form takes the place of a Dict, and
// may have uploaded files.
type (
	// Integer is an integer of any size, formatted as in Python.
	Integer string
	// Dict is an object.
	Dict         map[string]any
	uploadedFile string // the file's name
)

// TypeName returns the name of v's type in Python.
func TypeName(v any) string {
	switch v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case Integer:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case []any:
		return "list"
	case Dict:
		return "dict"
	default:
		return "InMemoryUploadedFile"
	}
}

// Str returns str(v).
func Str(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return repr(v)
}

// repr returns repr(v), except that the keys of a Dict are sorted.
func repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case Integer:
		return string(v)
	case float64:
		return floatRepr(v)
	case string:
		return stringRepr(v)
	case uploadedFile:
		return string(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = repr(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case Dict:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, stringRepr(name)+": "+repr(v[name]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return "<" + TypeName(v) + ">"
	}
}

func floatRepr(f float64) string {
	shortest := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, ok := strings.Cut(shortest, "e")
	if !ok { // an infinity
		return strings.ToLower(strings.TrimPrefix(shortest, "+"))
	}
	if n, err := strconv.Atoi(exponent); err == nil && (n < -4 || n >= 16) {
		return mantissa + "e" + exponent
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func stringRepr(s string) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

// IsSpace reports whether r is white space in Python.
func IsSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// Strip returns s.strip().
func Strip(s string) string { return strings.TrimFunc(s, IsSpace) }

// ParseInt returns int(s). It returns false if s is not an integer or needs more
// than 64 bits.
func ParseInt(s string) (int64, bool) {
	text, ok := integerText(s)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// ParsePrimaryKey returns int(s) as an id, which is 0 if it needs more than 64 bits. It
// returns false if s is not an integer.
func ParsePrimaryKey(s string) (int64, bool) {
	text, ok := integerText(s)
	if !ok || len(text) > maxDigits {
		return 0, false
	}
	id, fits := ParseInt(s)
	if !fits {
		id = 0
	}
	return id, true
}

// integerText returns the sign and ASCII digits of an integer as int(s) reads it: with
// white space at both ends, digits of any script, and single underscores between
// them. It returns false if s is not an integer.
func integerText(s string) (string, bool) {
	s = trimInteger(s)
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	if len(s)-len(digits) > 1 || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return "", false
	}
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' || r == '_' }
	if digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return !isDigit(r) }) {
		return "", false
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// DecimalText returns str(int(digits)) for decimal digits of any script.
func DecimalText(digits string) string {
	return cmp.Or(strings.TrimLeft(asciiDigits(digits), "0"), "0")
}

// trimInteger removes the white space at both ends of s as int(s) does, which is less
// than [Strip] removes, and replaces digits of other scripts.
func trimInteger(s string) string { return strings.TrimSpace(asciiDigits(s)) }

// asciiDigits replaces the decimal digits of other scripts.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.IsDigit(r) {
			return r
		}
		return '0' + digitValue(r)
	}, s)
}

// digitValue returns the value of a decimal digit. In Unicode, the digits of a script
// follow each other from 0 to 9, so the value is the number of digits before it in
// its block.
func digitValue(r rune) rune {
	const base = 10
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return (r - zero) % base
}
