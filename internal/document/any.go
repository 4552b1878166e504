package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxDepth is the maximum number of nested objects and lists in a value of any type.
const maxDepth = 100

// JSON returns a value of any type as JSON of at most maxLength bytes.
func (v *Value) JSON(maxLength int) json.RawMessage {
	if v.at.line == 0 {
		v.at = position{v.node.Line, v.node.Column}
	}
	e := jsonEncoder{document: v.document, maxLength: maxLength}
	if err := e.encode(v.node, 0); err != nil {
		v.Errorf("%v", err)
		return nil
	}
	return e.text
}

// A jsonEncoder encodes nodes. An alias may repeat a node many times.
type jsonEncoder struct {
	document  *Document
	maxLength int
	text      []byte
}

func (e *jsonEncoder) encode(node *yaml.Node, depth int) error {
	if e.document.nodes--; e.document.nodes < 0 {
		return errTooLong
	}
	if depth > maxDepth {
		return fmt.Errorf("has more than %d levels", maxDepth)
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.MappingNode:
		return e.object(node, depth)
	case yaml.SequenceNode:
		return e.list(node, depth)
	default:
		return e.scalar(node)
	}
}

func (e *jsonEncoder) object(node *yaml.Node, depth int) error {
	e.text = append(e.text, '{')
	seen := map[string]bool{}
	for pair := range slices.Chunk(node.Content, 2) {
		name := pair[0]
		switch {
		case name.ShortTag() != "!!str":
			return errors.New("has an object with a key that is not a string")
		case seen[name.Value]:
			return fmt.Errorf("has an object with two keys %s", Quote(name.Value))
		case len(seen) > 0:
			e.text = append(e.text, ',')
		}
		seen[name.Value] = true
		if err := e.scalar(name); err != nil {
			return err
		}
		e.text = append(e.text, ':')
		if err := e.encode(pair[1], depth+1); err != nil {
			return err
		}
	}
	e.text = append(e.text, '}')
	return nil
}

func (e *jsonEncoder) list(node *yaml.Node, depth int) error {
	e.text = append(e.text, '[')
	for i, item := range node.Content {
		if i > 0 {
			e.text = append(e.text, ',')
		}
		if err := e.encode(item, depth+1); err != nil {
			return err
		}
	}
	e.text = append(e.text, ']')
	return nil
}

func (e *jsonEncoder) scalar(node *yaml.Node) error {
	var value any
	var text []byte
	err := node.Decode(&value)
	if err == nil {
		text, err = json.Marshal(value)
	}
	if err != nil { // such as a NaN
		return fmt.Errorf("has %s, which JSON has not", Quote(node.Value))
	}
	if e.text = append(e.text, text...); len(e.text) > e.maxLength {
		return fmt.Errorf("has more than %d bytes", e.maxLength)
	}
	return nil
}
