package document

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// thing is the type of the documents in these tests.
type thing struct {
	Text     string
	Number   float64
	Whole    int64
	Yes      bool
	At       time.Time
	Takes    time.Duration
	Choice   string
	Children []thing
}

func readThing(v *Value) (read thing) {
	v.Object(Fields{
		"text":     func(v *Value) { read.Text = v.Text(10) },
		"number":   func(v *Value) { read.Number = v.Float(-1, 1e3) },
		"whole":    func(v *Value) { read.Whole = v.Int(-5, 5) },
		"yes":      func(v *Value) { read.Yes = v.Bool() },
		"at":       func(v *Value) { read.At = v.Time() },
		"takes":    func(v *Value) { read.Takes = v.Duration(time.Hour) },
		"choice":   func(v *Value) { read.Choice = v.OneOf("red", "green") },
		"children": func(v *Value) { v.List(3, func(v *Value) { read.Children = append(read.Children, readThing(v)) }) },
	}, "text")
	return read
}

func parseThing(text string, format Format) (thing, error) {
	document, root := Parse(File("thing"), []byte(text), format)
	var read thing
	if root != nil {
		read = readThing(root)
	}
	return read, document.Err()
}

func TestFormats(t *testing.T) {
	t.Parallel()
	want := thing{
		Text: "Tag 📚", Number: 0.5, Whole: -3, Yes: true, Takes: 1500 * time.Millisecond, Choice: "green",
		At:       time.Date(2026, time.January, 5, 7, 55, 0, 0, time.UTC),
		Children: []thing{{Text: "a\tb"}, {Text: "*/5"}},
	}
	for name, test := range map[string]struct {
		format Format
		text   string
	}{
		"JSON":              {JSON, `{"text": "Tag 📚", "number": 0.5, "whole": -3, "yes": true, "takes": "1.5s", "choice": "green", "at": "2026-01-05T07:55:00Z", "children": [{"text": "a\tb"}, {"text": "*\/5"}]}`},
		"JSON from Python":  {JSON, `{"text": "Tag \ud83d\udcda", "number": 5e-1, "whole": -3, "yes": true, "takes": "1.5s", "choice": "green", "at": "2026-01-05T08:55:00+01:00", "children": [{"text": "a\u0009b"}, {"text": "*/5"}]}` + "\n"},
		"YAML":              {YAML, "text: Tag 📚\nnumber: .5\nwhole: -0x3\nyes: true\ntakes: 1.5s\nchoice: green\nat: 2026-01-05T07:55:00Z\nchildren:\n- text: \"a\\tb\"\n- text: '*/5'\n"},
		"YAML with aliases": {YAML, "text: Tag 📚\nnumber: 0.5\nwhole: -3\nyes: true\ntakes: &t 1.5s\nchoice: green\nat: '2026-01-05T07:55:00Z'\nchildren: [{text: &a \"a\\tb\"}, &five {text: '*/5'}]\n"},
		"JSON read as YAML": {YAML, `{"text": "Tag 📚", "number": 0.5, "whole": -3, "yes": true, "takes": "1.5s", "choice": "green", "at": "2026-01-05T07:55:00Z", "children": [{"text": "a\tb"}, {"text": "*/5"}]}`},
	} {
		read, err := parseThing(test.text, test.format)
		require.NoError(t, err, name)
		assert.Equal(t, want, read, name)
	}
	read, err := parseThing("text: a\nchildren: [&c {text: b}, *c]", YAML)
	require.NoError(t, err)
	assert.Equal(t, []thing{{Text: "b"}, {Text: "b"}}, read.Children, "aliases are resolved")
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		format Format
		text   string
		want   []string // lines
	}{
		"empty YAML":         {YAML, "# nothing\n", []string{"thing: is empty"}},
		"empty JSON":         {JSON, " \n", []string{"thing: is empty"}},
		"invalid JSON":       {JSON, "{\n\"text\": nothing}", []string{"thing:2: is not valid JSON: invalid character 'o' in literal null (expecting 'u')"}},
		"incomplete JSON":    {JSON, "{\n\"text\": [1,\n", []string{"thing:3: is not valid JSON: it ends unexpectedly"}},
		"two JSON values":    {JSON, "{\"text\": \"a\"}\n{}", []string{"thing:2: is not valid JSON: more text follows the value"}},
		"half a surrogate":   {JSON, `{"text": "\ud83d"}`, []string{`thing:1: is not valid JSON: invalid surrogate pair ` + "`" + `\ud83d"}` + "`" + ` in string`}},
		"invalid YAML":       {YAML, "text: a\n\tb: c\n", []string{"thing:2: is not valid YAML: found a tab character that violates indentation"}},
		"star":               {YAML, "text: a\nchoice: */5\n", []string{`thing:2: is not valid YAML: did not find expected alphabetic or numeric character; a string that starts with a star needs quotes, as in minute: "*/5"`}},
		"two YAML documents": {YAML, "text: a\n---\ntext: b\n", []string{"thing: has more than one document"}},
		"unknown alias":      {YAML, "choice: \ntext: [*a]\n", []string{"thing: is not valid YAML: unknown anchor 'a' referenced"}},
		"not UTF-8":          {YAML, "text: a\n# \xff\n", []string{"thing:2: is not UTF-8"}},
		"UTF-16":             {YAML, "\xff\xfet\x00", []string{"thing:1: is not UTF-8"}},
		"a list":             {JSON, "[]", []string{"thing:1: must be an object, not a list"}},
		"a string":           {YAML, "text", []string{`thing:1: must be an object, not the string "text"`}},
		"null":               {YAML, "text: a\nchoice:\nyes: null", []string{"thing:2: choice: must be a string, not null", "thing:3: yes: must be true or false, not null"}},
		"empty object":       {JSON, "{}", []string{"thing:1: has no text"}},
		"unknown":            {YAML, "text: a\ntxet: b\n", []string{`thing:2: unknown field "txet"; the known fields are at, children, choice, number, takes, text, whole, yes`}},
		"unknown below":      {JSON, "{\"text\": \"a\", \"children\": [\n{\"text\": \"b\"},\n{\"text\": \"b\",\n\"x\": 1}]}", []string{`thing:4: children[1]: unknown field "x"; the known fields are at, children, choice, number, takes, text, whole, yes`}},
		"key that is a list": {YAML, "text: a\n? [a]\n: b\n", []string{`thing:2: unknown field ""; the known fields are at, children, choice, number, takes, text, whole, yes`}},
		"merge":              {YAML, "text: a\nchildren:\n- &c {text: b}\n- <<: *c\n  text: d\n", []string{`thing:4: children[1]: unknown field "<<"; the known fields are at, children, choice, number, takes, text, whole, yes`}},
		"repeated in YAML":   {YAML, "text: a\nyes: true\ntext: b\n", []string{"thing:3: text: is given twice"}},
		"repeated in JSON":   {JSON, `{"text": "a", "text": "a"}`, []string{"thing:1: text: is given twice"}},
		"several, sorted": {YAML, "children:\n- text: 1\n- yes: maybe\n- text: [a]\nwhole: 1.5\nnumber: x\n", []string{
			"thing:1: has no text",
			`thing:2: children[0].text: must be a string, not the number "1"`,
			`thing:3: children[1].yes: must be true or false, not the string "maybe"`,
			"thing:3: children[1]: has no text",
			"thing:4: children[2].text: must be a string, not a list",
			`thing:5: whole: must be an integer, not the number "1.5"`,
			`thing:6: number: must be a number, not the string "x"`,
		}},
		"tags":              {YAML, "text: !mine a\nwhole: !!int x\nyes: !!bool x\nat: !!binary aGk=", []string{`thing:1: text: must be a string, not of the type "!mine"`, `thing:2: whole: is the number "x", which can't be decoded`, "thing:3: yes: is x, which can't be decoded", `thing:4: at: must be a time such as 2026-01-05T08:00:00Z, not of the type "!!binary"`}},
		"long text":         {YAML, "text: ääääääääääi", []string{"thing:1: text: has 11 characters, but at most 10 are allowed"}},
		"long list":         {YAML, "text: a\nchildren: [1, 2, 3, 4]", []string{"thing:2: children: has 4 items, but at most 3 are allowed"}},
		"object for a list": {YAML, "text: a\nchildren: {}", []string{"thing:2: children: must be a list, not an object"}},
		"numbers":           {YAML, "text: a\nwhole: 6\nnumber: .nan\n", []string{"thing:2: whole: must be from -5 to 5, not 6", "thing:3: number: must be from -1 to 1000, not NaN"}},
		"huge numbers":      {JSON, `{"text": "a", "whole": 99999999999999999999, "number": 1e999}`, []string{`thing:1: whole: is the number "99999999999999999999", which can't be decoded`, `thing:1: number: is the number "1e999", which can't be decoded`}},
		"choice":            {YAML, "text: a\nchoice: blue", []string{`thing:2: choice: must be one of red, green, not "blue"`}},
		"times": {YAML, "text: a\nat: 2026-01-05\nchildren: [{text: a, at: yesterday}, {text: a, at: 1969-12-31T23:59:59Z}, {text: a, at: 5}]", []string{
			`thing:2: at: must be a time such as 2026-01-05T08:00:00Z, not "2026-01-05"`,
			`thing:3: children[0].at: must be a time such as 2026-01-05T08:00:00Z, not "yesterday"`,
			"thing:3: children[1].at: must be from 1970-01-01 to 2999-12-31",
			`thing:3: children[2].at: must be a time such as 2026-01-05T08:00:00Z, not the number "5"`,
		}},
		"durations": {YAML, "text: a\ntakes: 5\nchildren: [{text: a, takes: a day}, {text: a, takes: -1s}, {text: a, takes: 61m}]", []string{
			`thing:2: takes: must be a duration such as 1.5s, not the number "5"`,
			`thing:3: children[0].takes: must be a duration such as 1.5s or 24h, not "a day"`,
			"thing:3: children[1].takes: must be from 0s to 1h0m0s, not -1s",
			"thing:3: children[2].takes: must be from 0s to 1h0m0s, not 1h1m0s",
		}},
		"shortened and quoted": {YAML, "text: a\nchoice: \"\\u001b[31m" + strings.Repeat("x", 100) + "\"", []string{
			`thing:2: choice: must be one of red, green, not "\x1b[31m` + strings.Repeat("x", 54) + `…"`,
		}},
	} {
		_, err := parseThing(test.text, test.format)
		require.Error(t, err, name)
		assert.Equal(t, strings.Join(test.want, "\n"), err.Error(), name)
	}
}

