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
}

type field struct {
	name  string
	value json.RawMessage
}

// Get returns the JSON of the field with this name. The caller must not change
// it.
func (f *Fields) Get(name string) (value json.RawMessage, ok bool) {
	if i := f.index(name); i >= 0 {
		return f.fields[i].value, true
	}
	return nil, false
}

// Set sets a field to value, which must be JSON.
func (f *Fields) Set(name string, value json.RawMessage) {
	if i := f.index(name); i >= 0 {
		f.fields[i].value = value
		return
	}
	f.fields = append(f.fields, field{name, value})
}

// Delete removes the field with this name, if there is one.
func (f *Fields) Delete(name string) {
	if i := f.index(name); i >= 0 {
		f.fields = slices.Delete(f.fields, i, i+1)
	}
}

func (f *Fields) index(name string) int {
	if f == nil {
		return -1
	}
	return slices.IndexFunc(f.fields, func(f field) bool { return f.name == name })
}

// Len returns the number of fields.
func (f *Fields) Len() int {
	if f == nil {
		return 0
	}
	return len(f.fields)
}

// All yields the fields in the order in which they were received.
func (f *Fields) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for i := range f.Len() {
			if !yield(f.fields[i].name, f.fields[i].value) {
				return
			}
		}
	}
}

// Names returns the fields' names in the order in which they were received.
func (f *Fields) Names() []string {
	names := make([]string, f.Len())
	for i := range names {
		names[i] = f.fields[i].name
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
