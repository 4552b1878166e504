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
			id, message := primaryKey(value)
			if message != "" {
				return NewErrors(message)
			}
			if !exists(v.Context, id) {
				return invalidPrimaryKey(value)
			}
			*at(to) = &id
			return Errors{}
		},
	}
}

// RequiredPrimaryKeyRelatedField is a required field with the id of an object. The
// function find returns the object, or nil.
func RequiredPrimaryKeyRelatedField[T, R any](name string, find func(context any, id int64) *R, at func(*T) **R) Field[T] {
	return Field[T]{name: name, required: true, related: true, set: func(v *Validation, value any, to *T) Errors {
		id, message := primaryKey(value)
		if message != "" {
			return NewErrors(message)
		}
		found := find(v.Context, id)
		if found == nil {
			return invalidPrimaryKey(value)
		}
		*at(to) = found
		return Errors{}
	}}
}

// primaryKey returns the id that a value is, or an error message.
func primaryKey(value any) (id int64, message string) {
	switch value := value.(type) {
	case string:
		if id, ok := ParsePrimaryKey(value); ok {
			return id, ""
		}
	case Integer: // 0 if it needs more than 64 bits
		id, _ = ParseInt(Str(value))
		return id, ""
	case float64:
		return int64(value), ""
	}
	return 0, "Incorrect type. Expected pk value, received " + TypeName(value) + "."
}

func invalidPrimaryKey(value any) Errors {
	return NewErrors(fmt.Sprintf(`Invalid pk "%s" - object does not exist.`, Str(value)))
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
			id, _ = ParseUUID(fmt.Sprintf("%032x", number))
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
