package client

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// tolerantSyntax is lenientSyntax for values of another type than was promised:
// a number where a text was, a text that holds a number or a truth value, and
// anything else as if it were not there.
var tolerantSyntax = json.JoinOptions(anySyntax, json.WithUnmarshalers(json.JoinUnmarshalers( //nolint:gochecknoglobals // never changed
	json.UnmarshalFromFunc(unmarshalMentor),
	json.UnmarshalFromFunc(unmarshalTolerantly),
)))

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
	}
	// A number may still be a fraction or too large, which only coerce forgives.
	return !target.CanInt() && !target.CanUint() && !target.CanFloat()
}

// coerce makes what it can of a value that does not fit, and leaves target
// zero otherwise.
func coerce(target reflect.Value, value jsontext.Value) {
	target.SetZero()
	text := string(value)
	switch value.Kind() {
	case '{', '[':
		return
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, value)
		if err != nil {
			return
		}
		text = strings.TrimSpace(string(unquoted))
	}
	switch {
	case target.Kind() == reflect.String:
		target.SetString(text)
	case target.Kind() == reflect.Bool:
		truth, _ := strconv.ParseBool(strings.ToLower(text))
		target.SetBool(truth)
	case target.CanInt():
		if number, ok := parseNumber(text, math.MinInt64, math.MaxInt64, strconv.ParseInt); ok && !target.OverflowInt(number) {
			target.SetInt(number)
		}
	case target.CanUint():
		if number, ok := parseNumber(text, 0, math.MaxUint64, strconv.ParseUint); ok && !target.OverflowUint(number) {
			target.SetUint(number)
		}
	case target.CanFloat():
		if number, err := strconv.ParseFloat(text, target.Type().Bits()); err == nil {
			target.SetFloat(number)
		}
	}
}

// parseNumber reads a whole number, also one that is written with a fraction.
func parseNumber[N int64 | uint64](text string, least, most float64, parse func(string, int, int) (N, error)) (N, bool) {
	if number, err := parse(text, 10, 64); err == nil {
		return number, true
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number > least && number < most) { // which NaN isn't either
		return 0, false
	}
	return N(number), true
}
