package api

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
)

// Fields are the fields of a JSON object that a type has no room for: their
// names are unknown to this release of the SDK, or their values don't fit. They
// print as their names, in every verb, in slog and in JSON: a field of a later
// release may hold a credential. The nil Fields is empty and can be read.
type Fields struct {
	fields []field
	// at maps names to indexes once there are more than a few fields: a body with
	// a million of them must not take hours.
	at map[string]int
}

// A field without a value has been deleted.
type field struct {
	name  string
	value json.RawMessage
}

// few fields are searched faster than a map.
const few = 16

// Get returns the JSON of the field with this name. The caller must not change
// it.
func (f *Fields) Get(name string) (value json.RawMessage, ok bool) {
	if i := f.index(name); i >= 0 {
		value = f.fields[i].value
	}
	return value, value != nil
}

// Set sets a field to value, which must be JSON.
func (f *Fields) Set(name string, value json.RawMessage) {
	if i := f.index(name); i >= 0 {
		f.fields[i].value = value
		return
	}
	f.fields = append(f.fields, field{name, value})
	switch n := len(f.fields); {
	case f.at != nil:
		f.at[name] = n - 1
	case n > few:
		f.at = make(map[string]int, 2*n)
		for i, field := range f.fields {
			f.at[field.name] = i
		}
	}
}

// Delete removes the field with this name, if there is one.
func (f *Fields) Delete(name string) {
	if i := f.index(name); i >= 0 {
		f.fields[i].value = nil
	}
}

func (f *Fields) index(name string) int {
	if f == nil {
		return -1
	}
	if f.at == nil {
		return slices.IndexFunc(f.fields, func(f field) bool { return f.name == name })
	}
	if i, ok := f.at[name]; ok {
		return i
	}
	return -1
}

// Len returns the number of fields.
func (f *Fields) Len() int {
	n := 0
	for range f.All() {
		n++
	}
	return n
}

// All yields the fields in the order in which they were received.
func (f *Fields) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if f == nil {
			return
		}
		for _, field := range f.fields {
			if field.value != nil && !yield(field.name, field.value) {
				return
			}
		}
	}
}

// Names returns the fields' names in the order in which they were received.
func (f *Fields) Names() []string {
	names := []string{}
	for name := range f.All() {
		names = append(names, name)
	}
	return names
}

// String returns the fields' names.
func (f *Fields) String() string { return "[" + strings.Join(f.Names(), " ") + "]" }

// Format writes the fields' names, whatever the verb.
func (f *Fields) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, f.String()) }

// LogValue returns the fields' names.
func (f *Fields) LogValue() slog.Value { return slog.AnyValue(f.Names()) }

// MarshalJSON returns the fields' names as an array.
func (f *Fields) MarshalJSON() ([]byte, error) { return json.Marshal(f.Names()) }
