package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

var errTooLong = fmt.Errorf("is too long: it has more than %d values", maxNodes)

// parseJSON parses JSON into YAML nodes. The YAML parser can't parse all JSON:
// it doesn't support surrogate pairs, with which JSON can encode emoji.
func parseJSON(text []byte) (*yaml.Node, *problem) {
	p := &jsonParser{text: text, decoder: jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)), line: 1, column: 1}
	root, err := p.value()
	if err == nil {
		if _, err = p.decoder.ReadToken(); errors.Is(err, io.EOF) {
			return root, nil
		}
		if err == nil {
			err = errors.New("more text follows the value")
		}
	}
	return nil, p.problem(err)
}

type jsonParser struct {
	text    []byte
	decoder *jsontext.Decoder
	line    int // of the offset
	column  int // of the offset
	offset  int // in the text
	nodes   int
}

func (p *jsonParser) value() (*yaml.Node, error) {
	p.advance(int(p.decoder.InputOffset())) // the end of the token before it
	token, err := p.decoder.ReadToken()
	if err != nil {
		return nil, err
	}
	begin := p.offset
	for strings.IndexByte(" \t\r\n,:", p.text[begin]) >= 0 {
		begin++
	}
	if p.nodes++; p.nodes > maxNodes {
		return nil, errTooLong
	}
	p.advance(begin)
	node := &yaml.Node{Kind: yaml.ScalarNode, Line: p.line, Column: p.column}
	switch kind := token.Kind(); kind {
	case '{', '[':
		node.Kind, node.Tag = yaml.MappingNode, "!!map"
		if kind == '[' {
			node.Kind, node.Tag = yaml.SequenceNode, "!!seq"
		}
		for p.decoder.PeekKind() != kind+2 { // the closing bracket
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

// advance moves to an offset.
func (p *jsonParser) advance(offset int) {
	between := p.text[p.offset:offset]
	if last := bytes.LastIndexByte(between, '\n'); last >= 0 {
		p.line += bytes.Count(between, []byte("\n"))
		p.column = 1
		between = between[last+1:]
	}
	p.column += utf8.RuneCount(between)
	p.offset = offset
}

func (p *jsonParser) problem(err error) *problem {
	p.advance(int(p.decoder.InputOffset()))
	line := p.line
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		line = 1 + bytes.Count(p.text[:min(int(syntax.ByteOffset), len(p.text))], []byte("\n"))
		err = syntax.Err
	}
	switch {
	case errors.Is(err, io.EOF):
		return &problem{position{}, "is empty"}
	case errors.Is(err, errTooLong):
		return &problem{position{}, err.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &problem{position{line: line}, "is not valid JSON: it ends unexpectedly"}
	}
	return &problem{position{line: line}, "is not valid JSON: " + err.Error()}
}
