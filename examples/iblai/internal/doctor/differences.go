package doctor

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

// differences are the differences between a response and the SDK's model. They
// contain paths and values of enumerations, but no other values, which may be
// secret.
type differences struct {
	missing, unknown, newValues, otherType paths
}

// paths is a set of paths. It is a set because the items of a list usually have
// the same differences.
type paths map[string]bool

func (p paths) sorted() []string { return slices.Sorted(maps.Keys(p)) }

// agentModel is the model of an agent.
var agentModel = reflect.TypeFor[client.PeriodicAgent]()

// compare compares decoded JSON with the SDK's model.
func compare(response any, model reflect.Type) differences {
	d := differences{paths{}, paths{}, paths{}, paths{}}
	d.value("", response, model)
	return d
}

func (d differences) empty() bool {
	return len(d.missing)+len(d.unknown)+len(d.newValues)+len(d.otherType) == 0
}

// value compares the value at path.
func (d differences) value(path string, value any, model reflect.Type) {
	switch {
	case model == reflect.TypeFor[json.RawMessage](), model == reflect.TypeFor[api.Secret](): // any value is allowed
	case model.Kind() == reflect.Pointer:
		if value != nil {
			d.value(path, value, model.Elem())
		}
	case path == "mentor" && hasType[string](value): // the unique id, after a write
	case model == reflect.TypeFor[client.Time]():
		d.expect(path, value, "a string", hasType[string](value))
	case model.Kind() == reflect.Struct:
		d.object(path, value, model)
	case model.Kind() == reflect.Slice:
		d.list(path, value, model.Elem())
	default:
		d.scalar(path, value, model)
	}
}

func (d differences) scalar(path string, value any, model reflect.Type) {
	switch model.Kind() {
	case reflect.Bool:
		d.expect(path, value, "a boolean", hasType[bool](value))
	case reflect.Int64:
		number, _ := value.(json.Number)
		_, err := number.Int64()
		d.expect(path, value, "an integer", err == nil)
	case reflect.String:
		text, isText := value.(string)
		d.expect(path, value, "a string", isText)
		if known := knownValues[model]; isText && text != "" && known != nil && !slices.Contains(known, text) {
			d.newValues[fmt.Sprintf("%s: %q", path, shorten(text))] = true
		}
	}
}

func (d differences) list(path string, value any, item reflect.Type) {
	items, isList := value.([]any)
	d.expect(path, value, "a list", isList)
	for _, each := range items {
		d.value(path+"[]", each, item)
	}
}

func (d differences) object(path string, value any, model reflect.Type) {
	fields := fieldsOf(model)
	results, isPage := fields["results"]
	if isPage && hasType[[]any](value) {
		d.bareList(path, value, results.Elem())
		return
	}
	object, isObject := value.(map[string]any)
	d.expect(path, value, "an object", isObject)
	if !isObject {
		return
	}
	for name, field := range fields {
		value, sent := object[name]
		switch {
		case !sent && slices.Contains(optionalFields[model], name):
		case !sent:
			d.missing[join(path, name)] = true
		case isPage && value == nil && (name == "next" || name == "previous"): // on the first or last page
		default:
			d.value(join(path, name), value, field)
		}
	}
	for name := range object {
		if fields[name] == nil {
			d.unknown[join(path, shorten(name))] = true
		}
	}
}

// bareList compares a list that is sent instead of a page. The SDK also accepts
// nested lists, as in the documentation of pinned messages.
func (d differences) bareList(path string, value any, item reflect.Type) {
	items, isList := value.([]any)
	if !isList {
		d.value(path, value, item)
		return
	}
	for _, each := range items {
		d.bareList(path+"[]", each, item)
	}
}

func (d differences) expect(path string, value any, want string, ok bool) {
	if !ok {
		d.otherType[fmt.Sprintf("%s: %s instead of %s", strings.TrimPrefix(path, "."), kind(value), want)] = true
	}
}

func hasType[T any](value any) bool {
	_, is := value.(T)
	return is
}

// kind returns the name of a value's type.
func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// fieldsOf returns a model's fields by their names in JSON.
func fieldsOf(model reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for field := range model.Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "-" {
			fields[name] = field.Type
		}
	}
	return fields
}
