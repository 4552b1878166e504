package django

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ReplaceInvalidUTF8 returns s with U+FFFD in place of each byte that starts no
// character, and of each character that is incomplete.
func ReplaceInvalidUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	text := []byte(s)
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			size = invalidSize(text[at:])
		}
		b.WriteRune(r)
		at += size
	}
	return b.String()
}

// invalidSize returns the number of bytes of the invalid character with which text
// begins.
func invalidSize(text []byte) int {
	if !isLead(text[0]) {
		return 1
	}
	size := 1
	for size < len(text) && !utf8.FullRune(text[:size+1]) {
		size++
	}
	return size
}

// isLead reports whether a byte can start a character of several bytes.
func isLead(b byte) bool { return b >= 0xc2 && b <= 0xf4 }

// trimIncomplete removes an incomplete character at the end, for whose rest
// Python's incremental decoder waits.
func trimIncomplete(text []byte) []byte {
	for i := max(0, len(text)-utf8.UTFMax); i < len(text); i++ {
		if utf8.RuneStart(text[i]) && !utf8.FullRune(text[i:]) {
			return text[:i]
		}
	}
	return text
}

// checkUTF8 returns Python's UnicodeDecodeError about the first invalid bytes.
func checkUTF8(text []byte) error {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r != utf8.RuneError || size > 1 {
			at += size
			continue
		}
		if lead := text[at]; !isLead(lead) {
			return fmt.Errorf("'utf-8' codec can't decode byte 0x%02x in position %d: invalid start byte", lead, at)
		}
		end := at + invalidSize(text[at:])
		where := fmt.Sprintf("byte 0x%02x in position %d", text[at], at)
		if end > at+1 {
			where = fmt.Sprintf("bytes in position %d-%d", at, end-1)
		}
		return fmt.Errorf("'utf-8' codec can't decode %s: invalid continuation byte", where)
	}
	return nil
}

// surrogate returns the first lone surrogate in s, 0 if there is none. [DecodeJSON]
// encodes it as three bytes, which are not valid UTF-8.
func surrogate(s string) rune {
	for i, r := range s {
		if r == utf8.RuneError && i+2 < len(s) && s[i] == 0xed && s[i+1] >= 0xa0 {
			return 0xd000 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f)
		}
	}
	return 0
}
