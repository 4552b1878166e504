package django

import "strings"

// A Form holds the fields of a form: strings and uploaded files. The names of
// nested fields have dots.
type Form map[string]any

// lookup returns the value of a field. The value of a nested field is a Form.
func (f Form) lookup(name string, nested bool) (any, bool) {
	if !nested {
		value, ok := f[name]
		return value, ok
	}
	fields := Form{}
	prefix := name + "."
	for key, value := range f {
		if rest, ok := strings.CutPrefix(key, prefix); ok && rest != "" {
			fields[rest] = value
		}
	}
	return fields, len(fields) > 0
}

// lookupIn returns a function that returns the fields of a Dict or Form, nil for
// other values.
func lookupIn(value any) (lookup func(name string, nested bool) (any, bool), isForm bool) {
	switch value := value.(type) {
	case Dict:
		return func(name string, _ bool) (any, bool) {
			v, ok := value[name]
			return v, ok
		}, false
	case Form:
		return value.lookup, true
	}
	return nil, false
}
