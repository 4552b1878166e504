package client

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/internal/secretname"
)

// redactor masks secrets in what a server or a proxy responds: some of them
// repeat the request in their errors.
type redactor []string

// redacted replaces a secret.
const redacted = "***"

// shortestRedacted is the length of the shortest secret that is masked: a shorter
// one is a part of many texts.
const shortestRedacted = 4

// shortestByName is the length of the shortest value that is masked because of its
// name: shorter ones, as in X-Auth-Type: basic, may be words.
const shortestByName = 8

// redactor returns a redactor for the key, the secrets in the body, and the values
// of headers and query parameters whose names are those of secrets.
func (c *call) redactor() redactor {
	secrets := append(redactor{c.apiKey()}, c.request.secrets...)
	secrets.collect(reflect.ValueOf(c.request.body), 0)
	secrets.collect(reflect.ValueOf(c.settings.fields), 0)
	secrets.collectNamed(c.settings.header)
	secrets.collectNamed(c.url.Query())
	secrets = slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < shortestRedacted })
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // one may contain another
	return secrets
}

// isSecretName reports whether a field of the API with this name is a secret. It is
// for bodies that don't have the SDK's types.
func isSecretName(name string) bool { return name == "callback_secret" || name == "credentials" }

// collect adds the secrets in a body of any type.
func (r *redactor) collect(value reflect.Value, depth int) {
	const deepest = 16 // a body that refers to itself has no end
	if !value.IsValid() || depth > deepest {
		return
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		r.collect(value.Elem(), depth+1)
	case reflect.Struct:
		for _, field := range value.Fields() {
			r.collect(field, depth+1)
		}
	case reflect.Slice, reflect.Array:
		if value.Type().Elem().Kind() != reflect.Uint8 {
			for i := range value.Len() {
				r.collect(value.Index(i), depth+1)
			}
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			element := value.MapIndex(key)
			if text := reflect.Indirect(element); key.Kind() == reflect.String && isSecretName(key.String()) {
				for text.Kind() == reflect.Interface || text.Kind() == reflect.Pointer {
					text = text.Elem()
				}
				if text.Kind() == reflect.String {
					*r = append(*r, text.String())
				}
			}
			r.collect(element, depth+1)
		}
	}
}

// collectNamed adds the values with names of secrets, such as X-Api-Key, and their
// parts, as in Cookie: name=value; name=value.
func (r *redactor) collectNamed(values map[string][]string) {
	for name, values := range values {
		if !secretname.Is(name) {
			continue
		}
		for _, value := range values {
			parts := []string{value}
			for _, part := range strings.FieldsFunc(value, func(c rune) bool { return c == ' ' || c == ';' }) {
				part = strings.TrimRight(part, "=") // of base64
				parts = append(parts, part[strings.IndexByte(part, '=')+1:])
			}
			for _, part := range parts {
				if len(part) >= shortestByName && !slices.Contains(*r, part) {
					*r = append(*r, part)
				}
			}
		}
	}
}

// text masks the secrets in a text, in whatever way they are spelled.
func (r redactor) text(text string) string { return r.mask(text, matching{}) }

func (r redactor) mask(text string, how matching) string {
	var clean strings.Builder
	unchanged := 0 // text[:unchanged] is in clean
	for i := 0; i < len(text); {
		n := r.match(text[i:], how)
		if n == 0 {
			i++
			continue
		}
		clean.WriteString(text[unchanged:i])
		clean.WriteString(redacted)
		i += n
		unchanged = i
	}
	if unchanged == 0 {
		return text
	}
	clean.WriteString(text[unchanged:])
	return clean.String()
}

// match returns the length of the longest secret that text begins with.
func (r redactor) match(text string, how matching) int {
	longest := 0
	for _, secret := range r {
		longest = max(longest, spelledLength(text, secret, how))
	}
	return longest
}

// header masks the secrets in a header. A name has lost the case of its letters.
func (r redactor) header(header http.Header) http.Header {
	clean := make(http.Header, len(header))
	for name, values := range header {
		name = r.mask(name, matching{anyCase: true})
		for _, value := range values {
			clean[name] = append(clean[name], r.text(value))
		}
	}
	return clean
}

// forNames returns the redactor for the names in validation errors. It lacks a
// short secret that looks like a field's name: it may be that name.
func (r redactor) forNames() redactor {
	const longestName = 24
	return slices.DeleteFunc(slices.Clone(r), func(secret string) bool {
		return len(secret) <= longestName && strings.Trim(secret, "_abcdefghijklmnopqrstuvwxyz") == ""
	})
}

// userinfo matches the user and password of a URL, such as a proxy's.
var userinfo = regexp.MustCompile(`://[^\s"']*@`)

// error masks the secrets in an error of a lower layer: net/http repeats parts of
// a malformed response. It returns err itself if there is nothing to mask.
func (r redactor) error(err error) error {
	if redirect, ok := errors.AsType[*RedirectError](err); ok {
		return &RedirectError{Method: redirect.Method, From: r.text(redirect.From), To: r.text(redirect.To), Reason: redirect.Reason}
	}
	r = r.withPasswords(err.Error())
	if r.isClean(err) {
		return err
	}
	return &redactedError{text: r.line(err.Error()), causes: r.cleanCauses(err)}
}

// withPasswords adds the users and passwords of the URLs in a message.
func (r redactor) withPasswords(text string) redactor {
	r = slices.Clone(r)
	for _, match := range userinfo.FindAllString(text, -1) {
		for _, part := range strings.FieldsFunc(match, func(c rune) bool { return strings.ContainsRune(":/@", c) }) {
			if len(part) >= shortestRedacted {
				r = append(r, part)
			}
		}
	}
	return r
}

// line masks the secrets and the users and passwords of URLs in a message.
func (r redactor) line(text string) string {
	return r.text(userinfo.ReplaceAllString(text, "://"+redacted+"@"))
}

// isClean reports whether nothing that err and its causes print is a secret.
func (r redactor) isClean(err error) bool {
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, err); r.line(text) != text {
			return false
		}
	}
	for _, cause := range unwrap(err) {
		if !r.isClean(cause) {
			return false
		}
	}
	return true
}

// cleanCauses returns the causes of err that are clean.
func (r redactor) cleanCauses(err error) []error {
	var clean []error
	for _, cause := range unwrap(err) {
		if r.isClean(cause) {
			clean = append(clean, cause)
		} else {
			clean = append(clean, r.cleanCauses(cause)...)
		}
	}
	return clean
}

func unwrap(err error) []error {
	switch err := err.(type) { //nolint:errorlint // it goes through the tree itself
	case interface{ Unwrap() error }:
		if cause := err.Unwrap(); cause != nil {
			return []error{cause}
		}
	case interface{ Unwrap() []error }:
		return err.Unwrap()
	}
	return nil
}

// redactedError is an error whose text had a secret.
type redactedError struct {
	text   string
	causes []error
}

func (e *redactedError) Error() string   { return e.text }
func (e *redactedError) Unwrap() []error { return e.causes }
