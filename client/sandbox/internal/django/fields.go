package django

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
type Field[T any] struct {
	Name       string
	Required   bool
	allowBlank bool     // a text that may be empty
	SetNull    func(*T) // sets null; nil where null is refused
	Related    bool     // an object's id; an empty text is null
	nested     bool     // an object, whose fields stand below this one in a form
	setOmitted func(*T) // what leaving it out of a form means; nil for nothing
	Set        func(v *Validation, value any, to *T) Errors
}

// A validation is what validators need to know beside the value.
type Validation struct {
	Context any  // what the fields' own validators want: nothing to this package
	Partial bool // what is required may be left out
}

// validate writes data to to, or answers with all that is wrong with it.
func Validate[T any](v *Validation, fields []Field[T], data any, to *T) *Response {
	f := nonFieldErrors("No data provided")
	if data != nil {
		f = validateFields(v, fields, data, to)
	}
	if f.IsEmpty() {
		return nil
	}
	return &Response{Status: http.StatusBadRequest, Body: f}
}

// apply checks value, an object or a form, and writes its fields to to: all
// that are right, so to must be thrown away unless there are no faults.
func validateFields[T any](v *Validation, fields []Field[T], value any, to *T) (all Errors) {
	lookup, isForm := fieldsOf(value)
	if lookup == nil {
		return nonFieldErrors("Invalid data. Expected a dictionary, but got " + TypeName(value) + ".")
	}
	for i := range fields {
		f := &fields[i]
		value, ok := lookup(f.Name, f.nested)
		if isForm && value == "" && !f.allowBlank {
			// An empty input of a form is null, or as good as not there.
			if f.SetNull != nil {
				value = nil
			} else if !f.Required {
				continue
			}
		}
		if f.Related && value == "" {
			value = nil
		}
		switch {
		case !ok && v.Partial:
		case !ok && f.Required:
			all.Add(f.Name, NewErrors("This field is required."))
		case !ok:
			if isForm && f.setOmitted != nil {
				f.setOmitted(to)
			}
		case value != nil:
			all.Add(f.Name, f.Set(v, value, to))
		case f.SetNull == nil:
			all.Add(f.Name, NewErrors("This field may not be null."))
		default:
			f.SetNull(to)
		}
	}
	return all
}

// A textRule is what a text must be.
type CharRules struct {
	Required       bool
	AllowBlank     bool
	MaxLength      int                      // in characters; 0 for any
	InvalidMessage string                   // the message about what is no text, if it is not the usual one
	Validate       func(text string) string // returns a message; nil for no more rules
}

// text is a CharField, which takes numbers too and cuts white space off both
// ends.
func CharField[T any](name string, rule CharRules, at func(*T) *string) Field[T] {
	return Field[T]{Name: name, Required: rule.Required, allowBlank: rule.AllowBlank, Set: func(_ *Validation, value any, to *T) Errors {
		switch value.(type) {
		case string, Integer, float64:
		default:
			return NewErrors(cmp.Or(rule.InvalidMessage, "Not a valid string."))
		}
		s := Strip(Str(value))
		if s == "" {
			if !rule.AllowBlank {
				return NewErrors("This field may not be blank.")
			}
			*at(to) = ""
			return Errors{}
		}
		*at(to) = s
		return Errors{messages: rule.errorsOf(s)}
	}}
}

func (rule *CharRules) errorsOf(s string) (messages []string) {
	if rule.MaxLength > 0 && utf8.RuneCountInString(s) > rule.MaxLength {
		messages = append(messages, fmt.Sprintf("Ensure this field has no more than %d characters.", rule.MaxLength))
	}
	if strings.Contains(s, "\x00") {
		messages = append(messages, "Null characters are not allowed.")
	}
	if code := surrogate(s); code != 0 {
		messages = append(messages, fmt.Sprintf("Surrogate characters are not allowed: U+%X.", code))
	}
	if rule.Validate != nil {
		if message := rule.Validate(s); message != "" {
			messages = append(messages, message)
		}
	}
	return messages
}

// boolean is a BooleanField. A form can't send an unticked box, so leaving it
// out of one means false.
func BooleanField[T any](name string, at func(*T) *bool) Field[T] {
	return Field[T]{
		Name:       name,
		setOmitted: func(to *T) { *at(to) = false },
		Set: func(_ *Validation, value any, to *T) Errors {
			b, ok := BooleanValue(value)
			if !ok {
				return NewErrors("Must be a valid boolean.")
			}
			*at(to) = b
			return Errors{}
		},
	}
}

func BooleanValue(value any) (b, ok bool) {
	switch value {
	case true, Integer("1"), 1.0, "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1":
		return true, true
	case false, Integer("0"), 0.0, "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0":
		return false, true
	}
	return false, false
}

// wholeNumber is an IntegerField of 64 bits that can be null.
func IntegerField[T any](name string, at func(*T) **int64) Field[T] {
	return Field[T]{
		Name:    name,
		SetNull: func(to *T) { *at(to) = nil },
		Set: func(_ *Validation, value any, to *T) Errors {
			n, message := IntegerValue(value)
			if message != "" {
				return NewErrors(message)
			}
			*at(to) = &n
			return Errors{}
		},
	}
}

// choice is a ChoiceField.
func ChoiceField[T any, C ~string](name string, choices []C, at func(*T) *C) Field[T] {
	return Field[T]{Name: name, Set: func(_ *Validation, value any, to *T) Errors {
		chosen := C(Str(value))
		if !slices.Contains(choices, chosen) {
			return NewErrors(fmt.Sprintf(`"%s" is not a valid choice.`, chosen))
		}
		*at(to) = chosen
		return Errors{}
	}}
}

// nested is a serializer in a serializer.
func NestedField[T, N any](name string, fields []Field[N], at func(*T) *N) Field[T] {
	return Field[T]{Name: name, Required: true, nested: true, Set: func(v *Validation, value any, to *T) Errors {
		return validateFields(v, fields, value, at(to))
	}}
}
