// Package secretname tells names of secrets from other names.
package secretname

import (
	"slices"
	"strings"
	"unicode"
)

// secretWords are words of names that hold secrets. Headers authenticate, among
// other things.
var secretWords = []string{
	"secret", "secrets", "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "token", "tokens",
	"credential", "credentials", "auth", "authorization", "authentication", "bearer", "jwt", "cookie", "cookies",
	"apikey", "apikeys", "header", "headers", "otp",
}

// secretKeys are words before key that make it a secret; others, as in
// platform_key, don't.
var secretKeys = []string{"api", "access", "private", "secret", "signing", "encryption", "ssh", "service", "master", "shared", "subscription"}

// Is reports whether name, in any spelling, has a word that secrets have in their
// names.
func Is(name string) bool {
	words := wordsOf(name)
	for i, word := range words {
		isKey := i > 0 && (word == "key" || word == "keys") && slices.Contains(secretKeys, words[i-1])
		if isKey || slices.Contains(secretWords, word) {
			return true
		}
	}
	return false
}

// wordsOf returns the words of a name in any spelling, in lower case.
func wordsOf(name string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteRune(' ')
		}
		spaced.WriteRune(unicode.ToLower(r))
		before = r
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
