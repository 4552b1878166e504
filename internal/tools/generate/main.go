// Command generate turns openapi.yaml into the generated files of package
// client: it runs oapi-codegen with the configurations in internal/codegen,
// and makes up for what oapi-codegen can't be told. Struct fields come in the
// order of the contract, not of the alphabet, their comments don't begin with
// the field's name ("ID Id of the agent."), and a deprecation is a paragraph.
//
// Its argument is the root of the module.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const contract = "openapi.yaml"

// outputs are the generated files by the configuration that makes them.
var outputs = [][2]string{
	{"internal/codegen/models.yaml", "client/models.gen.go"},
	{"internal/codegen/requests.yaml", "client/requests.gen.go"},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: generate ROOT")
	}
	if err := generate(os.Args[1]); err != nil {
		log.Fatal("generate: ", err)
	}
}

func generate(root string) error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "iblai-generate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	ordered := filepath.Join(dir, contract)
	if err := writeOrdered(contract, ordered); err != nil {
		return err
	}
	for _, output := range outputs {
		config := output[0]
		cmd := exec.Command("go", "tool", "-modfile=internal/tools/go.mod", "oapi-codegen", "-config", config, ordered)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("oapi-codegen with %s: %w", config, err)
		}
	}
	return finish()
}

// finish tidies what oapi-codegen has written, and adds the methods of models.
func finish() error {
	models, err := parse("client/models.gen.go")
	if err != nil {
		return err
	}
	requests, err := parse("client/requests.gen.go")
	if err != nil {
		return err
	}
	resolveAliases(models.File, requests.File)
	tidyFieldComments(models.File)
	encoders, err := encodersOf(models.File, requests.File)
	if err != nil {
		return err
	}
	logging, err := loggingOf(models.File)
	if err != nil {
		return err
	}
	return cmp.Or(
		models.write("client/models.gen.go"),
		requests.write("client/requests.gen.go"),
		os.WriteFile("client/encoders.gen.go", encoders, 0o600),
		os.WriteFile("client/logging.gen.go", logging, 0o600),
	)
}

// source is a Go file that can be changed.
type source struct {
	*ast.File
	positions *token.FileSet
}

func parse(name string) (*source, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, name, nil, parser.ParseComments)
	return &source{file, positions}, err
}

func (s *source) write(name string) error {
	var out bytes.Buffer
	if err := format.Node(&out, s.positions, s.File); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o600)
}

// resolveAliases replaces an alias by the type that it stands for: a schema
// that is a type of another package declares none of its own.
func resolveAliases(models, requests *ast.File) {
	aliases := map[string]*ast.SelectorExpr{}
	models.Decls = slices.DeleteFunc(models.Decls, func(declaration ast.Decl) bool {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.TYPE || len(group.Specs) != 1 {
			return false
		}
		spec := group.Specs[0].(*ast.TypeSpec)
		target, ok := spec.Type.(*ast.SelectorExpr)
		if !ok || !spec.Assign.IsValid() {
			return false
		}
		aliases[spec.Name.Name] = target
		models.Comments = slices.DeleteFunc(models.Comments, func(c *ast.CommentGroup) bool { return c == group.Doc })
		return true
	})
	for _, file := range []*ast.File{models, requests} {
		ast.Inspect(file, func(node ast.Node) bool {
			if ident, ok := node.(*ast.Ident); ok && aliases[ident.Name] != nil {
				ident.Name = format1(aliases[ident.Name])
			}
			return true
		})
	}
}

// writeOrdered copies the contract and gives every property its place.
func writeOrdered(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	number(&document)
	text, err = yaml.Marshal(&document)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, text, 0o600)
}

// number adds x-order to the properties of every schema below node.
func number(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if key.Value != "properties" || value.Kind != yaml.MappingNode {
				continue
			}
			for j := 0; j+1 < len(value.Content); j += 2 {
				property := value.Content[j+1]
				property.Content = append(property.Content,
					&yaml.Node{Kind: yaml.ScalarNode, Value: "x-order"},
					&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(j / 2)})
			}
		}
	}
	for _, child := range node.Content {
		number(child)
	}
}

// tidyFieldComments takes the field's name off the front of its comment, and
// parts what is deprecated from what is described, as Go's tools ask.
func tidyFieldComments(file *ast.File) {
	ast.Inspect(file, func(node ast.Node) bool {
		field, ok := node.(*ast.Field)
		if !ok || field.Doc == nil || len(field.Names) != 1 {
			return true
		}
		first := field.Doc.List[0]
		first.Text = strings.Replace(first.Text, "// "+field.Names[0].Name+" ", "// ", 1)
		for _, line := range field.Doc.List[1:] {
			line.Text = strings.Replace(line.Text, "// Deprecated:", "//\n// Deprecated:", 1)
		}
		return true
	})
}
