package django

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// EncodeJSON encodes a value as Django REST Framework does: only quotes,
// backslashes and control characters are escaped.
func EncodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// An Item is a field of an object with a fixed order.
type Item struct {
	Name  string
	Value any // a string or an integer
}

// DumpJSON encodes an object as Python's json.dumps does by default: with spaces
// after separators, and in ASCII.
func DumpJSON(items ...Item) []byte {
	var b strings.Builder
	b.WriteByte('{')
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		dumpString(&b, item.Name)
		b.WriteString(": ")
		if text, ok := item.Value.(string); ok {
			dumpString(&b, text)
		} else {
			fmt.Fprint(&b, item.Value)
		}
	}
	b.WriteByte('}')
	return []byte(b.String())
}

func dumpString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		if i := strings.IndexRune("\"\\\n\r\t\b\f", r); i >= 0 {
			b.WriteByte('\\')
			b.WriteByte(`"\nrtbf`[i])
			continue
		}
		switch high, low := utf16.EncodeRune(r); {
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		}
	}
	b.WriteByte('"')
}
