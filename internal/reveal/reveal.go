// Package reveal writes the client's models as the service sends them, for tests
// and measurements that compare what was read with what was sent: encoding/json
// masks their secrets.
package reveal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/iblai/iblai-go/client/api"
)

// JSON returns model as maps, lists and values, with its secrets in clear and
// its numbers as they are written.
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

// inClear puts the secrets of model into what was written of it.
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

// valueOf returns a text, or the object that a secret may hold as well.
func valueOf(secret api.Secret) any {
	var object map[string]any
	if json.Unmarshal([]byte(secret.Reveal()), &object) == nil && object != nil {
		return object
	}
	return secret.Reveal()
}