// A position is that of the field's name, or of the item of a list, in characters.
func TestColumns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		format Format
		text   string
		want   string
	}{
		"YAML":                {YAML, "text: a\nchildren:\n  - text: b\n    whole: x\n", `thing:4:5: children[0].whole: must be an integer, not the string "x"`},
		"YAML in one line":    {YAML, "text: a\nchildren: [{text: ä, yes: 1}, 2]\n", "thing:2:22: children[0].yes: must be true or false, not the number \"1\"\nthing:2:31: children[1]: must be an object, not the number \"2\""},
		"YAML with CRLF":      {YAML, "text: a\r\nchildren:\r\n  - whole: 1\r\n", "thing:3:5: children[0]: has no text"},
		"YAML with a mark":    {YAML, "\ufefftext: a\nwhole: x\n", `thing:2:1: whole: must be an integer, not the string "x"`},
		"JSON":                {JSON, "{\n  \"text\": \"a\",\n\t\"whole\": 1.5}", `thing:3:2: whole: must be an integer, not the number "1.5"`},
		"JSON in one line":    {JSON, `{"text": "ä", "whole": null}`, "thing:1:15: whole: must be an integer, not null"},
		"JSON with a list":    {JSON, `{"text": "a", "children": [{"text": "b"}, 5]}`, `thing:1:43: children[1]: must be an object, not the number "5"`},
		"a repeated field":    {YAML, "text: a\nchildren: [{text: b, text: c}]", "thing:2:22: children[0].text: is given twice"},
		"sorted by column":    {JSON, `{"yes": 1, "text": "a", "at": 2}`, "thing:1:2: yes: must be true or false, not the number \"1\"\nthing:1:25: at: must be a time such as 2026-01-05T08:00:00Z, not the number \"2\""},
		"no column if unread": {YAML, "text: a\n\tb: c\n", "thing:2: is not valid YAML: found a tab character that violates indentation"},
	} {
		document, root := Parse(FileWithColumns("thing"), []byte(test.text), test.format)
		if root != nil {
			readThing(root)
		}
		require.EqualError(t, document.Err(), test.want, name)
	}
}

