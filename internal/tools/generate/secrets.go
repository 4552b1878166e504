package main

import (
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
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
var secretKeys = []string{"api", "access", "private", "secret", "signing", "encryption", "ssh", "service", "master", "shared"}

// isSecretName reports whether a name looks like that of a secret, by its words.
func isSecretName(name string) bool {
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

// checkSecret refuses a property that looks like a secret and isn't one. A
// boolean can't be.
func (d *document) checkSecret(place, name string, s *openapi3.SchemaRef) {
	of := kindOf(s)
	if of == list {
		of = kindOf(s.Value.Items)
	}
	if of == secret || of == truth || !isSecretName(name) || marks(s)["x-not-secret"] == true {
		return
	}
	d.refuse(place, "it looks like a secret: in internal/codegen/overlay.yaml, set x-go-type to api.Secret, or x-not-secret to true")
}

// knownMarks are the extensions that this program and oapi-codegen know.
var knownMarks = []string{
	"x-order", "x-operation-id", "x-method", "x-params-as-arguments", "x-read-as", "x-read-and-written", "x-not-secret", "x-go-name", "x-go-type",
	"x-go-type-skip-optional-pointer", "x-omitempty", "x-omitzero", "x-enum-varnames", "x-deprecated-reason", "x-since", "x-until", "x-enum-since",
}

// checkMarks refuses marks that nobody knows: one that is misspelled would do
// nothing.
func (d *document) checkMarks() {
	check := func(place string, extensions map[string]any) {
		for mark := range extensions {
			if !slices.Contains(knownMarks, mark) {
				d.refuse(place, "it has the mark %s, which the generator doesn't know", mark)
			}
		}
	}
	for _, o := range d.operations() {
		check(o.place, o.Extensions)
		for _, p := range o.parameters() {
			check(o.place+", parameter "+p.Value.Name, p.Value.Extensions)
		}
	}
	for name, schema := range d.Components.Schemas {
		place := "components.schemas." + name
		check(place, schema.Value.Extensions)
		for property, s := range schema.Value.Properties {
			check(place+"."+property, marks(s))
		}
	}
}
