package client

import "strings"

// sameUUID reports whether two texts are equal, or are the same UUID as the
// service parses it: in upper or lower case, with or without hyphens, braces and
// the prefix "urn:uuid:".
func sameUUID(a, b string) bool { return canonicalUUID(a) == canonicalUUID(b) }

// canonicalUUID returns a UUID's digits, or any other text without the spaces
// around it.
func canonicalUUID(text string) string {
	text = strings.TrimSpace(text)
	digits := strings.NewReplacer("urn:", "", "uuid:", "").Replace(strings.ToLower(text))
	digits = strings.ReplaceAll(strings.Trim(digits, "{}"), "-", "")
	if len(digits) == 32 && strings.Trim(digits, "0123456789abcdef") == "" {
		return digits
	}
	return text
}
