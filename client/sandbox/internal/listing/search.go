package listing

import (
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// search returns the rows in which each word of a search occurs in one of the
// texts, in upper or lower case.
func (l *Listing[R]) search(rows []R, search string) []R {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(search, "\x00", "")), func(r rune) bool { return r == ',' || django.IsSpace(r) })
	if len(words) == 0 || len(l.Search) == 0 {
		return rows
	}
	texts := make([]string, len(l.Search))
	return Select(rows, func(row R) bool {
		for i, get := range l.Search {
			texts[i] = strings.ToLower(get(row))
		}
		for _, word := range words {
			if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, word) }) {
				return false
			}
		}
		return true
	})
}
