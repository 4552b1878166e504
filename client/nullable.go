package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Nullable is a field of a request that can be null. Its zero value is unset,
// and leaves the field out; [Null] sends null; [Value] sends a value, zero or
// not. It prints as the value that it holds, as null or as unset.
//
//	update := client.PeriodicAgentUpdateRequest{PreviousAgent: client.Null[int64]()}
type Nullable[T any] struct {
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
func Value[T any](v T) Nullable[T] { return Nullable[T]{value: v, state: set} }

// Null is a Nullable that is sent as null.
func Null[T any]() Nullable[T] { return Nullable[T]{state: null} }

// Get returns the value, and whether there is one: for unset and null there is
// none.
func (n Nullable[T]) Get() (T, bool) { return n.value, n.state == set }

// IsNull reports whether n is sent as null.
func (n Nullable[T]) IsNull() bool { return n.state == null }

// IsZero reports whether n is unset. Package encoding/json calls it for
// omitzero.
func (n Nullable[T]) IsZero() bool { return n.state == unset }

// Format writes the value as package fmt does, null, or unset.
func (n Nullable[T]) Format(f fmt.State, verb rune) {
	switch n.state {
	case unset:
		_, _ = io.WriteString(f, "unset")
	case null:
		_, _ = io.WriteString(f, "null")
	case set:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), n.value)
	}
}

// LogValue returns the value, nil for null, or unset.
func (n Nullable[T]) LogValue() slog.Value {
	switch n.state {
	case null:
		return slog.AnyValue(nil)
	case set:
		return slog.AnyValue(n.value)
	case unset:
	}
	return slog.StringValue("unset")
}

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
