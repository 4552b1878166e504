package django

import (
	"net/url"
	"strconv"
	"strings"
)

// A QueryDict holds the parameters of a query string or form.
type QueryDict url.Values

// ParseQuery parses a query string or form. Invalid escapes stay as they are,
// where net/url drops the parameter.
func ParseQuery(query string) QueryDict { return parseQuery(query, "") }

func parseQuery(query string, c charset) QueryDict {
	values := url.Values{}
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

func unescape(s string, c charset) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		char := s[i]
		if char == '+' {
			char = ' '
		} else if char == '%' && i+2 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				char = byte(code)
				i += 2
			}
		}
		b.WriteByte(char)
	}
	return c.decodeLenient([]byte(b.String()))
}
