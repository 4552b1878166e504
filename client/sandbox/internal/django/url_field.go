package django

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
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

// urlPattern is the regular expression of Django's URLValidator, without its
// lookarounds.
var urlPattern = regexp.MustCompile(`(?i)^[a-z0-9.+-]*://` +
	`(?:[^\s\p{Z}:@/]+(?::[^\s\p{Z}:@/]*)?@)?` +
	`((?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)(?:\.(?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)){3}` +
	`|\[([0-9a-f:.]+)\]` +
	`|(?:` + urlLabel + `\.)+(?:` + urlTopLevel + `)\.?|localhost)` +
	`(?::(\d{1,5}))?` +
	`(?:[/?#][^\s\p{Z}]*)?$`)

const (
	urlLetters  = `a-z\x{00a1}-\x{10ffff}`
	urlLabel    = `[` + urlLetters + `0-9](?:[` + urlLetters + `0-9-]{0,61}[` + urlLetters + `0-9])?`
	urlTopLevel = `[` + urlLetters + `][` + urlLetters + `-]{0,61}[` + urlLetters + `]|xn--(?:[a-z0-9-]{0,58}[a-z0-9])`
)

// validateURL returns the error message of Django's URLValidator, or an empty
// string.
func validateURL(v Version, address string) string {
	scheme, _, _ := strings.Cut(address, "://")
	if !slices.Contains([]string{"http", "https", "ftp", "ftps"}, strings.ToLower(scheme)) {
		return invalidURL
	}
	if len(address) > maxURL {
		return invalidURL
	}
	parts := urlPattern.FindStringSubmatch(address)
	switch {
	case parts == nil, len(parts[1]) > maxHostName:
		return invalidURL
	case v == Django32 && len(parts[3]) == 1: // a port has two digits at least
		return invalidURL
	case v >= Django52 && strings.ContainsFunc(parts[1], func(r rune) bool { return r > 0xffff }): // not in a host name
		return invalidURL
	}
	if literal := parts[2]; literal != "" {
		if ip, err := netip.ParseAddr(literal); err != nil || !ip.Is6() {
			return invalidURL
		}
	}
	return ""
}