func TestManyErrorsAreTruncated(t *testing.T) {
	t.Parallel()
	_, err := parseThing("text: a\n"+strings.Repeat("text: a\n", 70), YAML)
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	assert.Len(t, lines, maxProblems+1)
	assert.Equal(t, "and 20 more", lines[maxProblems])
}

// A few lines of YAML can expand to more than a machine's memory.
func TestAliasesAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("text: a\nchildren:\n- &a0 {text: b}\n")
	for i := range 20 {
		fmt.Fprintf(&text, "- &a%d {text: b, children: [*a%d, *a%[2]d, *a%[2]d]}\n", i+1, i)
	}
	document, root := Parse(File("thing"), []byte(text.String()), YAML)
	root.Object(Fields{
		"text":     func(*Value) {},
		"children": func(v *Value) { v.List(100, func(v *Value) { readThing(v) }) },
	})
	require.EqualError(t, document.Err(), "thing: is too long: it has more than 2000000 values")
}

func TestLongDocuments(t *testing.T) {
	t.Parallel()
	_, err := parseThing("["+strings.Repeat("0,", maxNodes)+"0]", JSON)
	require.EqualError(t, err, "thing: is too long: it has more than 2000000 values")
	_, err = parseThing(strings.Repeat("#", maxYAMLSize+1), YAML)
	require.EqualError(t, err, "thing: is longer than 8388608 bytes of YAML; JSON may be longer")
}
