package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// A field is one field of a T that can be written, with the rules that Django
// REST Framework has for its type.
type field[T any] struct {
	name     string
	required bool
	blank    bool     // a text that may be empty
	null     func(*T) // sets null; nil where null is refused
	related  bool     // an object's id; an empty text is null
	nested   bool     // an object, whose fields stand below this one in a form
	omitted  func(*T) // what leaving it out of a form means; nil for nothing
	set      func(v *validation, value any, to *T) faults
}

// A validation is what validators need to know beside the value.
type validation struct {
	context any  // what the fields' own validators want: nothing to this package
	partial bool // what is required may be left out
}

// validate writes data to to, or answers with all that is wrong with it.
func validate[T any](v *validation, fields []field[T], data any, to *T) *answer {
	f := nonFieldFault("No data provided")
	if data != nil {
		f = apply(v, fields, data, to)
	}
	if f.none() {
		return nil
	}
	return &answer{status: http.StatusBadRequest, body: f}
}

// apply checks value, an object or a form, and writes its fields to to: all
// that are right, so to must be thrown away unless there are no faults.
func apply[T any](v *validation, fields []field[T], value any, to *T) (all faults) {
	lookup, isForm := fieldsOf(value)
	if lookup == nil {
		return nonFieldFault("Invalid data. Expected a dictionary, but got " + typeName(value) + ".")
	}
	for i := range fields {
		f := &fields[i]
		value, ok := lookup(f.name, f.nested)
		if isForm && value == "" && !f.blank {
			// An empty input of a form is null, or as good as not there.
			if f.null != nil {
				value = nil
			} else if !f.required {
				continue
			}
		}
		if f.related && value == "" {
			value = nil
		}
		switch {
		case !ok && v.partial:
		case !ok && f.required:
			all.add(f.name, fault("This field is required."))
		case !ok:
			if isForm && f.omitted != nil {
				f.omitted(to)
			}
		case value != nil:
			all.add(f.name, f.set(v, value, to))
		case f.null == nil:
			all.add(f.name, fault("This field may not be null."))
		default:
			f.null(to)
		}
	}
	return all
}

// A textRule is what a text must be.
type textRule struct {
	required  bool
	blank     bool
	maxLength int                      // in characters; 0 for any
	invalid   string                   // the message about what is no text, if it is not the usual one
	check     func(text string) string // returns a message; nil for no more rules
}

// text is a CharField, which takes numbers too and cuts white space off both
// ends.
func text[T any](name string, rule textRule, at func(*T) *string) field[T] {
	return field[T]{name: name, required: rule.required, blank: rule.blank, set: func(_ *validation, value any, to *T) faults {
		switch value.(type) {
		case string, integer, float64:
		default:
			return fault(cmp.Or(rule.invalid, "Not a valid string."))
		}
		s := strip(str(value))
		if s == "" {
			if !rule.blank {
				return fault("This field may not be blank.")
			}
			*at(to) = ""
			return faults{}
		}
		*at(to) = s
		return faults{messages: rule.faultsOf(s)}
	}}
}

func (rule *textRule) faultsOf(s string) (messages []string) {
	if rule.maxLength > 0 && utf8.RuneCountInString(s) > rule.maxLength {
		messages = append(messages, fmt.Sprintf("Ensure this field has no more than %d characters.", rule.maxLength))
	}
	if strings.Contains(s, "\x00") {
		messages = append(messages, "Null characters are not allowed.")
	}
	if code := surrogate(s); code != 0 {
		messages = append(messages, fmt.Sprintf("Surrogate characters are not allowed: U+%X.", code))
	}
	if rule.check != nil {
		if message := rule.check(s); message != "" {
			messages = append(messages, message)
		}
	}
	return messages
}

// boolean is a BooleanField. A form can't send an unticked box, so leaving it
// out of one means false.
func boolean[T any](name string, at func(*T) *bool) field[T] {
	return field[T]{
		name:    name,
		omitted: func(to *T) { *at(to) = false },
		set: func(_ *validation, value any, to *T) faults {
			b, ok := parseBool(value)
			if !ok {
				return fault("Must be a valid boolean.")
			}
			*at(to) = b
			return faults{}
		},
	}
}

func parseBool(value any) (b, ok bool) {
	switch value {
	case true, integer("1"), 1.0, "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1":
		return true, true
	case false, integer("0"), 0.0, "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0":
		return false, true
	}
	return false, false
}

// wholeNumber is an IntegerField of 64 bits that can be null.
func wholeNumber[T any](name string, at func(*T) **int64) field[T] {
	return field[T]{
		name: name,
		null: func(to *T) { *at(to) = nil },
		set: func(_ *validation, value any, to *T) faults {
			n, message := readInteger(value)
			if message != "" {
				return fault(message)
			}
			*at(to) = &n
			return faults{}
		},
	}
}

// choice is a ChoiceField.
func choice[T any, C ~string](name string, choices []C, at func(*T) *C) field[T] {
	return field[T]{name: name, set: func(_ *validation, value any, to *T) faults {
		chosen := C(str(value))
		if !slices.Contains(choices, chosen) {
			return fault(fmt.Sprintf(`"%s" is not a valid choice.`, chosen))
		}
		*at(to) = chosen
		return faults{}
	}}
}

// nested is a serializer in a serializer.
func nested[T, N any](name string, fields []field[N], at func(*T) *N) field[T] {
	return field[T]{name: name, required: true, nested: true, set: func(v *validation, value any, to *T) faults {
		return apply(v, fields, value, at(to))
	}}
}
