package django

// Errors are the validation errors of a value: messages, or the errors of its
// fields in the order in which they are declared. The zero value has none.
type Errors struct {
	messages []string
	fields   []fieldErrors
}

type fieldErrors struct {
	name string // needs no escaping in JSON
	Errors
}

// NewErrors returns one message about a value.
func NewErrors(message string) Errors { return Errors{messages: []string{message}} }

// nonFieldErrors returns one message about a whole object.
func nonFieldErrors(message string) Errors {
	var e Errors
	e.Add("non_field_errors", NewErrors(message))
	return e
}

// IsEmpty reports whether there are no errors.
func (e Errors) IsEmpty() bool { return len(e.messages) == 0 && len(e.fields) == 0 }

// Add adds the errors of a field, if there are any.
func (e *Errors) Add(name string, errs Errors) {
	if !errs.IsEmpty() {
		e.fields = append(e.fields, fieldErrors{name, errs})
	}
}

// MarshalJSON encodes the errors as an object of fields, or as a list of messages.
func (e Errors) MarshalJSON() ([]byte, error) {
	if len(e.fields) == 0 {
		return EncodeJSON(e.messages)
	}
	var out []byte
	for i, field := range e.fields {
		separator := `,"`
		if i == 0 {
			separator = `{"`
		}
		value, err := field.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out = append(out, separator+field.name+`":`...)
		out = append(out, value...)
	}
	return append(out, '}'), nil
}
