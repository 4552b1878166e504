// Package reveal returns the client's models as the service sends them, for tests
// that compare a model with the response: encoding/json masks secrets.
package reveal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/iblai/iblai-go/client/api"
)

// JSON returns model as encoding/json decodes it into any, but with its secrets in
// clear and its numbers unchanged.
func JSON(model any) (any, error) {
	text, err := json.Marshal(model)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var written any
	if err := decoder.Decode(&written); err != nil {
		return nil, err
	}
	return inClear(written, reflect.ValueOf(model)), nil
}

// inClear replaces the masked secrets in the JSON of model.
func inClear(written any, model reflect.Value) any {
	switch model.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !model.IsNil() {
			return inClear(written, model.Elem())
		}
	case reflect.Slice:
		items, _ := written.([]any) // bytes are no list
		for i := range items {
			items[i] = inClear(items[i], model.Index(i))
		}
	case reflect.Struct:
		if secret, ok := reflect.TypeAssert[api.Secret](model); ok {
			return valueOf(secret)
		}
		fields, _ := written.(map[string]any)
		for field, value := range model.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if is, ok := fields[name]; ok {
				fields[name] = inClear(is, value)
			}
		}
	}
	return written
}

// valueOf returns the secret's text, or the object if the text is JSON of one.
func valueOf(secret api.Secret) any {
	var object map[string]any
	if json.Unmarshal([]byte(secret.Reveal()), &object) == nil && object != nil {
		return object
	}
	return secret.Reveal()
}
