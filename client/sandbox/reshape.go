package sandbox

import (
	"net/http"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/reshape"
)

const (
	unknownField = `"field_of_a_later_release":{"level":2,"tags":["new",null]}`
	unknownValue = "value_of_a_later_release"
)

// enumFields are the API's fields with enum values.
var enumFields = map[string]bool{
	"auth_scope":            true,
	"auth_type":             true,
	"greeting_method":       true,
	"interface":             true,
	"llm_provider":          true,
	"mode":                  true,
	"previous_agent_status": true,
	"provider":              true,
	"starter_prompts":       true,
	"status":                true,
	"stt_provider":          true,
	"transport":             true,
	"tts_provider":          true,
}

// freeFields are the API's fields with free-form JSON.
var freeFields = map[string]bool{
	"document_sources":          true,
	"embed_icon_selection_data": true,
	"extra_headers":             true,
	"headers":                   true,
	"feedback":                  true,
	"files":                     true,
	"flow":                      true,
	"message":                   true,
	"metadata":                  true,
}

// reshape changes the JSON of an operation's response to that of a release, and as
// an effect says.
func (d *draft) reshape(effect *RequestEffect, operation OperationID, release Release) {
	if d.header.Get("Content-Type") != django.JSONType {
		return
	}
	c := reshape.Changes{Free: freeFields, ReplaceString: func(name, text string) string {
		switch {
		case effect.UnknownEnums && enumFields[name]:
			return unknownValue
		case effect.LinkOrigin != "" && (name == "next" || name == "previous"):
			_, rest, _ := strings.Cut(text, "://")
			return effect.LinkOrigin + rest[strings.IndexByte(rest, '/'):]
		}
		return text
	}}
	if effect.UnknownFields {
		c.ExtraField = unknownField
	}
	if d.status < http.StatusMultipleChoices {
		c.Kind, c.Kinds, c.Keep = responseKinds[operation], objectKinds, release.hasField
		if release == Release359 {
			c.Rename = renamedFields
		}
	}
	d.setBody(django.JSONType, c.Apply(d.body))
}
