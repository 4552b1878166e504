package sandbox

import (
	"slices"
	"strings"
)

// searchWords are the words of the parameter search.
func searchWords(c *call) []string {
	text := last(c.query, "search")
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "\x00", "")), func(r rune) bool { return r == ',' || isSpace(r) })
}

// containsAll reports whether each word is in one of the texts.
func containsAll(texts, words []string) bool {
	for _, word := range words {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), word) }) {
			return false
		}
	}
	return true
}
