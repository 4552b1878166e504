package crontab

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The API's messages contain values as Python prints and classifies them.

// superscripts are the ranges of characters that Python's str.isdigit accepts, but
// its int does not: superscripts, subscripts, and digits in circles and the like.
var superscripts = [][2]rune{
	{0xb2, 0xb3},
	{0xb9, 0xb9},
	{0x1369, 0x1371},
	{0x19da, 0x19da},
	{0x2070, 0x2070},
	{0x2074, 0x2079},
	{0x2080, 0x2089},
	{0x2460, 0x2468},
	{0x2474, 0x247c},
	{0x2488, 0x2490},
	{0x24ea, 0x24ea},
	{0x24f5, 0x24fd},
	{0x24ff, 0x24ff},
	{0x2776, 0x277e},
	{0x2780, 0x2788},
	{0x278a, 0x2792},
	{0x10a40, 0x10a43},
	{0x10e60, 0x10e68},
	{0x11052, 0x1105a},
	{0x1f100, 0x1f10a},
}

// isPythonDigits reports whether Python's str.isdigit is true for word.
func isPythonDigits(word string) bool {
	for _, r := range word {
		isSuperscript := func(group [2]rune) bool { return group[0] <= r && r <= group[1] }
		if !unicode.IsDigit(r) && !slices.ContainsFunc(superscripts, isSuperscript) {
			return false
		}
	}
	return word != ""
}

// pythonRepr returns a string as Python's repr.
func pythonRepr(text string) string {
	quote := '\''
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range text {
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
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}
