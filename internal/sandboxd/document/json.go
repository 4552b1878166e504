package main

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// parseJSON reads a text into the nodes that YAML would give. A parser of YAML
// would not do: it knows no surrogate pairs, in which JSON writes emoji.
func parseJSON(text []byte) (root *yaml.Node, line int, err error) {
	p := &jsonParser{text: text, decoder: jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)), line: 1}
	root, err = p.value()
	if err == nil {
		if _, err = p.decoder.ReadToken(); errors.Is(err, io.EOF) {
			return root, 0, nil
		}
		if err == nil {
			err = errors.New("there is something after the value")
		}
	}
	return p.fault(err)
}

type jsonParser struct {
	text    []byte
	decoder *jsontext.Decoder
	line    int
	at      int // where line was counted
	nodes   int
}

func (p *jsonParser) value() (*yaml.Node, error) {
	token, err := p.decoder.ReadToken()
	if err != nil {
		return nil, err
	}
	if p.nodes++; p.nodes > maxNodes {
		return nil, errTooLong
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Line: p.count()}
	switch kind := token.Kind(); kind {
	case '{', '[':
		node.Kind, node.Tag = yaml.MappingNode, "!!map"
		if kind == '[' {
			node.Kind, node.Tag = yaml.SequenceNode, "!!seq"
		}
		for p.decoder.PeekKind() != kind+2 { // the bracket that closes it
			child, err := p.value()
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		_, err = p.decoder.ReadToken()
		return node, err
	case '0':
		node.Tag, node.Value = "!!float", token.String()
		if !strings.ContainsAny(node.Value, ".eE") {
			node.Tag = "!!int"
		}
	case 't', 'f':
		node.Tag, node.Value = "!!bool", token.String()
	case 'n':
		node.Tag = "!!null"
	default:
		node.Tag, node.Value = "!!str", token.String()
	}
	return node, nil
}

// count is the line of the token that was read last.
func (p *jsonParser) count() int {
	at := int(p.decoder.InputOffset())
	p.line += bytes.Count(p.text[p.at:at], []byte("\n"))
	p.at = at
	return p.line
}

func (p *jsonParser) fault(err error) (_ *yaml.Node, line int, _ error) {
	line = p.count()
	if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		line = lineAt(p.text, min(int(fault.ByteOffset), len(p.text)))
		err = fault.Err
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, 0, errors.New("is empty")
	case errors.Is(err, errTooLong):
		return nil, 0, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, line, errors.New("is no JSON: it ends in the middle")
	}
	return nil, line, errors.New("is no JSON: " + err.Error())
}
