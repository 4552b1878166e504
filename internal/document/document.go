// Package document decodes JSON and YAML strictly. It reports all errors of a
// document together, each with its line and its path.
package document

import (
	"bytes"
	"cmp"
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
	// maxNodes limits the number of values, including values repeated by YAML
	// aliases, with which a short text can expand to a very long one.
	maxNodes = 2_000_000
	// maxYAMLSize limits the size of YAML in bytes, since its parser allocates
	// the whole tree before values can be counted. The values of JSON are
	// counted while it is parsed.
	maxYAMLSize = 8 << 20
	// maxProblems limits how many errors are reported at once.
	maxProblems = 50
)

// A Format is the syntax of a document.
type Format int

// The formats.
const (
	JSON Format = iota
	YAML
)

// A Source names a document in error messages.
type Source struct {
	name      string
	separator string // between the name and a line number
	columns   bool   // whether positions have a column
}

// File returns a Source for a file. Its positions look like "seed.yaml:7: ".
func File(name string) Source { return Source{name: name, separator: ":"} }

// FileWithColumns returns a Source for a file. Its positions look like
// "fleet.yaml:7:3: ".
func FileWithColumns(name string) Source { return Source{name: name, separator: ":", columns: true} }

// Body returns a Source for the body of a request. Its positions look like
// "body: line 7: ".
func Body(name string) Source { return Source{name: name, separator: ": line "} }

// A Document is a parsed text. Unknown fields and values of a wrong type are
// errors.
type Document struct {
	source   Source
	problems []problem
	omitted  int // problems beyond the limit
	nodes    int // number of values that may still be visited
}

// A problem is an error at a position, or in the whole document if the position
// is zero.
type problem struct {
	position
	text string
}

// A position is a line and a column, both from 1 on. The column is 0 if it is
// unknown.
type position struct{ line, column int }

func (d *Document) add(p problem) {
	if len(d.problems) == maxProblems {
		d.omitted++
		return
	}
	d.problems = append(d.problems, p)
}

// AddError adds an error about the whole document.
func (d *Document) AddError(text string) { d.add(problem{text: text}) }

// Err returns all errors so far, or nil. The message has one line for each
// error, in the order of their positions.
func (d *Document) Err() error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b problem) int { return d.compare(a.position, b.position) })
	var lines []string
	for _, p := range d.problems {
		lines = append(lines, d.prefix(p.position)+p.text)
	}
	if d.omitted > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", d.omitted))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// compare orders positions by what is shown of them.
func (d *Document) compare(a, b position) int {
	if c := cmp.Compare(a.line, b.line); c != 0 || !d.source.columns {
		return c
	}
	return cmp.Compare(a.column, b.column)
}

// prefix returns the prefix of a message, such as "seed.yaml:7: ".
func (d *Document) prefix(at position) string {
	text := d.source.name
	if at.line > 0 {
		text += d.source.separator + strconv.Itoa(at.line)
		if d.source.columns && at.column > 0 {
			text += ":" + strconv.Itoa(at.column)
		}
	}
	return text + ": "
}

// Parse parses a text. If the text has a syntax error, root is nil, and Err
// returns the error.
func Parse(source Source, text []byte, format Format) (d *Document, root *Value) {
	d = &Document{source: source, nodes: maxNodes}
	node, p := parse(text, format)
	if p != nil {
		d.add(*p)
		return d, nil
	}
	return d, &Value{document: d, node: node}
}

func parse(text []byte, format Format) (*yaml.Node, *problem) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors write a byte order mark
	if line := invalidLine(text); line > 0 {
		return nil, &problem{position{line: line}, "is not UTF-8"}
	}
	if format == JSON {
		return parseJSON(text)
	}
	if len(text) > maxYAMLSize {
		return nil, &problem{position{}, fmt.Sprintf("is longer than %d bytes of YAML; JSON may be longer", maxYAMLSize)}
	}
	return parseYAML(text)
}

// invalidLine returns the first line that is not UTF-8, or 0.
func invalidLine(text []byte) (number int) {
	for line := range bytes.Lines(text) {
		number++
		if !utf8.Valid(line) {
			return number
		}
	}
	return 0
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parseYAML parses a single document.
func parseYAML(text []byte) (*yaml.Node, *problem) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, &problem{position{}, "is empty"}
	case err != nil:
		parts := yamlError.FindStringSubmatch(err.Error())
		if parts == nil {
			return nil, &problem{position{}, err.Error()}
		}
		line, _ := strconv.Atoi(parts[1]) // 0 if the parser reports no line
		return nil, &problem{position{line: line}, "is not valid YAML: " + parts[2] + hint(text, line)}
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &problem{position{}, "has more than one document"}
	}
	return document.Content[0], nil
}

// hint explains the most frequent mistake, an unquoted star, if it is near the
// error.
func hint(text []byte, line int) string {
	lines := bytes.Split(text, []byte("\n"))
	for _, near := range lines[max(0, min(line-1, len(lines))):min(line+1, len(lines))] {
		if bytes.Contains(near, []byte(": *")) {
			return `; a string that starts with a star needs quotes, as in minute: "*/5"`
		}
	}
	return ""
}
