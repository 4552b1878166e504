package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"slices"
	"strings"
)

// logged are the fields by which a person tells one object from another, by
// their names in JSON and in this order.
var logged = []string{"id", "unique_id", "session_id", "name", "title", "status", "enabled"}

// loggingOf returns the file with a LogValue method for every model that has
// fields to be told by.
func loggingOf(models *ast.File) ([]byte, error) {
	structs := structsOf(models)
	var methods []method
	for name, of := range structs {
		if strings.HasSuffix(name, "Params") {
			continue
		}
		body := loggedFields(of, structs)
		if body != "" {
			methods = append(methods, method{name, body})
		}
	}
	slices.SortFunc(methods, func(a, b method) int { return strings.Compare(a.of, b.of) })
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n\nimport \"log/slog\"\n", models.Name.Name)
	for _, m := range methods {
		fmt.Fprintf(&out, "\n// LogValue returns a group of what identifies v.\nfunc (v %s) LogValue() slog.Value {\nvar g logGroup\n%sreturn g.value()\n}\n", m.of, m.body)
	}
	return format.Source(out.Bytes())
}

func loggedFields(of *ast.StructType, structs map[string]*ast.StructType) string {
	var body strings.Builder
	for _, name := range logged {
		field := fieldOf(of, name)
		if field == nil {
			continue
		}
		value := "v." + field.Names[0].Name
		if _, ok := field.Type.(*ast.StarExpr); ok {
			fmt.Fprintf(&body, "if %s != nil {\ng.add(%q, *%s)\n}\n", value, name, value)
			continue
		}
		fmt.Fprintf(&body, "g.add(%q, %s)\n", name, value)
	}
	return body.String()
}

// fieldOf returns the field with this name in JSON, or nil.
func fieldOf(of *ast.StructType, name string) *ast.Field {
	for _, field := range of.Fields.List {
		found, _, _, err := jsonTag(field)
		if err == nil && found == name && len(field.Names) == 1 {
			return field
		}
	}
	return nil
}
