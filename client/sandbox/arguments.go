package sandbox

import (
	"encoding/json"
	"fmt"

	"github.com/iblai/iblai-go/client/api"
)

// invalid returns the error for an invalid argument, option or field of one.
func invalid(argument, format string, args ...any) *api.ArgumentError {
	return &api.ArgumentError{Argument: argument, Reason: fmt.Sprintf(format, args...)}
}

// setDefault sets a field that is zero.
func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// setDefaultJSON sets a field that is empty.
func setDefaultJSON(field *json.RawMessage, value string) {
	if len(*field) == 0 {
		*field = json.RawMessage(value)
	}
}

// clone returns a copy of list that is not nil.
func clone[T any](list []T) []T { return append([]T{}, list...) }

// orgSeed is the argument of an option that adds something to an org.
type orgSeed[T any] struct {
	org   string
	value T
}
