package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// encodersOf returns the file with an encode method for every type that is
// written: the bodies of the request builders, and the structs in them. What
// encoding/json would write is what they write, but for secrets, which
// encoding/json masks.
func encodersOf(models, requests *ast.File) ([]byte, error) {
	g := &encoders{structs: structsOf(models), names: namesOf(models)}
	for _, name := range bodiesOf(requests) {
		if err := g.add(name); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(g.methods, func(a, b method) int { return strings.Compare(a.of, b.of) })
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n", models.Name.Name)
	for _, m := range g.methods {
		fmt.Fprintf(&out, "\nfunc (r *%s) encode(e *encoder) {\ne.begin()\n%se.end()\n}\n", m.of, m.body)
	}
	return format.Source(out.Bytes())
}

// encoders are the methods so far.
type encoders struct {
	structs map[string]*ast.StructType
	names   map[string]ast.Expr // all other types by their names
	methods []method
}

type method struct{ of, body string }

// add adds the method of a struct, and those of the structs in it.
func (g *encoders) add(name string) error {
	if slices.ContainsFunc(g.methods, func(m method) bool { return m.of == name }) {
		return nil
	}
	of, ok := g.structs[name]
	if !ok {
		return fmt.Errorf("the body %s is no struct: only an object with properties can be written", name)
	}
	at := len(g.methods)
	g.methods = append(g.methods, method{of: name})
	var body strings.Builder
	for _, field := range of.Fields.List {
		if len(field.Names) != 1 {
			return fmt.Errorf("%s embeds %s, which no encoder is generated for", name, format1(field.Type))
		}
		code, err := g.field(field)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, field.Names[0].Name, err)
		}
		body.WriteString(code)
	}
	g.methods[at].body = body.String()
	return nil
}

// field returns the statements that write one field.
func (g *encoders) field(field *ast.Field) (string, error) {
	name, omitEmpty, omitZero, err := jsonTag(field)
	if err != nil {
		return "", err
	}
	value := "r." + field.Names[0].Name
	of, pointer := field.Type, false
	if star, ok := of.(*ast.StarExpr); ok {
		of, pointer = star.X, true
	}
	if pointer && !omitEmpty && !omitZero {
		return "", fmt.Errorf("it is a pointer that is written when it is nil; leave it out (x-omitempty) or make it a Nullable")
	}
	written := value
	if pointer {
		written = "*" + value
	}
	statement, err := g.write(name, written, of)
	if err != nil {
		return "", err
	}
	switch {
	case pointer:
		return fmt.Sprintf("if %s != nil {\n%s}\n", value, statement), nil
	case omitEmpty, omitZero:
		return fmt.Sprintf("if %s {\n%s}\n", g.isSet(value, of), statement), nil
	}
	return statement, nil
}

// write returns the statement that writes a value of this type.
func (g *encoders) write(name, value string, of ast.Expr) (string, error) {
	switch text := format1(of); {
	case text == "api.Secret":
		return fmt.Sprintf("e.secret(%q, %s)\n", name, value), nil
	case text == "Nullable[api.Secret]":
		return fmt.Sprintf("if secret, ok := %s.Get(); ok {\ne.secret(%q, secret)\n} else {\ne.field(%q, nil)\n}\n", value, name, name), nil
	case g.isPlain(of):
		return fmt.Sprintf("e.field(%q, %s)\n", name, value), nil
	}
	if ident, ok := of.(*ast.Ident); ok && g.structs[ident.Name] != nil {
		return fmt.Sprintf("e.object(%q, %s.encode)\n", name, strings.TrimPrefix(value, "*")), g.add(ident.Name)
	}
	if list, ok := of.(*ast.ArrayType); ok && list.Len == nil {
		if ident, ok := list.Elt.(*ast.Ident); ok && g.structs[ident.Name] != nil {
			return fmt.Sprintf("e.list(%q, len(%s), func(i int) { (%s)[i].encode(e) })\n", name, value, value), g.add(ident.Name)
		}
	}
	return "", fmt.Errorf("the generator knows no way to write a %s", format1(of))
}

// scalars are written by encoding/json as they are.
var scalars = []string{"string", "bool", "int64", "float64", "json.RawMessage", "time.Time", "Time", "api.Status"}

// isPlain reports whether encoding/json writes values of this type well: there
// can't be a secret in them.
func (g *encoders) isPlain(of ast.Expr) bool {
	if slices.Contains(scalars, format1(of)) {
		return true
	}
	switch of := of.(type) {
	case *ast.Ident:
		return g.names[of.Name] != nil && g.isPlain(g.names[of.Name])
	case *ast.ArrayType:
		return g.isPlain(of.Elt)
	case *ast.MapType:
		return g.isPlain(of.Key) && g.isPlain(of.Value)
	case *ast.IndexExpr:
		return format1(of.X) == "Nullable" && g.isPlain(of.Index)
	}
	return false
}

// isSet returns the condition under which a field that may be left out is
// written.
func (g *encoders) isSet(value string, of ast.Expr) string {
	switch of := of.(type) {
	case *ast.Ident:
		switch under := g.names[of.Name]; {
		case of.Name == "string":
			return value + ` != ""`
		case of.Name == "bool":
			return value
		case of.Name == "int64", of.Name == "float64":
			return value + " != 0"
		case under != nil:
			return g.isSet(value, under)
		}
	case *ast.ArrayType, *ast.MapType:
		return "len(" + value + ") > 0"
	case *ast.SelectorExpr:
		switch format1(of) {
		case "api.Status":
			return value + ` != ""`
		case "json.RawMessage":
			return "len(" + value + ") > 0"
		case "api.Secret", "time.Time":
			return "!" + value + ".IsZero()"
		}
	case *ast.IndexExpr:
		return "!" + value + ".IsZero()"
	}
	return "!isZero(" + value + ")"
}

// jsonTag reads what the field's tag says.
func jsonTag(field *ast.Field) (name string, omitEmpty, omitZero bool, err error) {
	if field.Tag == nil {
		return "", false, false, fmt.Errorf("it has no tag")
	}
	text, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return "", false, false, err
	}
	parts := strings.Split(reflect.StructTag(text).Get("json"), ",")
	if parts[0] == "" || parts[0] == "-" {
		return "", false, false, fmt.Errorf("its tag names no JSON field")
	}
	return parts[0], slices.Contains(parts, "omitempty"), slices.Contains(parts, "omitzero"), nil
}

// bodiesOf returns the types of the builders' bodies.
func bodiesOf(requests *ast.File) []string {
	var names []string
	for _, declaration := range requests.Decls {
		builder, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, parameter := range builder.Type.Params.List {
			star, ok := parameter.Type.(*ast.StarExpr)
			if ok && len(parameter.Names) == 1 && parameter.Names[0].Name == "body" {
				names = append(names, format1(star.X))
			}
		}
	}
	return names
}

func structsOf(file *ast.File) map[string]*ast.StructType {
	found := map[string]*ast.StructType{}
	eachType(file, func(spec *ast.TypeSpec) {
		if of, ok := spec.Type.(*ast.StructType); ok {
			found[spec.Name.Name] = of
		}
	})
	return found
}

func namesOf(file *ast.File) map[string]ast.Expr {
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
				do(spec.(*ast.TypeSpec))
			}
		}
	}
}

// format1 is an expression as Go writes it.
func format1(of ast.Expr) string {
	var out strings.Builder
	_ = format.Node(&out, token.NewFileSet(), of) // into memory
	return out.String()
}
