package main

import (
	"github.com/getkin/kin-openapi/openapi3"
)

// kind is what Go makes of a schema.
type kind string

const (
	text        kind = "a text"
	enumeration kind = "an enumeration"
	truth       kind = "a boolean"
	integer     kind = "an integer"
	number      kind = "a number"
	moment      kind = "a time"
	date        kind = "a date"
	list        kind = "a list"
	dictionary  kind = "a map"
	object      kind = "an object"
	freeForm    kind = "any JSON"
	secret      kind = "a secret"
	named       kind = "a type of package api"
	union       kind = "a union"
	unknown     kind = "of an unknown type or format"
)

// kindOf returns what s is, by what it says itself or what it refers to.
func kindOf(s *openapi3.SchemaRef) kind {
	switch goType := markOf(s, "x-go-type"); goType {
	case "", "Ordering": // the latter is a text with methods
	case "api.Secret":
		return secret
	case "json.RawMessage":
		return freeForm
	case "time.Time", "Time":
		return moment
	default:
		return named
	}
	v := s.Value
	switch {
	case len(v.AllOf) == 1 && len(v.Properties) == 0:
		return kindOf(v.AllOf[0])
	case len(v.AllOf) > 0:
		return unknown
	case len(v.AnyOf) > 0 || len(v.OneOf) > 0 || v.Not != nil:
		if s.Ref != "" {
			return union
		}
		return freeForm
	case v.Type == nil:
		if len(v.Properties) > 0 || len(v.Enum) > 0 {
			return unknown
		}
		return freeForm
	}
	switch {
	case v.Type.Is("string"):
		return kindOfText(v)
	case v.Type.Is("boolean"):
		return truth
	case v.Type.Is("integer"):
		return integer
	case v.Type.Is("number"):
		return number
	case v.Type.Is("array") && v.Items != nil:
		return list
	case v.Type.Is("object") && len(v.Properties) > 0:
		return object
	case v.Type.Is("object") && v.AdditionalProperties.Schema != nil && kindOf(v.AdditionalProperties.Schema) != freeForm:
		return dictionary
	case v.Type.Is("object"):
		return freeForm
	}
	return unknown
}

func kindOfText(v *openapi3.Schema) kind {
	switch v.Format {
	case "date-time":
		return moment
	case "date":
		return date
	case "", "uuid", "email", "uri", "hostname", "ipv4", "ipv6", "slug", "decimal":
		if len(v.Enum) > 0 {
			return enumeration
		}
		return text
	}
	return unknown
}

// goTypeOf returns the Go type of s where it stands in another type, or "" for
// one that has no name.
func goTypeOf(s *openapi3.SchemaRef) string {
	if goType := markOf(s, "x-go-type"); goType != "" {
		return goType
	}
	if name := componentOf(s); name != "" {
		component := s.Value
		if s.Ref == "" {
			component = s.Value.AllOf[0].Value
		}
		if goName, ok := component.Extensions["x-go-name"].(string); ok {
			return goName
		}
		return name
	}
	switch kindOf(s) {
	case text:
		return "string"
	case truth:
		return "bool"
	case integer:
		return "int64"
	case number:
		return "float64"
	case moment:
		return "time.Time"
	case freeForm:
		return "json.RawMessage"
	case list:
		if item := goTypeOf(s.Value.Items); item != "" {
			return "[]" + item
		}
	case dictionary:
		if value := goTypeOf(s.Value.AdditionalProperties.Schema); value != "" {
			return "map[string]" + value
		}
	case enumeration, date, object, secret, named, union, unknown: // which have a mark, a schema of their own, or no type
	}
	return ""
}

// marks returns the extensions of s itself, which can be added to.
func marks(s *openapi3.SchemaRef) map[string]any {
	extensions := &s.Extensions
	if s.Ref == "" {
		extensions = &s.Value.Extensions
	}
	if *extensions == nil {
		*extensions = map[string]any{}
	}
	return *extensions
}

// markOf returns a mark of s, or of what it refers to, or "".
func markOf(s *openapi3.SchemaRef, name string) string {
	mark, ok := marks(s)[name].(string)
	switch {
	case ok:
		return mark
	case s.Ref != "":
		mark, _ = s.Value.Extensions[name].(string)
	case len(s.Value.AllOf) == 1:
		return markOf(s.Value.AllOf[0], name)
	}
	return mark
}
