package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A value is a part of a document, and knows where it stands.
type value struct {
	document *document
	node     *yaml.Node
	line     int    // of its key, where it has one
	parent   *value // nil at the top
	step     string // from the parent, as in ".task" or "[3]"
	faulty   bool   // or something in it is
}

// path is where the value stands, as in orgs[0].agents[3].task.
func (v *value) path() string {
	if v.parent == nil {
		return ""
	}
	return strings.TrimPrefix(v.parent.path()+v.step, ".")
}

// fault keeps what is wrong with the value.
func (v *value) fault(format string, args ...any) { v.faultAt(v.line, fmt.Sprintf(format, args...)) }

func (v *value) faultAt(line int, text string) {
	if path := v.path(); path != "" {
		text = path + ": " + text
	}
	v.document.fault(line, text)
	for ; v != nil; v = v.parent {
		v.faulty = true
	}
}

// visit looks at the node, or at the one that it is an alias of. It returns
// false if it is of another kind than is wanted, and of none of the tags.
func (v *value) visit(kind yaml.Kind, wanted string, tags ...string) bool {
	if v.document.left--; v.document.left < 0 {
		if v.document.left == -1 {
			v.document.fault(0, errTooLong.Error())
		}
		return false
	}
	if v.line == 0 {
		v.line = v.node.Line
	}
	if v.node.Kind == yaml.AliasNode {
		v.node = v.node.Alias
	}
	if v.node.Kind == kind && (len(tags) == 0 || slices.Contains(tags, v.node.ShortTag())) {
		return true
	}
	v.fault("must be %s, not %s", wanted, v.is())
	return false
}

// is says what the value is.
func (v *value) is() string {
	switch tag := v.node.ShortTag(); tag {
	case "!!null":
		return "null"
	case "!!str":
		return "the text " + brief(v.node.Value)
	case "!!int", "!!float":
		return "the number " + brief(v.node.Value)
	case "!!bool":
		return v.node.Value
	case "!!timestamp":
		return "the time " + brief(v.node.Value)
	case "!!map":
		return "an object"
	case "!!seq":
		return "a list"
	default:
		return "of the type " + brief(tag)
	}
}

// brief is a text that fits into a message.
func brief(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return strconv.Quote(text)
}

// fields are what an object may have, and how each is read.
type fields map[string]func(*value)

// object reads the fields of an object, in their order, and wants those that are
// required.
func (v *value) object(known fields, required ...string) {
	if !v.visit(yaml.MappingNode, "an object") {
		return
	}
	seen := map[string]bool{}
	for pair := range slices.Chunk(v.node.Content, 2) {
		name := pair[0].Value
		field := &value{document: v.document, node: pair[1], line: pair[0].Line, parent: v, step: "." + name}
		read, isKnown := known[name]
		switch {
		case !isKnown || pair[0].Kind != yaml.ScalarNode:
			v.faultAt(field.line, fmt.Sprintf("unknown key %s; the known ones are %s", brief(name), strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
		case seen[name]:
			field.fault("is given twice")
		default:
			seen[name] = true
			read(field)
		}
	}
	for _, name := range required {
		if !seen[name] {
			v.fault("has no %s", name)
		}
	}
}

// list reads the items of a list.
func (v *value) list(longest int, read func(*value)) {
	if !v.visit(yaml.SequenceNode, "a list") {
		return
	}
	if len(v.node.Content) > longest {
		v.fault("has %d items, but at most %d are taken", len(v.node.Content), longest)
		return
	}
	for i, node := range v.node.Content {
		read(&value{document: v.document, node: node, parent: v, step: "[" + strconv.Itoa(i) + "]"})
	}
}

// text reads a text of so many characters at most.
func (v *value) text(longest int) string {
	if !v.visit(yaml.ScalarNode, "a text", "!!str") {
		return ""
	}
	if length := utf8.RuneCountInString(v.node.Value); length > longest {
		v.fault("has %d characters, but may have %d at most", length, longest)
	}
	return v.node.Value
}

// oneOf reads one of some texts.
func (v *value) oneOf(choices ...string) string {
	text := v.text(maxText)
	if !slices.Contains(choices, text) && v.node.ShortTag() == "!!str" {
		v.fault("must be one of %s, not %s", strings.Join(choices, ", "), brief(text))
	}
	return text
}

func (v *value) boolean() (b bool) {
	if v.visit(yaml.ScalarNode, "true or false", "!!bool") {
		v.decode(&b)
	}
	return b
}

func (v *value) whole(lowest, highest int64) (n int64) {
	if !v.visit(yaml.ScalarNode, "a whole number", "!!int") || !v.decode(&n) || n >= lowest && n <= highest {
		return n
	}
	if highest == maxID {
		v.fault("must be %d or more, not %d", lowest, n)
	} else {
		v.fault("must be from %d to %d, not %d", lowest, highest, n)
	}
	return n
}

func (v *value) number(lowest, highest float64) (n float64) {
	if v.visit(yaml.ScalarNode, "a number", "!!int", "!!float") && v.decode(&n) && !(n >= lowest && n <= highest) { // NaN neither
		v.fault("must be from %v to %v, not %v", lowest, highest, n)
	}
	return n
}

// decode reads a scalar whose tag is right.
func (v *value) decode(into any) bool {
	if err := v.node.Decode(into); err != nil {
		v.fault("is %s, which can't be read", v.is())
		return false
	}
	return true
}

// time reads a point in time.
func (v *value) time() time.Time {
	if !v.visit(yaml.ScalarNode, "a time such as 2026-01-05T08:00:00Z", "!!str", "!!timestamp") {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, v.node.Value)
	switch {
	case err != nil:
		v.fault("must be a time such as 2026-01-05T08:00:00Z, not %s", brief(v.node.Value))
	case t.Before(firstTime) || t.After(lastTime):
		v.fault("must be from %s to %s", firstTime.Format(time.DateOnly), lastTime.Format(time.DateOnly))
	}
	return t.UTC()
}

// Times that a clock can show, with room for calendars to count on.
var (
	firstTime = time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(2999, time.December, 31, 0, 0, 0, 0, time.UTC)
)

// duration reads how long something takes.
func (v *value) duration(longest time.Duration) time.Duration {
	if !v.visit(yaml.ScalarNode, "a duration such as 1.5s", "!!str") {
		return 0
	}
	d, err := time.ParseDuration(v.node.Value)
	switch {
	case err != nil:
		v.fault("must be a duration such as 1.5s or 24h, not %s", brief(v.node.Value))
	case d < 0 || d > longest:
		v.fault("must be from 0s to %v, not %v", longest, d)
	}
	return d
}
