package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommentsAreSentences(t *testing.T) {
	t.Parallel()
	before, err := parse(`package client

// Defines values for Colour.
const (
	Red Colour = "red"
)

// Colour Names a colour.
//
// Example: red
type Colour string

// Thing Describes a thing, at a length that is more than a line in a terminal has.
// It has a second sentence.
//
// It has a second paragraph.
//
// Example: {"a":{"b":[1]}}
type Thing struct {
	// ID Id of the thing, which is described at a length that is more than a line in a terminal has.
	ID int64
	// Old A field.
	// Deprecated: there is a new one.
	Old string
	New string
}

// URL RFC 3986 says what it is.
type URL string
`)
	require.NoError(t, err)
	after, err := tidyComments(before)
	require.NoError(t, err)
	assert.Equal(t, `package client

// The known values of Colour.
const (
	Red Colour = "red"
)

// Colour names a colour.
type Colour string

// Thing describes a thing, at a length that is more than a line in a terminal
// has. It has a second sentence.
//
// It has a second paragraph.
//
// Example:
//
//	{
//	  "a": {
//	    "b": [
//	      1
//	    ]
//	  }
//	}
type Thing struct {
	// Id of the thing, which is described at a length that is more than a line
	// in a terminal has.
	ID int64
	// A field.
	//
	// Deprecated: there is a new one.
	Old string
	New string
}

// URL RFC 3986 says what it is.
type URL string
`, after.text)
}
