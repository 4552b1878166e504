package django

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A QueryDict holds the parameters of a query string or form.
type QueryDict url.Values

// ParseQuery parses a query string or form. Invalid escapes stay as they are,
// where net/url drops the parameter.
func ParseQuery(query string) QueryDict { return parseQuery(query, "") }

// parseQuery takes a query that is not of the charset for Latin-1, as Django does.
func parseQuery(query string, c charset) QueryDict {
	values := url.Values{}
	if !c.isValid([]byte(query)) {
		query = latin1.decodeLenient([]byte(query))
	} else if c != "" {
		query = c.decodeLenient([]byte(query))
	}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		values.Add(unescape(name, c), unescape(value, c))
	}
	return QueryDict(values)
}

// Get returns the last value of a parameter, or an empty string.
func (q QueryDict) Get(name string) string {
	values := q[name]
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Form returns the last value of each parameter.
func (q QueryDict) Form() Form {
	f := make(Form, len(q))
	for name := range q {
		f[name] = q.Get(name)
	}
	return f
}

// unescape decodes the escapes in s. Like Python's unquote, it decodes the parts of s
// that are ASCII by the charset, if there is an escape.
func unescape(s string, c charset) string {
	s = strings.ReplaceAll(s, "+", " ")
	if !strings.Contains(s, "%") {
		return s
	}
	var all strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
		if end < 0 {
			end = len(s)
		}
		if end > 0 {
			all.WriteString(c.decodeLenient(unescapeBytes(s[:end])))
		}
		next := strings.IndexFunc(s[end:], func(r rune) bool { return r < utf8.RuneSelf })
		if next < 0 {
			next = len(s) - end
		}
		all.WriteString(s[end : end+next])
		s = s[end+next:]
	}
	return all.String()
}

// unescapeBytes returns s with its escapes replaced by their bytes.
func unescapeBytes(s string) (text []byte) {
	for i := 0; i < len(s); i++ {
		char := s[i]
		if char == '%' && i+2 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				char = byte(code)
				i += 2
			}
		}
		text = append(text, char)
	}
	return text
}
