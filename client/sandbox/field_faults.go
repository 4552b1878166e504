package sandbox

// faults is what is wrong with a value: messages, or the faults of its fields
// in the order in which they are declared. The zero value is none.
type faults struct {
	messages []string
	fields   []fieldFaults
}

type fieldFaults struct {
	name string // as in the API: nothing in it needs escaping
	faults
}

func fault(message string) faults { return faults{messages: []string{message}} }

// nonFieldFault is a fault of a whole object.
func nonFieldFault(message string) faults {
	var f faults
	f.add("non_field_errors", fault(message))
	return f
}

func (f faults) none() bool { return len(f.messages) == 0 && len(f.fields) == 0 }

// add takes the faults of a field, if there are any.
func (f *faults) add(name string, of faults) {
	if !of.none() {
		f.fields = append(f.fields, fieldFaults{name, of})
	}
}

// MarshalJSON writes an object, or a list of messages.
func (f faults) MarshalJSON() ([]byte, error) {
	if len(f.fields) == 0 {
		return marshal(f.messages)
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
