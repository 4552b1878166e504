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
// fields to be identified by.
func loggingOf(models *ast.File) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n\nimport \"log/slog\"\n", models.Name.Name)
	structs := structsOf(models)
	for _, name := range slices.Sorted(maps.Keys(structs)) {
		if body := loggedFields(structs[name]); body != "" && !strings.HasSuffix(name, "Params") {
			fmt.Fprintf(&out, "\n// LogValue returns a group of the fields that identify v.\nfunc (v %s) LogValue() slog.Value {\nvar g logGroup\n%sreturn g.value()\n}\n", name, body)
		}
	}
	text, err := format.Source(out.Bytes())
	if err != nil {
		panic(err) // as the text above is wrong
	}
	return text
}

func loggedFields(of *ast.StructType) string {
	var body strings.Builder
	for _, name := range logged {
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
