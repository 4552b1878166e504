package client

import "encoding/json"

// Nullable is a field of a request that can be null. Its zero value is unset,
// and leaves the field out; [Null] sends null; [Value] sends a value, zero or
// not. It can be compared with ==.
//
//	update := client.PeriodicAgentUpdateRequest{PreviousAgent: client.Null[int64]()}
type Nullable[T comparable] struct {
	value T
	state nullableState
}

type nullableState uint8

const (
	unset nullableState = iota
	null
	set
)

// Value is a Nullable that is sent as v.
func Value[T comparable](v T) Nullable[T] { return Nullable[T]{value: v, state: set} }

// Null is a Nullable that is sent as null.
func Null[T comparable]() Nullable[T] { return Nullable[T]{state: null} }

// Get returns the value, and whether there is one: for unset and null there is
// none.
func (n Nullable[T]) Get() (T, bool) { return n.value, n.state == set }

// IsNull reports whether n is sent as null.
func (n Nullable[T]) IsNull() bool { return n.state == null }

// IsZero reports whether n is unset. It is what encoding/json's omitzero asks.
func (n Nullable[T]) IsZero() bool { return n.state == unset }

// MarshalJSON writes the value. Unset is written as null where it can't be left
// out.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if n.state != set {
		return []byte("null"), nil
	}
	return json.Marshal(n.value)
}

// UnmarshalJSON reads null as [Null] and all else as a value.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*n = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*n = Value(v)
	return nil
}
