package django

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxURL      = 2048 // characters
	maxHostName = 253  // characters
	invalidURL  = "Enter a valid URL."
)

// URLField is a [CharField] with a URL.
func URLField[T any](name string, rules CharRules, at func(*T) *string) Field[T] {
	rules.invalidMessage, rules.validateLast = invalidURL, validateURL
	return CharField(name, rules, at)
}

// The regular expressions of Django's URLValidator, without their lookarounds.
var (
	urlPattern   = regexp.MustCompile(urlPatternOf(`[0-9]`, `[0-9]{1,5}`))
	urlPattern32 = regexp.MustCompile(urlPatternOf(`\p{Nd}`, `\p{Nd}{2,5}`))
)

// urlPatternOf returns the regular expression with those of a digit and of a port.
func urlPatternOf(digit, port string) string {
	const (
		space    = `\t-\r\x1c-\x1f\x{85}\p{Z}` // as in Python
		letters  = `a-z\x{00a1}-\x{ffff}`
		label    = `[` + letters + `0-9](?:[` + letters + `0-9-]{0,61}[` + letters + `0-9])?`
		topLevel = `[` + letters + `][` + letters + `-]{0,61}[` + letters + `]|xn--[a-z0-9]{1,59}`
	)
	octet := `(?:0|25[0-5]|2[0-4]` + digit + `|1` + digit + `?` + digit + `?|[1-9]` + digit + `?)`
	return `(?i)^[a-z0-9.+-]*://` +
		`(?:[^` + space + `:@/]+(?::[^` + space + `:@/]*)?@)?` +
		`(?:` + octet + `(?:\.` + octet + `){3}|\[[0-9a-f:.]+\]|(?:` + label + `\.)+(?:` + topLevel + `)\.?|localhost)` +
		`(?::` + port + `)?` +
		`(?:[/?#][^` + space + `]*)?$`
}

// expandsToDelimiter has the characters whose compatibility decomposition has a
// delimiter of URLs. Python refuses them in the authority.
const expandsToDelimiter = "\u2047\u2048\u2049\u2100\u2101\u2105\u2106\u2a74\ufe13\ufe16\ufe55\ufe56\ufe5f\ufe6b\uff03\uff0f\uff1a\uff1f\uff20"

// validateURL returns the error message of Django's URLValidator, or an empty
// string.
func validateURL(v Version, address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	switch {
	case !slices.Contains([]string{"http", "https", "ftp", "ftps"}, strings.ToLower(scheme)),
		utf8.RuneCountInString(address) > maxURL,
		utf8.RuneCountInString(hostName(authority)) > maxHostName,
		strings.ContainsAny(authority, expandsToDelimiter),
		strings.ContainsAny(authority, "[]") && !hasIPv6Literal(authority),
		!matchesURLPattern(v, scheme, authority, rest[len(authority):]):
		return invalidURL
	}
	return ""
}

// matchesURLPattern reports whether a URL matches the regular expression. Before
// version 5.2, the authority may be converted to ASCII for that.
func matchesURLPattern(v Version, scheme, authority, resource string) bool {
	pattern := urlPattern
	if v == Django32 {
		pattern = urlPattern32
	}
	if pattern.MatchString(scheme + "://" + authority + resource) {
		return true
	}
	ascii, ok := domainToASCII(authority)
	return ok && v < Django52 && pattern.MatchString(scheme+"://"+ascii+resource)
}

// hostName returns an authority without its user information and port.
func hostName(authority string) string {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	if strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host[1:], "]")
		return host
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

func hasIPv6Literal(authority string) bool {
	ip, err := netip.ParseAddr(hostName(authority))
	return err == nil && ip.Is6()
}
