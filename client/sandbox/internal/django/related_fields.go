package django

import (
	"fmt"
	"math/big"
)

// PrimaryKeyRelatedField is a field with the nullable id of an object. The
// function exists reports whether there is one with an id.
func PrimaryKeyRelatedField[T any](name string, exists func(context any, id int64) bool, at func(*T) **int64) Field[T] {
	return Field[T]{
		name:    name,
		related: true,
		setNull: func(to *T) { *at(to) = nil },
		set: func(v *Validation, value any, to *T) Errors {
			var id int64
			switch value := value.(type) {
			case string, Integer:
				n, ok := ParseInt(Str(value))
				if _, isString := value.(string); isString && !ok {
					return NewErrors("Incorrect type. Expected pk value, received str.")
				}
				id = n
			case float64:
				id = int64(value)
			default:
				return NewErrors("Incorrect type. Expected pk value, received " + TypeName(value) + ".")
			}
			if !exists(v.Context, id) {
				return NewErrors(fmt.Sprintf(`Invalid pk "%s" - object does not exist.`, Str(value)))
			}
			*at(to) = &id
			return Errors{}
		},
	}
}

// SlugRelatedField is a required field with an object that is named by a UUID,
// its slug. The function find returns the object, or nil.
func SlugRelatedField[T, R any](name, slug string, find func(context any, id string) *R, at func(*T) **R) Field[T] {
	return Field[T]{name: name, required: true, related: true, set: func(v *Validation, value any, to *T) Errors {
		id, isUUID := ParseUUID(Str(value))
		switch value := value.(type) {
		case bool:
			isUUID = true
		case Integer: // the integer that a UUID is
			number, _ := new(big.Int).SetString(string(value), 10)
			isUUID = number.Sign() >= 0 && number.BitLen() <= 128
		}
		if !isUUID {
			return NewErrors("“" + Str(value) + "” is not a valid UUID.")
		}
		found := find(v.Context, id)
		if found == nil {
			return NewErrors("Object with " + slug + "=" + Str(value) + " does not exist.")
		}
		*at(to) = found
		return Errors{}
	}}
}
