package client

import (
	"reflect"
	"unsafe"

	"github.com/iblai/iblai-go/client/api"
)

// maskedReason is the reason to refuse a value that holds a secret.
const maskedReason = "holds an api.Secret, or an unknown field with the name of a secret, which encoding/json writes as ***: pass its text"

// holdsSecret reports whether there is an [api.Secret] anywhere in value: in its
// type, or in the values of its interfaces. A field of that type counts even if
// it is empty or unexported, so that a program fails in its first test rather
// than with its first secret. An unknown field that is masked counts, too.
func holdsSecret(value any) bool {
	s := secretSearch{types: map[reflect.Type]typeFacts{}, visited: map[visit]bool{}}
	return s.inValue(reflect.ValueOf(&value).Elem())
}

// secretSearch is a search through a value, which may refer to itself.
type secretSearch struct {
	types   map[reflect.Type]typeFacts
	visited map[visit]bool
}

// typeFacts are facts about all values of a type.
type typeFacts struct {
	secret  bool // they contain a secret
	dynamic bool // they contain interfaces or unknown fields, which may hold one
}

// visit identifies a pointer, a map or a slice that was searched.
type visit struct {
	of     reflect.Type
	data   unsafe.Pointer
	length int
}

// inValue searches the interfaces and the unknown fields in v.
func (s *secretSearch) inValue(v reflect.Value) bool {
	facts := s.inType(v.Type())
	if facts.secret || !facts.dynamic || s.isVisited(v) {
		return facts.secret
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		return !v.IsNil() && s.inValue(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[api.Fields]() && v.CanInterface() {
			unknown, _ := reflect.TypeAssert[api.Fields](v)
			return hasMasked(&unknown)
		}
		for _, field := range v.Fields() {
			if s.inValue(field) {
				return true
			}
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			if s.inValue(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		for key, element := range v.Seq2() {
			if s.inValue(key) || s.inValue(element) {
				return true
			}
		}
	}
	return false
}

// isVisited reports whether v was searched before.
func (s *secretSearch) isVisited(v reflect.Value) bool {
	at := visit{of: v.Type()}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map:
		at.data = v.UnsafePointer()
	case reflect.Slice:
		at.data, at.length = v.UnsafePointer(), v.Len()
	default:
		return false
	}
	if s.visited[at] {
		return true
	}
	s.visited[at] = true
	return false
}

// inType returns the facts about t and the types in it.
func (s *secretSearch) inType(t reflect.Type) typeFacts {
	if facts, ok := s.types[t]; ok {
		return facts
	}
	var facts typeFacts
	seen := map[reflect.Type]bool{}
	for open := []reflect.Type{t}; len(open) > 0; {
		last := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[last] {
			continue
		}
		seen[last] = true
		facts.secret = facts.secret || last == reflect.TypeFor[api.Secret]()
		facts.dynamic = facts.dynamic || last == reflect.TypeFor[api.Fields]() || last.Kind() == reflect.Interface
		switch last.Kind() {
		case reflect.Pointer, reflect.Array, reflect.Slice:
			open = append(open, last.Elem())
		case reflect.Map:
			open = append(open, last.Key(), last.Elem())
		case reflect.Struct:
			for field := range last.Fields() {
				open = append(open, field.Type)
			}
		}
	}
	s.types[t] = facts
	return facts
}
