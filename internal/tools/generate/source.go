package main

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// source is a Go file.
type source struct {
	*ast.File

	text      string
	positions *token.FileSet
}

func parse(text string) (*source, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, "", text, parser.ParseComments|parser.SkipObjectResolution)
	return &source{file, text, positions}, err
}

func write(name string, text []byte) error { return os.WriteFile(name, text, 0o600) }

func structsOf(file *ast.File) map[string]*ast.StructType {
	found := map[string]*ast.StructType{}
	eachType(file, func(spec *ast.TypeSpec) {
		if of, ok := spec.Type.(*ast.StructType); ok {
			found[spec.Name.Name] = of
		}
	})
	return found
}

// namedTypesOf returns what types that are no structs are made of.
func namedTypesOf(file *ast.File) map[string]ast.Expr {
	found := map[string]ast.Expr{}
	eachType(file, func(spec *ast.TypeSpec) {
		if _, ok := spec.Type.(*ast.StructType); !ok {
			found[spec.Name.Name] = spec.Type
		}
	})
	return found
}

func eachType(file *ast.File, do func(*ast.TypeSpec)) {
	for _, declaration := range file.Decls {
		if group, ok := declaration.(*ast.GenDecl); ok && group.Tok == token.TYPE {
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					do(spec)
				}
			}
		}
	}
}

// spell writes an expression as Go does.
func spell(expression ast.Expr) string {
	var out strings.Builder
	_ = format.Node(&out, token.NewFileSet(), expression) // into memory
	return out.String()
}

func fieldName(field *ast.Field) string {
	if len(field.Names) == 0 {
		return spell(field.Type)
	}
	return field.Names[0].Name
}

// tag is what a field's tag says for encoding/json.
type tag struct {
	name                string
	omitEmpty, omitZero bool
}

func tagOf(field *ast.Field) tag {
	if field.Tag == nil {
		return tag{}
	}
	text, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return tag{}
	}
	parts := strings.Split(reflect.StructTag(text).Get("json"), ",")
	return tag{parts[0], slices.Contains(parts, "omitempty"), slices.Contains(parts, "omitzero")}
}

func sorted(faults []error) []error {
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}
