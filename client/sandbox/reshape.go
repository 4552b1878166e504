package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const (
	unknownField = `"field_of_a_later_release":{"level":2,"tags":["new",null]}`
	unknownValue = "value_of_a_later_release"
)

// enumFields are the API's fields that have one of a few values.
var enumFields = map[string]bool{
	"auth_type":             true,
	"greeting_method":       true,
	"llm_provider":          true,
	"mode":                  true,
	"previous_agent_status": true,
	"provider":              true,
	"status":                true,
	"stt_provider":          true,
	"transport":             true,
	"tts_provider":          true,
}

// freeFields are the API's fields that have any JSON.
var freeFields = map[string]bool{
	"document_sources": true,
	"extra_headers":    true,
	"feedback":         true,
	"files":            true,
	"flow":             true,
	"message":          true,
	"metadata":         true,
}

// reshape changes the JSON of an operation's answer as the fault has it.
func (e *exchange) reshape() {
	if e.draft.header.Get("Content-Type") != django.JSONType {
		return
	}
	r := &reshaper{effect: &e.effect, in: json.NewDecoder(bytes.NewReader(e.draft.body))}
	r.in.UseNumber()
	var s shape
	if e.effect.OlderRelease && e.draft.status < http.StatusMultipleChoices {
		s = olderShapes[e.operationID()]
	}
	r.value("", s)
	e.draft.setBody(django.JSONType, r.out)
}

// A reshaper copies JSON that the sandbox has written, and so is in order, with
// changes.
type reshaper struct {
	effect *RequestEffect
	in     *json.Decoder
	out    []byte
}

// value copies the next value, which is that of the field name, or an item of a
// list.
func (r *reshaper) value(name string, s shape) {
	token, _ := r.in.Token()
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			r.array(s)
		} else {
			r.object(s)
		}
	case string:
		r.write(r.text(name, token))
	default:
		r.write(token)
	}
}

func (r *reshaper) array(s shape) {
	r.out = append(r.out, '[')
	for i := 0; r.in.More(); i++ {
		if i > 0 {
			r.out = append(r.out, ',')
		}
		r.value("", s)
	}
	_, _ = r.in.Token()
	r.out = append(r.out, ']')
}

func (r *reshaper) object(s shape) {
	r.out = append(r.out, '{')
	separator := ""
	for r.in.More() {
		token, _ := r.in.Token()
		name, _ := token.(string)
		older, inner, kept := s.field(name)
		if !kept {
			r.free()
			continue
		}
		r.out = append(r.out, separator...)
		separator = ","
		r.write(older)
		r.out = append(r.out, ':')
		if freeFields[name] {
			r.out = append(r.out, r.free()...)
		} else {
			r.value(name, inner)
		}
	}
	_, _ = r.in.Token()
	if r.effect.UnknownFields {
		r.out = append(r.out, separator+unknownField...)
	}
	r.out = append(r.out, '}')
}

// free takes the next value as it is.
func (r *reshaper) free() (text json.RawMessage) {
	_ = r.in.Decode(&text)
	return text
}

func (r *reshaper) write(scalar any) {
	text, _ := django.EncodeJSON(scalar)
	r.out = append(r.out, text...)
}

// text is what becomes of a text.
func (r *reshaper) text(name, text string) string {
	switch {
	case r.effect.UnknownEnums && enumFields[name]:
		return unknownValue
	case r.effect.LinkOrigin != "" && (name == "next" || name == "previous"):
		_, rest, _ := strings.Cut(text, "://")
		return r.effect.LinkOrigin + rest[strings.IndexByte(rest, '/'):]
	}
	return text
}
