package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"maps"
	"slices"
	"strings"
)

// logged are the fields that identify an object, by their names in JSON and in
// the order in which they are logged.
var logged = []string{"id", "unique_id", "session_id", "name", "title", "status", "enabled"}

// loggingOf returns the file with a LogValue method for every model that has
// fields to be identified by, or unknown fields, whose values are not logged.
func loggingOf(models *ast.File) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n\nimport \"log/slog\"\n", models.Name.Name)
	structs := structsOf(models)
	for _, name := range slices.Sorted(maps.Keys(structs)) {
		if strings.HasSuffix(name, "Params") {
			continue
		}
		comment, body := "returns a group of the fields that identify v", loggedFields(structs[name], logged)
		if plain := plainFields(structs[name]); body == "" && len(plain) > 0 {
			comment, body = "returns a group of v's fields without the unknown ones", loggedFields(structs[name], plain)
		}
		if body != "" {
			fmt.Fprintf(&out, "\n// LogValue %s.\nfunc (v %s) LogValue() slog.Value {\nvar g logGroup\n%sreturn g.value()\n}\n", comment, name, body)
		}
	}
	text, err := format.Source(out.Bytes())
	if err != nil {
		panic(err) // as the text above is wrong
	}
	return text
}

// plainFields returns the names of the texts, numbers and booleans of a model with
// unknown fields.
func plainFields(of *ast.StructType) []string {
	var names []string
	unknown := false
	for _, field := range of.Fields.List {
		if slices.Contains([]string{"string", "int64", "float64", "bool"}, spell(field.Type)) {
			names = append(names, tagOf(field).name)
		}
		unknown = unknown || fieldName(field) == "Unknown"
	}
	if !unknown {
		return nil
	}
	return names
}

func loggedFields(of *ast.StructType, names []string) string {
	var body strings.Builder
	for _, name := range names {
		at := slices.IndexFunc(of.Fields.List, func(f *ast.Field) bool { return tagOf(f).name == name })
		if at < 0 {
			continue
		}
		field := of.Fields.List[at]
		value := "v." + fieldName(field)
		if _, ok := field.Type.(*ast.StarExpr); ok {
			fmt.Fprintf(&body, "if %s != nil {\ng.add(%q, *%s)\n}\n", value, name, value)
			continue
		}
		fmt.Fprintf(&body, "g.add(%q, %s)\n", name, value)
	}
	return body.String()
}
