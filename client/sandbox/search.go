package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// searchWords are the words of the parameter search.
func searchWords(c *call) []string {
	text := c.query.Get("search")
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "\x00", "")), func(r rune) bool { return r == ',' || django.IsSpace(r) })
}

// A word is what is looked for, whatever the case of its letters.
type word struct {
	lower   string
	isASCII bool
	rarest  int      // where the letter is that texts have least
	cases   string   // of that letter
	foreign []string // letters beyond ASCII whose lower case is in the word
}

// frequentLetters are the more frequent the later they come. All other characters
// count as rarer.
const frequentLetters = "zqjxkvbpygfwmucldrhsnioate"

func newWord(lower string) *word {
	w := &word{lower: lower, isASCII: true}
	least := len(frequentLetters)
	for i := range len(lower) {
		w.isASCII = w.isASCII && lower[i] < utf8.RuneSelf
		if frequency := strings.IndexByte(frequentLetters, lower[i]); frequency < least {
			w.rarest, least = i, frequency
		}
	}
	rarest := lower[w.rarest : w.rarest+1]
	w.cases = rarest
	if upper := strings.ToUpper(rarest); upper != rarest {
		w.cases += upper
	}
	for _, letter := range []string{"\u212a", "\u0130"} { // the kelvin sign, and I with a dot
		if strings.Contains(lower, strings.ToLower(letter)) {
			w.foreign = append(w.foreign, letter)
		}
	}
	return w
}

// isIn reports whether strings.ToLower(text) contains the word. It makes no such
// copy of the text for words in ASCII.
func (w *word) isIn(text string) bool {
	if !w.isASCII || slices.ContainsFunc(w.foreign, func(letter string) bool { return strings.Contains(text, letter) }) {
		return strings.Contains(strings.ToLower(text), w.lower)
	}
	for i := range len(w.cases) {
		if w.isSpelled(text, w.cases[i]) {
			return true
		}
	}
	return false
}

// isSpelled reports whether the word is in text with this case of its rarest
// letter.
func (w *word) isSpelled(text string, letter byte) bool {
	before, behind := w.rarest, len(w.lower)-w.rarest
	for at := before; at+behind <= len(text); at++ {
		next := strings.IndexByte(text[at:len(text)-behind+1], letter)
		if next < 0 {
			return false
		}
		at += next
		if startsWith(text[at-before:], w.lower) {
			return true
		}
	}
	return false
}

// startsWith reports whether text, which is long enough, starts with a word in
// ASCII in any case.
func startsWith(text, lower string) bool {
	for i := range len(lower) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
