package django

// faults is what is wrong with a value: messages, or the faults of its fields
// in the order in which they are declared. The zero value is none.
type Errors struct {
	messages []string
	fields   []fieldErrors
}

type fieldErrors struct {
	name string // as in the API: nothing in it needs escaping
	Errors
}

func NewErrors(message string) Errors { return Errors{messages: []string{message}} }

// nonFieldFault is a fault of a whole object.
func nonFieldErrors(message string) Errors {
	var f Errors
	f.Add("non_field_errors", NewErrors(message))
	return f
}

func (f Errors) IsEmpty() bool { return len(f.messages) == 0 && len(f.fields) == 0 }

// add takes the faults of a field, if there are any.
func (f *Errors) Add(name string, of Errors) {
	if !of.IsEmpty() {
		f.fields = append(f.fields, fieldErrors{name, of})
	}
}

// MarshalJSON writes an object, or a list of messages.
func (f Errors) MarshalJSON() ([]byte, error) {
	if len(f.fields) == 0 {
		return EncodeJSON(f.messages)
	}
	var out []byte
	for i, field := range f.fields {
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
