package django

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Field is a writable field of a T, with the rules of its type.
type Field[T any] struct {
	name       string
	required   bool
	allowBlank bool     // accepts an empty string
	setNull    func(*T) // nil if the field doesn't accept null
	related    bool     // the id of an object; an empty string is null
	nested     bool     // an object, whose fields have the prefix "name." in a form
	setOmitted func(*T) // called if a form lacks the field; nil to leave it as it is
	// set validates a value that is not null, and sets the field.
	set func(v *Validation, value any, to *T) Errors
}

// A Validation holds the options of [Validate].
type Validation struct {
	Version Version
	Context any  // passed on to the functions of related fields
	Partial bool // no field is required
}

// Validate copies the data, a Dict or Form, to the fields of an object. If the data
// is invalid, it returns the response with all errors, and the object must be
// discarded.
func Validate[T any](v *Validation, fields []Field[T], data any, to *T) *Response {
	errs := nonFieldErrors("No data provided")
	if data != nil {
		errs = validateFields(v, fields, data, to)
	}
	if errs.IsEmpty() {
		return nil
	}
	return BadRequest(errs)
}

// validateFields copies the valid fields of a value to an object.
func validateFields[T any](v *Validation, fields []Field[T], value any, to *T) (errs Errors) {
	lookup, isForm := lookupIn(value)
	if lookup == nil {
		return nonFieldErrors("Invalid data. Expected a dictionary, but got " + TypeName(value) + ".")
	}
	for i := range fields {
		f := &fields[i]
		value, ok := lookup(f.name, f.nested)
		if isForm && value == "" && !f.allowBlank {
			// An empty input of a form is null, or else omitted.
			if f.setNull != nil {
				value = nil
			} else if !f.required {
				continue
			}
		}
		if f.related && value == "" {
			value = nil
		}
		switch {
		case !ok && v.Partial:
		case !ok && f.required:
			errs.Add(f.name, NewErrors("This field is required."))
		case !ok:
			if isForm && f.setOmitted != nil {
				f.setOmitted(to)
			}
		case value != nil:
			errs.Add(f.name, f.set(v, value, to))
		case f.setNull == nil:
			errs.Add(f.name, NewErrors("This field may not be null."))
		default:
			f.setNull(to)
		}
	}
	return errs
}

// CharRules are the rules of a CharField.
type CharRules struct {
	Required       bool
	AllowBlank     bool
	MaxLength      int    // in characters; 0 for any
	invalidMessage string // for other types; empty for the default message
	// Validate returns an error message. It comes before the other rules, and is nil if
	// there are no more.
	Validate     func(v Version, text string) string
	validateLast func(v Version, text string) string // like Validate, but comes last
}

// CharField is a field with a string. It accepts numbers too, and strips white
// space from both ends.
func CharField[T any](name string, rules CharRules, at func(*T) *string) Field[T] {
	return Field[T]{name: name, required: rules.Required, allowBlank: rules.AllowBlank, set: func(v *Validation, value any, to *T) Errors {
		switch value.(type) {
		case string, Integer, float64:
		default:
			return NewErrors(cmp.Or(rules.invalidMessage, "Not a valid string."))
		}
		s := Strip(Str(value))
		if s == "" {
			if !rules.AllowBlank {
				return NewErrors("This field may not be blank.")
			}
			*at(to) = ""
			return Errors{}
		}
		*at(to) = s
		return Errors{messages: rules.validate(v.Version, s)}
	}}
}

func (rules *CharRules) validate(v Version, s string) (messages []string) {
	add := func(message string) {
		if message != "" {
			messages = append(messages, message)
		}
	}
	if rules.Validate != nil {
		add(rules.Validate(v, s))
	}
	if rules.MaxLength > 0 && utf8.RuneCountInString(s) > rules.MaxLength {
		add(fmt.Sprintf("Ensure this field has no more than %d characters.", rules.MaxLength))
	}
	if strings.Contains(s, "\x00") {
		add("Null characters are not allowed.")
	}
	if code := surrogate(s); code != 0 {
		add(fmt.Sprintf("Surrogate characters are not allowed: U+%X.", code))
	}
	if rules.validateLast != nil {
		add(rules.validateLast(v, s))
	}
	return messages
}

// BooleanField is a field with a boolean. It is false if a form lacks it, since
// browsers don't send unchecked checkboxes.
func BooleanField[T any](name string, at func(*T) *bool) Field[T] {
	return Field[T]{
		name:       name,
		setOmitted: func(to *T) { *at(to) = false },
		set: func(v *Validation, value any, to *T) Errors {
			b, ok := v.Version.BooleanValue(value)
			if !ok {
				return NewErrors("Must be a valid boolean.")
			}
			*at(to) = b
			return Errors{}
		},
	}
}

// BooleanValue returns the boolean that a BooleanField accepts.
func (v Version) BooleanValue(value any) (b, ok bool) {
	if s, ok := value.(string); ok && v >= Django42 {
		value = strings.ToLower(s)
	}
	switch value {
	case true, Integer("1"), 1.0, "t", "T", "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1":
		return true, true
	case false, Integer("0"), 0.0, "f", "F", "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0":
		return false, true
	}
	return false, false
}

// BigIntegerField is a field with a nullable integer of 64 bits.
func BigIntegerField[T any](name string, at func(*T) **int64) Field[T] {
	return Field[T]{
		name:    name,
		setNull: func(to *T) { *at(to) = nil },
		set: func(v *Validation, value any, to *T) Errors {
			n, message := IntegerValue(value)
			if message == invalidInteger && v.Version >= Django52 {
				message = "A valid biginteger is required."
			}
			if message != "" {
				return NewErrors(message)
			}
			*at(to) = &n
			return Errors{}
		},
	}
}

// ChoiceField is a field with one of a few strings.
func ChoiceField[T any, C ~string](name string, choices []C, at func(*T) *C) Field[T] {
	return Field[T]{name: name, set: func(_ *Validation, value any, to *T) Errors {
		chosen := C(Str(value))
		if !slices.Contains(choices, chosen) {
			return NewErrors(fmt.Sprintf(`"%s" is not a valid choice.`, chosen))
		}
		*at(to) = chosen
		return Errors{}
	}}
}

// DateTimeField is a field with a nullable time.
func DateTimeField[T any](name string, at func(*T) *DateTime) Field[T] {
	return Field[T]{
		name:    name,
		setNull: func(to *T) { *at(to) = 0 },
		set: func(v *Validation, value any, to *T) Errors {
			d, message := v.Version.DateTimeValue(value)
			if message != "" {
				return NewErrors(message)
			}
			*at(to) = d
			return Errors{}
		},
	}
}

// NestedField is a required field with an object.
func NestedField[T, N any](name string, fields []Field[N], at func(*T) *N) Field[T] {
	return Field[T]{name: name, required: true, nested: true, set: func(v *Validation, value any, to *T) Errors {
		return validateFields(v, fields, value, at(to))
	}}
}
