package document

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A Value is a part of a document. If it is invalid for the called method, the
// method adds an error to the document.
type Value struct {
	document *Document
	node     *yaml.Node
	at       position // of its key, if it has one; otherwise its own
	parent   *Value   // nil for the root
	step     string   // path from the parent, such as ".task" or "[3]"
	invalid  bool     // whether it or a part of it has an error
}

// path returns the path in the document, such as orgs[0].agents[3].task.
func (v *Value) path() string {
	if v.parent == nil {
		return ""
	}
	return strings.TrimPrefix(v.parent.path()+v.step, ".")
}

// Errorf adds an error about the value.
func (v *Value) Errorf(format string, args ...any) { v.add(v.at, fmt.Sprintf(format, args...)) }

func (v *Value) add(at position, text string) {
	if path := v.path(); path != "" {
		text = path + ": " + text
	}
	v.document.add(problem{at, text})
	v.invalidate()
}

// invalidate marks the value and its ancestors as invalid.
func (v *Value) invalidate() {
	for ; v != nil; v = v.parent {
		v.invalid = true
	}
}

// Invalid reports whether the value or a part of it has an error.
func (v *Value) Invalid() bool { return v.invalid }

// Len returns the number of fields of an object, or of items of a list.
func (v *Value) Len() int {
	if v.node.Kind == yaml.MappingNode {
		return len(v.node.Content) / 2
	}
	return len(v.node.Content)
}

// visit resolves an alias, and checks the kind and the tag of the node. If they
// are not the expected ones, it adds an error and returns false.
func (v *Value) visit(kind yaml.Kind, expected string, tags ...string) bool {
	if v.document.nodes--; v.document.nodes < 0 {
		if v.document.nodes == -1 {
			v.document.AddError(errTooLong.Error())
		}
		v.invalidate() // an unread value can't be checked
		return false
	}
	if v.at.line == 0 {
		v.at = position{v.node.Line, v.node.Column}
	}
	if v.node.Kind == yaml.AliasNode {
		v.node = v.node.Alias
	}
	if v.node.Kind == kind && (len(tags) == 0 || slices.Contains(tags, v.node.ShortTag())) {
		return true
	}
	v.Errorf("must be %s, not %s", expected, v.describe())
	return false
}

// describe returns a description of the value for error messages.
func (v *Value) describe() string {
	switch tag := v.node.ShortTag(); tag {
	case "!!null":
		return "null"
	case "!!str":
		return "the string " + Quote(v.node.Value)
	case "!!int", "!!float":
		return "the number " + Quote(v.node.Value)
	case "!!bool":
		return v.node.Value
	case "!!timestamp":
		return "the time " + Quote(v.node.Value)
	case "!!map":
		return "an object"
	case "!!seq":
		return "a list"
	default:
		return "of the type " + Quote(tag)
	}
}

// Quote quotes a text for an error message. It truncates long texts.
func Quote(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return strconv.Quote(text)
}

// Fields maps the names of an object's fields to the functions that decode
// them.
type Fields map[string]func(*Value)

// Object decodes the fields of an object, in the order of the document. It adds
// errors for unknown fields, repeated fields, and missing required fields.
func (v *Value) Object(known Fields, required ...string) {
	if !v.visit(yaml.MappingNode, "an object") {
		return
	}
	seen := map[string]bool{}
	for pair := range slices.Chunk(v.node.Content, 2) {
		name := pair[0].Value
		field := v.field(pair)
		read, isKnown := known[name]
		switch {
		case !isKnown || pair[0].Kind != yaml.ScalarNode:
			choices := "no fields are known"
			if len(known) > 0 {
				choices = "the known fields are " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
			}
			v.add(field.at, fmt.Sprintf("unknown field %s; %s", Quote(name), choices))
		case seen[name]:
			field.Errorf("is given twice")
		default:
			seen[name] = true
			read(field)
		}
	}
	for _, name := range required {
		if !seen[name] {
			v.Errorf("has no %s", name)
		}
	}
}

// IsObject reports whether the value is an object.
func (v *Value) IsObject() bool {
	node := v.node
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node.Kind == yaml.MappingNode
}

// AnyObject adds an error unless the value is an object. It ignores the fields.
func (v *Value) AnyObject() { v.visit(yaml.MappingNode, "an object") }

// field returns the field of a pair of a key and a value.
func (v *Value) field(pair []*yaml.Node) *Value {
	return &Value{document: v.document, node: pair[1], at: position{pair[0].Line, pair[0].Column}, parent: v, step: "." + pair[0].Value}
}

