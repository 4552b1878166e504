package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// A format is a value of the flag --output.
type format string

const (
	formatTable format = "table"
	formatJSON  format = "json"
	formatYAML  format = "yaml"
	formatName  format = "name" // ids only
)

var formats = []string{string(formatTable), string(formatJSON), string(formatYAML), string(formatName)}

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "format" }

// Set sets the format.
func (f *format) Set(text string) error {
	if !slices.Contains(formats, text) {
		return fmt.Errorf("must be %s", strings.Join(formats, ", "))
	}
	*f = format(text)
	return nil
}

func (a *app) addFormatFlag(root *cobra.Command) {
	a.format = formatTable
	root.PersistentFlags().VarP(&a.format, "output", "o", "table, json, yaml, or name for ids only")
	completeFlag(root, "output", cobra.FixedCompletions(formats, noFiles))
}

// A result is the output of a command in every format.
type result struct {
	value any      // for JSON and YAML
	names []string // ids
	table func() *table
}

func (a *app) print(r result) error {
	switch a.format {
	case formatJSON:
		return writeJSON(a.Stdout, r.value)
	case formatYAML:
		return writeYAML(a.Stdout, r.value)
	case formatName:
		for _, name := range r.names {
			if _, err := fmt.Fprintln(a.Stdout, name); err != nil {
				return err
			}
		}
		return nil
	case formatTable:
	}
	return r.table().write(a.Stdout, a.colors())
}

// printEach prints one of several values: as a line of JSON, or as a YAML
// document.
func (a *app) printEach(value any, name string) error {
	switch a.format {
	case formatJSON:
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(value)
	case formatYAML:
		if _, err := io.WriteString(a.Stdout, "---\n"); err != nil {
			return err
		}
	case formatName, formatTable:
	}
	return a.print(result{value: value, names: []string{name}})
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// writeYAML writes a value as YAML, with the names and the order of its JSON.
func writeYAML(w io.Writer, value any) error {
	var text bytes.Buffer
	if err := writeJSON(&text, value); err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text.Bytes(), &document); err != nil {
		return err
	}
	useBlockStyle(&document)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return err
	}
	return encoder.Close()
}

func useBlockStyle(node *yaml.Node) {
	node.Style = 0
	for _, child := range node.Content {
		useBlockStyle(child)
	}
}
