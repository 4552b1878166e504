package client

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// tolerant decodes values of another type than was promised: a number where a
// text was, a text that holds a number or a truth value, and anything else as
// if it were not there.
var tolerant = json.JoinOptions(lenientSyntax, json.WithUnmarshalers(json.UnmarshalFromFunc(unmarshalTolerantly)))

func decodeTolerantly(body []byte, out any) error {
	reflect.ValueOf(out).Elem().SetZero() // the strict pass has filled a part of it
	return json.Unmarshal(body, out, tolerant)
}

// unmarshalTolerantly is asked before every value that is decoded.
func unmarshalTolerantly(decoder *jsontext.Decoder, out any) error {
	target := reflect.ValueOf(out).Elem()
	kind := decoder.PeekKind()
	if kind == 'n' || fits(target, kind) {
		return errors.ErrUnsupported
	}
	value, err := decoder.ReadValue()
	if err != nil {
		return err
	}
	coerce(target, value)
	return nil
}

// fits reports whether a JSON value of this kind can be decoded into target.
// Types that decode themselves take what they get.
func fits(target reflect.Value, kind jsontext.Kind) bool {
	switch target.Addr().Interface().(type) {
	case json.Unmarshaler, json.UnmarshalerFrom:
		return true
	}
	switch target.Kind() {
	case reflect.Struct, reflect.Map:
		return kind == '{'
	case reflect.Slice, reflect.Array:
		return kind == '['
	case reflect.String:
		return kind == '"'
	case reflect.Bool:
		return kind == 't' || kind == 'f'
	case reflect.Int64, reflect.Float64:
		// A number may still be a fraction or too large, which only coerce forgives.
		return false
	}
	return true
}

// coerce makes what it can of a value that does not fit, and leaves target
// zero otherwise.
func coerce(target reflect.Value, value jsontext.Value) {
	text := string(value)
	if value.Kind() == '"' {
		unquoted, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return
		}
		text = strings.TrimSpace(string(unquoted))
	}
	target.SetZero()
	switch target.Kind() {
	case reflect.String:
		target.SetString(text)
	case reflect.Bool:
		truth, _ := strconv.ParseBool(text)
		target.SetBool(truth)
	case reflect.Int64:
		if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			target.SetInt(number)
		} else if number, err := strconv.ParseFloat(text, 64); err == nil {
			target.SetInt(int64(number))
		}
	case reflect.Float64:
		number, _ := strconv.ParseFloat(text, 64)
		target.SetFloat(number)
	}
}
