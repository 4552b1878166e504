package client

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The limits on the work for a text that is made to be ambiguous.
const (
	mostMeanings     = 16
	longestCharacter = 64 // bytes
)

// spelledLength returns how much of the beginning of text spells secret, or 0. A
// character may be spelled as it is, percent-encoded, as quoted-printable, as an
// escape of JSON, Python or Go, or as an entity of HTML, once or repeatedly. A
// text that ends within the secret spells it, if it has enough of it.
func spelledLength(text, secret string, anyCase bool) int {
	if text[0] != secret[0] && !anyCase && strings.IndexByte(`%=\&+_`, text[0]) < 0 {
		return 0
	}
	if strings.HasPrefix(text, secret) {
		return len(secret)
	}
	// ends[n] are the positions in text that end spellings of secret[:n]: there are
	// several where a character has more than one meaning.
	ends := map[int][]int{0: {0}}
	for n := range len(secret) {
		for i := 0; i < len(ends[n]); i++ { // a line break adds to ends[n]
			at := ends[n][i]
			if at == len(text) {
				if n >= shortestRedacted {
					return len(text)
				}
				continue
			}
			for _, s := range spellings(text[at:min(len(text), at+longestCharacter)]) {
				next := n + len(s.meaning)
				if n == 0 && s.meaning == "" {
					continue // a line break before the secret
				}
				if s.matches(secret[n:], anyCase) && len(ends[next]) < mostMeanings && !slices.Contains(ends[next], at+s.length) {
					ends[next] = append(ends[next], at+s.length)
				}
			}
		}
		delete(ends, n)
		if len(ends) == 0 {
			return 0
		}
	}
	longest := 0
	for _, end := range ends[len(secret)] {
		longest = max(longest, end)
	}
	return longest
}

// spelling is a way to read the beginning of a text: its first length bytes mean
// meaning.
type spelling struct {
	meaning string
	length  int
}

func (s spelling) matches(secret string, anyCase bool) bool {
	if anyCase && len(s.meaning) <= len(secret) {
		return strings.EqualFold(s.meaning, secret[:len(s.meaning)])
	}
	return strings.HasPrefix(secret, s.meaning)
}

// spellings returns the ways to read the beginning of a text that is not empty.
func spellings(text string) []spelling {
	all := []spelling{{text[:1], 1}}
	add := func(meaning string, length int) { all = append(all, spelling{meaning, length}) }
	switch text[0] {
	case '+', '_':
		add(" ", 1)
	case '%':
		for digits := 1; ; digits += 2 { // 25 is a percent sign that was encoded itself
			if b, ok := hexByte(text[digits:]); ok {
				add(string([]byte{b}), digits+2)
			}
			if !strings.HasPrefix(text[digits:], "25") {
				break
			}
		}
	case '=':
		if b, ok := hexByte(text[1:]); ok {
			add(string([]byte{b}), 3)
		}
		for _, lineBreak := range []string{"\r\n", "\n"} {
			if strings.HasPrefix(text[1:], lineBreak) {
				add("", 1+len(lineBreak))
			}
		}
	case '&':
		const longestName = 10
		for name := 1; ; name += len("amp;") { // amp; is an ampersand that was escaped itself
			if end := strings.IndexByte(text[name:min(len(text), name+longestName)], ';'); end > 0 {
				entity := "&" + text[name:name+end+1]
				if meaning := html.UnescapeString(entity); meaning != entity {
					add(meaning, name+end+1)
				}
			}
			if !strings.HasPrefix(text[name:], "amp;") {
				break
			}
		}
	case '\\':
		slashes := len(text) - len(strings.TrimLeft(text, `\`))
		for n := 2; n <= slashes; n *= 2 {
			add(`\`, n)
		}
		if meaning, length := unescape(text[slashes:]); length > 0 {
			add(meaning, slashes+length)
		}
	}
	return all
}

// unescape returns what follows a backslash, and the length of it.
func unescape(text string) (meaning string, length int) {
	if text == "" {
		return "", 0
	}
	if i := strings.IndexByte(`"'/ntrbfav`, text[0]); i >= 0 {
		return "\"'/\n\t\r\b\f\a\v"[i : i+1], 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[0]]
	code, ok := hexNumber(text[1:], digits)
	switch {
	case !ok:
		return "", 0
	case digits == 2:
		return string([]byte{byte(code)}), 3 //nolint:gosec // two digits fit
	case !utf16.IsSurrogate(code):
		return string(code), 1 + digits
	}
	rest := text[1+digits:]
	low := strings.TrimLeft(rest, `\`)
	if !strings.HasPrefix(low, "u") || len(low) == len(rest) {
		return "", 0
	}
	second, ok := hexNumber(low[1:], 4)
	both := utf16.DecodeRune(code, second)
	if !ok || both == utf8.RuneError {
		return "", 0
	}
	return string(both), len(text) - len(low) + 5
}

func hexByte(text string) (byte, bool) {
	n, ok := hexNumber(text, 2)
	return byte(n), ok //nolint:gosec // two digits fit
}

// hexNumber parses the first digits of text.
func hexNumber(text string, digits int) (rune, bool) {
	if digits == 0 || len(text) < digits {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:digits], 16, 31)
	return rune(n), err == nil
}
