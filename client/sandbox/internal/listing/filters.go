package listing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const nullCharacters = "Null characters are not allowed."

// A Filter selects rows by the value of a query parameter.
type Filter[R any] struct {
	Name string
	// Parse returns a function that selects rows, or an error message. If it returns
	// neither, it selects all rows.
	Parse func(v django.Version, value string) (matches func(R) bool, message string)
}

// CharFilter selects rows that have exactly this text.
func CharFilter[R any](name string, get func(R) string) Filter[R] {
	return Filter[R]{name, func(_ django.Version, value string) (func(R) bool, string) {
		value = django.Strip(value)
		switch {
		case value == "":
			return nil, ""
		case strings.Contains(value, "\x00"):
			return nil, nullCharacters
		}
		return func(row R) bool { return get(row) == value }, ""
	}}
}

// BooleanFilter selects rows by a boolean. It ignores invalid values, like
// django-filter's BooleanWidget.
func BooleanFilter[R any](name string, get func(R) bool) Filter[R] {
	return Filter[R]{name, func(_ django.Version, value string) (func(R) bool, string) {
		switch strings.ToLower(value) {
		case "true", "1":
			return get, ""
		case "false", "0":
			return func(row R) bool { return !get(row) }, ""
		}
		return nil, ""
	}}
}

// ChoiceFilter selects rows by one of a few values.
func ChoiceFilter[R any, C ~string](name string, choices []C, get func(R) C) Filter[R] {
	return Filter[R]{name, func(_ django.Version, value string) (func(R) bool, string) {
		if !slices.Contains(choices, C(value)) {
			return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", value)
		}
		return func(row R) bool { return get(row) == C(value) }, ""
	}}
}

// UUIDFilter selects rows by a UUID in its canonical form.
func UUIDFilter[R any](name string, get func(R) string) Filter[R] {
	return Filter[R]{name, func(_ django.Version, value string) (func(R) bool, string) {
		id, ok := django.ParseUUID(value)
		if !ok {
			return nil, "Must be a valid UUID."
		}
		return func(row R) bool { return get(row) == id }, ""
	}}
}

// NumberFilter selects rows by a nullable integer. It ignores the fractional part
// of the value.
func NumberFilter[R any](name string, get func(R) *int64) Filter[R] {
	return Filter[R]{name, func(_ django.Version, value string) (func(R) bool, string) {
		number, message := django.DecimalValue(django.Strip(value))
		if message != "" {
			return nil, message
		}
		return isNumber(get, number), ""
	}}
}

// ModelChoiceFilter selects rows by the nullable id of an object, which must
// exist.
func ModelChoiceFilter[R any](name string, exists func(id int64) bool, get func(R) *int64) Filter[R] {
	return Filter[R]{name, func(v django.Version, value string) (func(R) bool, string) {
		if strings.Contains(value, "\x00") && v >= django.Django52 {
			return nil, nullCharacters
		}
		id, ok := django.ParseInt(value)
		if !ok || !exists(id) {
			return nil, "Select a valid choice. That choice is not one of the available choices."
		}
		return isNumber(get, id), ""
	}}
}

func isNumber[R any](get func(R) *int64, number int64) func(R) bool {
	return func(row R) bool { n := get(row); return n != nil && *n == number }
}
