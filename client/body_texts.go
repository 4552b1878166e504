package client

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/api"
)

// checkTexts refuses a body with a text that would not arrive as it is: one that
// is not valid UTF-8, which encoding/json changes silently, and the mask of a
// secret in a secret's place.
func checkTexts(body any, extra map[string]any) error {
	if err := checkText(reflect.ValueOf(body), "", 0); err != nil {
		return err
	}
	return checkText(reflect.ValueOf(extra), "", 0)
}

// checkText checks the texts in value, which is at path.
func checkText(value reflect.Value, path string, depth int) error {
	const deepest = 32
	if !value.IsValid() || depth > deepest {
		return nil
	}
	if value.CanInterface() && value.Kind() != reflect.Pointer && value.Kind() != reflect.Interface {
		switch v := value.Interface().(type) {
		case api.Secret:
			return checkSecretText(v.Reveal(), path)
		case json.Marshaler:
			if _, ok := reflect.TypeAssert[model](reflect.New(value.Type())); !ok {
				return nil // encodeBody checks what it writes
			}
		}
	}
	switch value.Kind() {
	case reflect.String:
		if isSecretName(path[strings.LastIndexByte(path, '.')+1:]) {
			return checkSecretText(value.String(), path)
		}
		return checkUTF8(value.String(), path)
	case reflect.Pointer, reflect.Interface:
		return checkText(value.Elem(), path, depth+1)
	case reflect.Struct:
		for field, v := range value.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" {
				name = field.Name
			}
			if err := checkText(v, joinPath(path, name), depth+1); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return nil // base64
		}
		for i := range value.Len() {
			if err := checkText(value.Index(i), joinPath(path, strconv.Itoa(i)), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for key, v := range value.Seq2() {
			name := key.String()
			if err := checkUTF8(name, joinPath(path, "a name")); err != nil {
				return err
			}
			if err := checkText(v, joinPath(path, name), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkSecretText(text, path string) error {
	if api.NewSecret(text).IsMasked() {
		return &api.ArgumentError{Argument: argumentAt(path), Reason: "is a masked secret, not its text: leave it unset to keep the stored one"}
	}
	return checkUTF8(text, path)
}

func checkUTF8(text, path string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return &api.ArgumentError{Argument: argumentAt(path), Reason: "is not valid UTF-8"}
}

func argumentAt(path string) string {
	if path == "" {
		return "body"
	}
	return path
}
