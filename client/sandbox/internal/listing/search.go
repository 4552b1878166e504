package listing

import (
	"regexp"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// search returns the rows in which each term of a search occurs in one of the
// texts, in upper or lower case; or the response to an invalid search.
func (l *Listing[R]) search(rows []R, v django.Version, search string) ([]R, *django.Response) {
	if len(l.Search) == 0 {
		return rows, nil
	}
	if strings.Contains(search, "\x00") && v >= django.Django42 {
		return nil, django.BadRequest(django.NewErrors(nullCharacters))
	}
	terms := searchTerms(v, strings.ToLower(search))
	if len(terms) == 0 {
		return rows, nil
	}
	texts := make([]string, len(l.Search))
	return Select(rows, func(row R) bool {
		for i, get := range l.Search {
			texts[i] = strings.ToLower(get(row))
		}
		for _, term := range terms {
			if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, term) }) {
				return false
			}
		}
		return true
	}), nil
}

// quotedTerms matches the words of a search, in which quoted parts may have spaces.
var quotedTerms = regexp.MustCompile(`(?:[^\s\p{Z}\x1c-\x1f\x85\x0b'"]*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[^\s\p{Z}\x1c-\x1f\x85\x0b'"]*)+|[^\s\p{Z}\x1c-\x1f\x85\x0b]+`)

// searchTerms splits a search into words. In newer versions, quotes keep words
// together.
func searchTerms(v django.Version, search string) (terms []string) {
	if v < django.Django42 {
		search = strings.ReplaceAll(search, "\x00", "")
		return strings.FieldsFunc(search, func(r rune) bool { return r == ',' || django.IsSpace(r) })
	}
	for _, term := range quotedTerms.FindAllString(search, -1) {
		term = strings.Trim(term, ",")
		if quote := term[:min(1, len(term))]; (quote == `"` || quote == "'") && strings.HasSuffix(term, quote) {
			term = term[1:max(1, len(term)-1)]
			terms = append(terms, strings.NewReplacer(`\`+quote, quote, `\\`, `\`).Replace(term))
			continue
		}
		for part := range strings.SplitSeq(term, ",") {
			if part != "" {
				terms = append(terms, django.Strip(part))
			}
		}
	}
	return terms
}
