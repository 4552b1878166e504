package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	// maxNodes is how many values of a document are looked at, with those that
	// YAML's aliases repeat: small texts can mean very long ones.
	maxNodes = 2_000_000
	// maxYAML is how long YAML may be, in bytes: its parser takes memory for all of it
	// before anything can be counted. JSON is counted as it is read.
	maxYAML = 8 << 20
	// maxFaults is how many faults are told at once.
	maxFaults = 50
)

// A document is a text in JSON or YAML that is read strictly: what is not known,
// or is of another type, is a fault with its line.
type document struct {
	source source
	faults []fault
	more   int // faults that are not told
	left   int // how many nodes may still be looked at
}

// A source is where a document comes from.
type source struct {
	name string
	mark string // what stands between the name and a line's number
}

func fileSource(name string) source { return source{name, ":"} }
func bodySource(name string) source { return source{name, ": line "} }

type fault struct {
	line int // 0 for the whole
	text string
}

var errTooLong = fmt.Errorf("is too long: it has more than %d values", maxNodes)

// format is how a document is written.
type format int

const (
	formatJSON format = iota
	formatYAML
)

// parse reads a text. Its value is nil if it is neither JSON nor YAML.
func parse(from source, text []byte, as format) (*document, *value) {
	d := &document{source: from, left: maxNodes}
	if at := invalidUTF8(text); at >= 0 {
		d.fault(lineAt(text, at), "is not UTF-8")
		return d, nil
	}
	if as == formatYAML && len(text) > maxYAML {
		d.fault(0, fmt.Sprintf("is longer than %d bytes of YAML; JSON may be longer", maxYAML))
		return d, nil
	}
	read := parseYAML
	if as == formatJSON {
		read = parseJSON
	}
	node, line, err := read(text)
	if err != nil {
		d.fault(line, err.Error())
		return d, nil
	}
	return d, &value{document: d, node: node}
}

func (d *document) fault(line int, text string) {
	if len(d.faults) == maxFaults {
		d.more++
		return
	}
	d.faults = append(d.faults, fault{line, text})
}

// err is all that is wrong, in the order of lines, or nil.
func (d *document) err() error {
	if len(d.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(d.faults, func(a, b fault) int { return a.line - b.line })
	var lines []string
	for _, f := range d.faults {
		lines = append(lines, d.at(f.line)+f.text)
	}
	if d.more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", d.more))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// at is where a line is, as in "seed.yaml:7: " or "body: line 7: ".
func (d *document) at(line int) string {
	if line == 0 {
		return d.source.name + ": "
	}
	return d.source.name + d.source.mark + strconv.Itoa(line) + ": "
}

// invalidUTF8 is where a text stops being UTF-8, -1 if it does not.
func invalidUTF8(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

func lineAt(text []byte, at int) int { return 1 + bytes.Count(text[:at], []byte("\n")) }

var yamlFault = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parseYAML reads one document. Of a fault it tells the line.
func parseYAML(text []byte) (root *yaml.Node, line int, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var top yaml.Node
	switch err := decoder.Decode(&top); {
	case errors.Is(err, io.EOF):
		return nil, 0, errors.New("is empty")
	case err != nil:
		parts := yamlFault.FindStringSubmatch(err.Error())
		if parts == nil {
			return nil, 0, err
		}
		line, _ = strconv.Atoi(parts[1]) // 0 where none is told
		return nil, line, errors.New("is no YAML: " + parts[2] + hint(text, line))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, 0, errors.New("has more than one document")
	}
	return top.Content[0], 0, nil
}

// hint is for what is written wrong most often.
func hint(text []byte, line int) string {
	lines := bytes.Split(text, []byte("\n"))
	for _, near := range lines[max(0, min(line-1, len(lines))):min(line+1, len(lines))] {
		if bytes.Contains(near, []byte(": *")) {
			return `; a text that begins with a star needs quotes, as in minute: "*/5"`
		}
	}
	return ""
}
