package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// shape is in what an answer differs from the SDK's models. It has the paths of
// fields and the values of enumerations in it, and no other value: those may be
// secret.
type shape struct {
	missing, unknown, newValues, otherType paths
}

// paths is a set, since what is so of one item of a list is mostly so of all.
type paths map[string]bool

func (p paths) sorted() []string { return slices.Sorted(maps.Keys(p)) }

// compare compares raw JSON with the type that the SDK reads it into.
func compare(answer any, model reflect.Type) shape {
	s := shape{paths{}, paths{}, paths{}, paths{}}
	s.value("", answer, model)
	return s
}

// older are fields that newer releases don't send.
var older = []string{"headers", "document_sources"}

func (s shape) same() bool {
	return len(s.missing)+len(s.unknown)+len(s.newValues)+len(s.otherType) == 0
}

// value compares what stands at path.
func (s shape) value(path string, value any, model reflect.Type) {
	switch {
	case model == reflect.TypeFor[json.RawMessage](), model == reflect.TypeFor[api.Secret](): // anything goes
	case model.Kind() == reflect.Pointer:
		if value != nil {
			s.value(path, value, model.Elem())
		}
	case path == "mentor" && isA[string](value): // its unique id, of an agent that was written
	case model == reflect.TypeFor[client.Time]():
		s.expect(path, value, "a text", isA[string](value))
	case model.Kind() == reflect.Struct:
		s.object(path, value, model)
	case model.Kind() == reflect.Slice:
		s.list(path, value, model.Elem())
	default:
		s.scalar(path, value, model)
	}
}

func (s shape) scalar(path string, value any, model reflect.Type) {
	switch model.Kind() {
	case reflect.Bool:
		s.expect(path, value, "true or false", isA[bool](value))
	case reflect.Int64:
		number, _ := value.(json.Number)
		_, err := number.Int64()
		s.expect(path, value, "a whole number", err == nil)
	case reflect.String:
		text, isText := value.(string)
		s.expect(path, value, "a text", isText)
		if known := knownValues[model]; isText && text != "" && known != nil && !slices.Contains(known, text) {
			s.newValues[fmt.Sprintf("%s: %q", path, shorten(text))] = true
		}
	}
}

func (s shape) list(path string, value any, item reflect.Type) {
	items, isList := value.([]any)
	s.expect(path, value, "a list", isList)
	for _, each := range items {
		s.value(path+"[]", each, item)
	}
}

func (s shape) object(path string, value any, model reflect.Type) {
	fields := fieldsOf(model)
	results, isPage := fields["results"]
	if isPage && isA[[]any](value) {
		s.bareList(path, value, results.Elem())
		return
	}
	object, isObject := value.(map[string]any)
	s.expect(path, value, "an object", isObject)
	if !isObject {
		return
	}
	for name, field := range fields {
		value, sent := object[name]
		switch {
		case !sent && slices.Contains(older, name):
		case !sent:
			s.missing[join(path, name)] = true
		case isPage && value == nil && (name == "next" || name == "previous"): // there is no such page
		default:
			s.value(join(path, name), value, field)
		}
	}
	for name := range object {
		if fields[name] == nil {
			s.unknown[join(path, shorten(name))] = true
		}
	}
}

// bareList is a list where a page could be. The SDK also reads one inside of
// another, as the documentation shows it for pinned messages.
func (s shape) bareList(path string, value any, item reflect.Type) {
	items, isList := value.([]any)
	if !isList {
		s.value(path, value, item)
		return
	}
	for _, each := range items {
		s.bareList(path+"[]", each, item)
	}
}

func (s shape) expect(path string, value any, promised string, kept bool) {
	if !kept {
		s.otherType[fmt.Sprintf("%s: %s instead of %s", strings.TrimPrefix(path, "."), kind(value), promised)] = true
	}
}

func isA[T any](value any) bool {
	_, is := value.(T)
	return is
}

// kind is what JSON calls the type of a value.
func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// fieldsOf are a model's fields by their names in JSON: what the SDK knows of an
// answer is what it is compared with.
func fieldsOf(model reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for field := range model.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields[name] = field.Type
	}
	return fields
}
