package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"maps"
	"slices"
	"strings"
)

// encodersOf returns the file with an encode method for every type that is
// written: the bodies of the request builders, and the structs in them. They
// write what encoding/json would write, except for secrets, which encoding/json
// masks.
func encodersOf(models, requests *ast.File) ([]byte, error) {
	e := &encoders{structs: structsOf(models), named: namedTypesOf(models), methods: map[string]string{}}
	for _, name := range bodiesOf(requests) {
		e.add(name)
	}
	if len(e.faults) > 0 {
		return nil, errors.Join(e.faults...)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n", models.Name.Name)
	for _, name := range slices.Sorted(maps.Keys(e.methods)) {
		fmt.Fprintf(&out, "\nfunc (r *%s) encode(e *encoder) {\ne.begin()\n%se.end()\n}\n", name, e.methods[name])
	}
	return format.Source(out.Bytes())
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
			if star, ok := parameter.Type.(*ast.StarExpr); ok && fieldName(parameter) == "body" {
				names = append(names, spell(star.X))
			}
		}
	}
	return names
}

type encoders struct {
	structs map[string]*ast.StructType
	named   map[string]ast.Expr // all other types
	methods map[string]string   // the statements that write the fields, by type
	faults  []error
}

// add adds the method of a struct, and those of the structs in it.
func (e *encoders) add(name string) {
	if _, ok := e.methods[name]; ok {
		return
	}
	e.methods[name] = "" // it may refer to itself
	of := e.structs[name]
	if of == nil {
		e.faults = append(e.faults, fmt.Errorf("the body %s is no struct: only an object with properties can be written", name))
		return
	}
	var body strings.Builder
	for _, field := range of.Fields.List {
		if fieldName(field) == unknownFields {
			continue
		}
		code, err := e.field(field)
		if err != nil {
			e.faults = append(e.faults, fmt.Errorf("%s.%s %w", name, fieldName(field), err))
		}
		body.WriteString(code)
	}
	e.methods[name] = body.String()
}

// field returns the statements that write a field.
func (e *encoders) field(field *ast.Field) (string, error) {
	tag := tagOf(field)
	value, of, pointer := "r."+fieldName(field), field.Type, false
	if star, ok := of.(*ast.StarExpr); ok {
		of, pointer = star.X, true
	}
	switch {
	case tag.name == "" || tag.name == "-":
		return "", errors.New("has no name in JSON")
	case pointer && !tag.omitEmpty && !tag.omitZero:
		return "", errors.New("is a pointer that would be written as null where it is nil")
	case pointer:
		statement, err := e.write(tag.name, "*"+value, of)
		return fmt.Sprintf("if %s != nil {\n%s}\n", value, statement), err
	}
	statement, err := e.write(tag.name, value, of)
	if tag.omitEmpty || tag.omitZero {
		statement = fmt.Sprintf("if %s {\n%s}\n", e.isSet(value, of, tag), statement)
	}
	return statement, err
}

// write returns the statement that writes a value of this type.
func (e *encoders) write(name, value string, of ast.Expr) (string, error) {
	if e.isPlain(of) {
		return fmt.Sprintf("e.field(%q, %s)\n", name, value), nil
	}
	switch of := of.(type) {
	case *ast.SelectorExpr:
		if spell(of) == "api.Secret" {
			return fmt.Sprintf("e.secret(%q, %s)\n", name, value), nil
		}
	case *ast.Ident:
		if e.structs[of.Name] != nil {
			e.add(of.Name)
			return fmt.Sprintf("e.object(%q, %s.encode)\n", name, strings.TrimPrefix(value, "*")), nil
		}
	case *ast.ArrayType:
		if item, ok := of.Elt.(*ast.Ident); ok && e.structs[item.Name] != nil {
			e.add(item.Name)
			return fmt.Sprintf("e.list(%q, len(%s), func(i int) { %s[i].encode(e) })\n", name, value, value), nil
		}
	case *ast.IndexExpr:
		if spell(of.X) == "Nullable" {
			statement, err := e.write(name, "value", of.Index)
			return fmt.Sprintf("if value, ok := %s.Get(); ok {\n%s} else {\ne.field(%q, nil)\n}\n", value, statement, name), err
		}
	}
	return "", fmt.Errorf("has the type %s, which the generator can't write: add it to (*encoders).write in internal/tools/generate", spell(of))
}

// isPlain reports whether encoding/json writes values of this type well: they
// can't hold a secret.
func (e *encoders) isPlain(of ast.Expr) bool {
	switch spell(of) {
	case "string", "bool", "int64", "float64", "json.RawMessage", "time.Time", "api.Status":
		return true
	}
	switch of := of.(type) {
	case *ast.Ident:
		return e.named[of.Name] != nil && e.isPlain(e.named[of.Name])
	case *ast.ArrayType:
		return e.isPlain(of.Elt)
	case *ast.MapType:
		return e.isPlain(of.Key) && e.isPlain(of.Value)
	case *ast.IndexExpr:
		return spell(of.X) == "Nullable" && e.isPlain(of.Index)
	}
	return false
}

// isSet returns the condition under which a field that may be left out is
// written.
func (e *encoders) isSet(value string, of ast.Expr, t tag) string {
	switch text := spell(of); text {
	case "string", "api.Status":
		return value + ` != ""`
	case "bool":
		return value
	case "int64", "float64":
		return value + " != 0"
	case "json.RawMessage":
		return value + " != nil"
	case "api.Secret", "time.Time":
		return "!" + value + ".IsZero()"
	}
	switch of := of.(type) {
	case *ast.Ident:
		if under := e.named[of.Name]; under != nil {
			return e.isSet(value, under, t)
		}
		return "!isZero(" + value + ")"
	case *ast.ArrayType, *ast.MapType:
		if t.omitZero {
			return value + " != nil" // an empty list is sent
		}
		return "len(" + value + ") > 0"
	}
	return "!" + value + ".IsZero()"
}