// Field returns a field of an object, or the object itself if it has no such
// field.
func (v *Value) Field(name string) *Value {
	for pair := range slices.Chunk(v.node.Content, 2) {
		if pair[0].Value == name {
			return v.field(pair)
		}
	}
	return v
}

// List decodes the items of a list.
func (v *Value) List(maxItems int, read func(*Value)) {
	if !v.visit(yaml.SequenceNode, "a list") {
		return
	}
	if len(v.node.Content) > maxItems {
		v.Errorf("has %d items, but at most %d are allowed", len(v.node.Content), maxItems)
		return
	}
	for i, node := range v.node.Content {
		read(&Value{document: v.document, node: node, parent: v, step: "[" + strconv.Itoa(i) + "]"})
	}
}

// Text decodes a string of at most maxLength characters.
func (v *Value) Text(maxLength int) string {
	if !v.visit(yaml.ScalarNode, "a string", "!!str") {
		return ""
	}
	if length := utf8.RuneCountInString(v.node.Value); length > maxLength {
		v.Errorf("has %d characters, but at most %d are allowed", length, maxLength)
	}
	return v.node.Value
}

// OneOf decodes a string that must be one of the choices.
func (v *Value) OneOf(choices ...string) string {
	text := v.Text(math.MaxInt)
	if !slices.Contains(choices, text) && v.node.ShortTag() == "!!str" {
		v.Errorf("must be one of %s, not %s", strings.Join(choices, ", "), Quote(text))
	}
	return text
}

// TextOrInt decodes a string or an integer, and returns its text. The error
// message contains expected.
func (v *Value) TextOrInt(expected string) (text string, isInt, ok bool) {
	ok = v.visit(yaml.ScalarNode, expected, "!!str", "!!int")
	return v.node.Value, v.node.ShortTag() == "!!int", ok
}

// Bool decodes a boolean.
func (v *Value) Bool() (b bool) {
	if v.visit(yaml.ScalarNode, "true or false", "!!bool") {
		v.decode(&b)
	}
	return b
}

// Int decodes an integer. The maximum math.MaxInt64 means no maximum.
func (v *Value) Int(minimum, maximum int64) (n int64) {
	if !v.visit(yaml.ScalarNode, "an integer", "!!int") || !v.decode(&n) || n >= minimum && n <= maximum {
		return n
	}
	if maximum == math.MaxInt64 {
		v.Errorf("must be %d or more, not %d", minimum, n)
	} else {
		v.Errorf("must be from %d to %d, not %d", minimum, maximum, n)
	}
	return n
}

// Float decodes a number.
func (v *Value) Float(minimum, maximum float64) (n float64) {
	if v.visit(yaml.ScalarNode, "a number", "!!int", "!!float") && v.decode(&n) && !(n >= minimum && n <= maximum) { // or NaN
		v.Errorf("must be from %v to %v, not %v", minimum, maximum, n)
	}
	return n
}

// decode decodes a scalar. The tag must have been checked.
func (v *Value) decode(into any) bool {
	if err := v.node.Decode(into); err != nil {
		v.Errorf("is %s, which can't be decoded", v.describe())
		return false
	}
	return true
}

// MinTime returns the earliest time of documents and clocks.
func MinTime() time.Time { return time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC) }

// MaxTime returns the latest time of documents and clocks.
func MaxTime() time.Time { return time.Date(2999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// Time decodes a time in the format of RFC 3339, from [MinTime] to [MaxTime].
func (v *Value) Time() time.Time {
	if !v.visit(yaml.ScalarNode, "a time such as 2026-01-05T08:00:00Z", "!!str", "!!timestamp") {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, v.node.Value)
	switch {
	case err != nil:
		v.Errorf("must be a time such as 2026-01-05T08:00:00Z, not %s", Quote(v.node.Value))
	case t.Before(MinTime()) || t.After(MaxTime()):
		v.Errorf("must be from %s to %s", MinTime().Format(time.DateOnly), MaxTime().Format(time.DateOnly))
	}
	return t.UTC()
}

// Duration decodes a duration from 0 to maximum, in Go's format.
func (v *Value) Duration(maximum time.Duration) time.Duration {
	if !v.visit(yaml.ScalarNode, "a duration such as 1.5s", "!!str") {
		return 0
	}
	d, err := time.ParseDuration(v.node.Value)
	switch {
	case err != nil:
		v.Errorf("must be a duration such as 1.5s or 24h, not %s", Quote(v.node.Value))
	case d < 0 || d > maximum:
		v.Errorf("must be from 0s to %v, not %v", maximum, d)
	}
	return d
}
