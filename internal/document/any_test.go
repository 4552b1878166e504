package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func readAny(text string, format Format) (string, error) {
	d, root := Parse(File("any"), []byte(text), format)
	var got string
	if root != nil {
		got = string(root.JSON(10_000))
	}
	return got, d.Err()
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{a: [1, 2.5, "x", true, null, ~, -3], b: {}, "c d": []}`: `{"a":[1,2.5,"x",true,null,null,-3],"b":{},"c d":[]}`,
		"hi":                     `"hi"`,
		"2026-01-05T08:00:00Z":   `"2026-01-05T08:00:00Z"`,
		"a: &x {y: 1}\nb: *x":    `{"a":{"y":1},"b":{"y":1}}`,
		"a: |\n  two\n  lines\n": `{"a":"two\nlines\n"}`,
		strings.Repeat("[", 100) + strings.Repeat("]", 100): strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		got, err := readAny(text, YAML)
		require.NoError(t, err, text)
		assert.Equal(t, want, got)
	}
	got, err := readAny(`{"big": 9007199254740993, "list": [1, {"a": null}], "text": "\ud83d\ude00 <b>"}`, JSON)
	require.NoError(t, err)
	assert.JSONEq(t, `{"big": 9007199254740993, "list": [1, {"a": null}], "text": "\ud83d\ude00 <b>"}`, got)
}

func TestInvalidJSON(t *testing.T) {
	t.Parallel()
	bomb := "- &a0 [x, x]\n"
	for i := range 40 {
		bomb += fmt.Sprintf("- &a%d [*a%d, *a%d]\n", i+1, i, i)
	}
	for text, want := range map[string]string{
		"{1: a}":                   "any:1: has an object with a key that is not a string",
		"{a: 1, a: 2}":             `any:1: has an object with two keys "a"`,
		"a: .nan":                  `any:1: has ".nan", which JSON has not`,
		"a: !!binary x=":           `any:1: has "x=", which JSON has not`,
		"&a [*a]":                  "any:1: has more than 100 levels",
		bomb:                       "any:1: has more than 10000 bytes",
		strings.Repeat("x", 10000): "any:1: has more than 10000 bytes",
		strings.Repeat("[", 102) + strings.Repeat("]", 102): "any:1: has more than 100 levels",
	} {
		_, err := readAny(text, YAML)
		require.EqualError(t, err, want)
	}
}
