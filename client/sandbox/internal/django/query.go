package django

import (
	"net/url"
	"strconv"
	"strings"
)

// parseQuery reads a query or a form as Python does: what is not encoded well
// is taken as it stands, where net/url drops it.
func ParseQuery(query string) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		values.Add(unescape(name), unescape(value))
	}
	return values
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			c = ' '
		} else if c == '%' && i+2 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c = byte(code)
				i += 2
			}
		}
		b.WriteByte(c)
	}
	return ReplaceInvalidUTF8(b.String())
}

// last is the value of a parameter that counts, which is the last; empty if
// there is none.
func Last(values url.Values, name string) string {
	all := values[name]
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}
