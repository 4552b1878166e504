package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// redactor takes out of an answer the secrets that went with the request, which
// some servers and proxies repeat in their errors.
type redactor []string

// redacted stands for a secret wherever it is printed.
const redacted = "***"

// shortestRedacted is how long a secret must be to be taken out: a shorter one
// is a part of any text.
const shortestRedacted = 4

// redactor knows the key, and the secrets in the body.
func (c *call) redactor() redactor {
	secrets := append(redactor{c.apiKey()}, c.request.secrets...)
	secrets.collect(reflect.ValueOf(c.request.body), 0)
	secrets.collect(reflect.ValueOf(c.settings.fields), 0)
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < shortestRedacted })
}

// isSecretName knows the API's fields that hold secrets, for bodies that are not
// made of the SDK's types.
func isSecretName(name string) bool { return name == "callback_secret" || name == "credentials" }

// collect finds the secrets in a body of any shape.
func (r *redactor) collect(value reflect.Value, depth int) {
	const deepest = 16 // a body that refers to itself can't be sent, but may be given
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

func (r redactor) text(s string) string {
	for _, secret := range r {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	return s
}

// forms are the spellings of the secrets in a body: as they are, and as Go and
// Python write them inside of a JSON string.
func (r redactor) forms() [][]byte {
	var forms [][]byte
	for _, secret := range r {
		forms = append(forms, []byte(secret))
		for _, escapeHTML := range []bool{false, true} {
			var out bytes.Buffer
			encoder := json.NewEncoder(&out)
			encoder.SetEscapeHTML(escapeHTML)
			if encoder.Encode(secret) == nil {
				form := bytes.TrimSpace(out.Bytes())
				form = form[1 : len(form)-1] // without its quotes
				forms = append(forms, form, asciiForm(form))
			}
		}
	}
	return forms
}

// asciiForm escapes what is not ASCII, as Python's json.dumps does.
func asciiForm(form []byte) []byte {
	var out []byte
	for _, r := range string(form) {
		if r < utf8.RuneSelf {
			out = append(out, string(r)...)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

func (r redactor) header(header http.Header) http.Header {
	clean := make(http.Header, len(header))
	for name, values := range header {
		for _, value := range values {
			clean.Add(name, r.text(value))
		}
	}
	return clean
}

// fields leaves names that look like a field's as they are: a short secret may
// be one.
func (r redactor) fields(fields []FieldError) []FieldError {
	for i := range fields {
		if strings.Trim(fields[i].Path, "._abcdefghijklmnopqrstuvwxyz") != "" {
			fields[i].Path = r.text(fields[i].Path)
		}
		for j, message := range fields[i].Messages {
			fields[i].Messages[j] = r.text(message)
		}
	}
	return fields
}

// read reads a body up to a limit, as it is and without the secrets. One that
// lies across the limit is read to its end, to be found.
func (r redactor) read(body io.Reader, limit int64) (raw, clean []byte) {
	forms := r.forms()
	longest := 0
	for _, form := range forms {
		longest = max(longest, len(form))
	}
	// What can't be read is not worth losing the rest for.
	all, _ := io.ReadAll(io.LimitReader(body, limit+int64(longest)))
	raw = all[:min(limit, int64(len(all)))]
	clean = make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if n := matched(all[i:], forms); n > 0 {
			clean = append(clean, redacted...)
			i += n
			continue
		}
		clean = append(clean, all[i])
		i++
	}
	return raw, clean[:min(limit, int64(len(clean)))]
}

// matched is the length of the longest form that text begins with.
func matched(text []byte, forms [][]byte) int {
	longest := 0
	for _, form := range forms {
		if len(form) > longest && text[0] == form[0] && bytes.HasPrefix(text, form) {
			longest = len(form)
		}
	}
	return longest
}
