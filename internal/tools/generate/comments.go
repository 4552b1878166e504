package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineWidth is the width at which comments are wrapped, in columns.
const lineWidth = 80

// tidyComments makes sentences of what oapi-codegen puts together: the name of a
// type and its description ("Voice Describes a voice."), the name of a field and
// its description, which says enough alone, and a deprecation. Examples become
// blocks of code.
func tidyComments(s *source) (*source, error) {
	comments := map[*ast.CommentGroup][]string{} // their lines
	for _, declaration := range s.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Doc == nil {
			continue
		}
		text := textOf(group.Doc)
		if group.Tok == token.CONST {
			comments[group.Doc] = paragraphs(strings.Replace(text, "Defines values for ", "The known values of ", 1), lineWidth-len("// "))
		}
		if group.Tok == token.TYPE {
			name, description, _ := strings.Cut(text, " ")
			description, example, _ := strings.Cut(description, "\nExample: ")
			lines := paragraphs(name+" "+lowerFirst(description), lineWidth-len("// "))
			comments[group.Doc] = append(lines, codeOf(example)...)
		}
	}
	ast.Inspect(s.File, func(node ast.Node) bool {
		if field, ok := node.(*ast.Field); ok && field.Doc != nil && len(field.Names) == 1 {
			description := strings.TrimPrefix(textOf(field.Doc), field.Names[0].Name+" ")
			description = strings.Replace(description, "\nDeprecated:", "\n\nDeprecated:", 1)
			comments[field.Doc] = paragraphs(description, lineWidth-len("    // "))
		}
		return true
	})
	return s.withComments(comments)
}

// withComments replaces comments in the text: the printer would put other lines
// where those of the old ones were.
func (s *source) withComments(comments map[*ast.CommentGroup][]string) (*source, error) {
	var out strings.Builder
	done := 0
	for _, comment := range s.Comments {
		lines, ok := comments[comment]
		if !ok {
			continue
		}
		out.WriteString(s.text[done:s.positions.Position(comment.Pos()).Offset])
		for i, line := range lines {
			lines[i] = strings.TrimRight("// "+line, " ")
		}
		out.WriteString(strings.Join(lines, "\n"))
		done = s.positions.Position(comment.End()).Offset
	}
	text, err := format.Source([]byte(out.String() + s.text[done:]))
	if err != nil {
		return nil, err
	}
	return parse(string(text))
}

func textOf(comment *ast.CommentGroup) string {
	var lines []string
	for _, line := range comment.List {
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line.Text, "//"), " "))
	}
	return strings.Join(lines, "\n")
}

// paragraphs wraps a text, keeping its empty lines.
func paragraphs(text string, width int) []string {
	var lines []string
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			lines = append(lines, "")
		}
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// codeOf returns the lines of an example in JSON. One value alone, such as that
// of an enumeration, is none.
func codeOf(example string) []string {
	var out bytes.Buffer
	if !strings.HasPrefix(example, "{") || json.Indent(&out, []byte(example), "\t", "  ") != nil {
		return nil
	}
	return append([]string{"", "Example:", ""}, strings.Split("\t"+out.String(), "\n")...)
}

// lowerFirst writes a word in small letters, unless it is an initialism.
func lowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[size:])
	if !unicode.IsLower(second) && second != ' ' {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}
