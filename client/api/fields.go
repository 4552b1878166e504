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

// Fields are the fields of a JSON object that a Go type doesn't have: their
// names are unknown to this release of the SDK, or their values don't fit. They
// print as their names, in every verb, in slog and in JSON: a field of a later
// release may hold a credential. The nil Fields is empty and can be read.
type Fields struct {
	// A pointer, so that printers that ignore methods show an address.
	content *fieldList
}

type fieldList struct {
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
	if f == nil || f.content == nil {
		return nil, false
	}
	if i := f.content.index(name); i >= 0 {
		value = f.content.fields[i].value
	}
	return value, value != nil
}

// Set sets a field to value, which must be JSON.
func (f *Fields) Set(name string, value json.RawMessage) {
	if f.content == nil {
		f.content = &fieldList{}
	}
	f.content.set(name, value)
}

// Delete removes the field with this name, if there is one.
func (f *Fields) Delete(name string) {
	if _, ok := f.Get(name); ok {
		f.content.set(name, nil)
	}
}

func (l *fieldList) set(name string, value json.RawMessage) {
	if i := l.index(name); i >= 0 {
		l.fields[i].value = value
		return
	}
	l.fields = append(l.fields, field{name, value})
	switch n := len(l.fields); {
	case l.at != nil:
		l.at[name] = n - 1
	case n > few:
		l.at = make(map[string]int, 2*n)
		for i, field := range l.fields {
			l.at[field.name] = i
		}
	}
}

func (l *fieldList) index(name string) int {
	if l.at == nil {
		return slices.IndexFunc(l.fields, func(f field) bool { return f.name == name })
	}
	if i, ok := l.at[name]; ok {
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
		if f == nil || f.content == nil {
			return
		}
		for _, field := range f.content.fields {
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
