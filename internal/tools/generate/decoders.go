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

// decodersOf returns the file with the methods that decode every model that is
// read, and that encode it again with its unknown fields.
func decodersOf(models *ast.File, read map[string]reading) ([]byte, error) {
	d := &decoders{structs: structsOf(models), named: namedTypesOf(models)}
	var methods strings.Builder
	for _, name := range slices.Sorted(maps.Keys(read)) {
		d.writeMethods(&methods, name, read[name])
	}
	if len(d.faults) > 0 {
		return nil, errors.Join(d.faults...)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from openapi.yaml. DO NOT EDIT.\n\npackage %s\n\nimport (\n", models.Name.Name)
	if strings.Contains(methods.String(), "api.") {
		fmt.Fprintf(&out, "\"github.com/iblai/iblai-go/client/api\"\n")
	}
	fmt.Fprintf(&out, "\"github.com/iblai/iblai-go/internal/scan\"\n)\n%s", &methods)
	return format.Source(out.Bytes())
}

type decoders struct {
	structs map[string]*ast.StructType
	named   map[string]ast.Expr // all other types
	faults  []error
}

// writeMethods writes the methods of a model.
func (d *decoders) writeMethods(out *strings.Builder, name string, of reading) {
	fields := map[string]*ast.Field{}
	var order []string
	for _, field := range d.structs[name].Fields.List {
		tag := tagOf(field).name
		fields[tag] = field
		if tag != "-" { // the unknown fields
			order = append(order, tag)
		}
	}
	fmt.Fprintf(out, "\nvar fieldsOf%s = []string{\"%s\"}\n", name, strings.Join(order, "\", \""))
	fmt.Fprintf(out, "\nfunc (m *%s) decode(d *scan.Decoder) {\n", name)
	d.writeBare(out, fields, of.bare)
	if len(of.required) > 0 {
		out.WriteString("found := false\n")
	}
	fmt.Fprintf(out, "for field := range d.Fields(&m.Unknown, fieldsOf%s...) {\nswitch field {\n", name)
	for _, field := range d.structs[name].Fields.List {
		tag := tagOf(field)
		if tag.name == "-" { // the unknown fields
			continue
		}
		statement, err := d.assign("m."+fieldName(field), field.Type)
		if err != nil {
			d.faults = append(d.faults, fmt.Errorf("%s.%s %w", name, fieldName(field), err))
		}
		fmt.Fprintf(out, "case %d: // %s\n%s\n", slices.Index(order, tag.name), tag.name, statement)
		switch {
		case !slices.Contains(of.required, tag.name):
		case len(of.required) > 1:
			out.WriteString("found = found || d.Found()\n")
		default:
			out.WriteString("found = d.Found()\n")
		}
	}
	out.WriteString("default:\nd.Keep()\n}\n}\n")
	if len(of.required) > 0 {
		fmt.Fprintf(out, "d.RequireFound(found, \"%s\")\n", strings.Join(of.required, `", "`))
	}
	fmt.Fprintf(out, `}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *%[1]s) UnmarshalJSON(data []byte) error {
	*m = %[1]s{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m %[1]s) MarshalJSON() ([]byte, error) {
	type fields %[1]s
	return marshalModel(fields(m), m.Unknown)
}
`, name)
}

// writeBare writes the branch for one of the fields in place of the object.
func (d *decoders) writeBare(out *strings.Builder, fields map[string]*ast.Field, bare []string) {
	if len(bare) == 0 {
		return
	}
	kinds := map[string]string{"string": "scan.KindString", "int64": "scan.KindNumber"}
	out.WriteString("switch d.Kind() {\n")
	for _, name := range bare {
		field := fields[name]
		statement, err := d.assign("m."+fieldName(field), field.Type)
		if kind := kinds[spell(field.Type)]; err == nil && kind != "" {
			fmt.Fprintf(out, "case %s:\n%s\nreturn\n", kind, statement)
			continue
		}
		d.faults = append(d.faults, fmt.Errorf("x-bare: %s has the type %s, but only texts and integers can be bare", name, spell(field.Type)))
	}
	out.WriteString("}\n")
}

// assign returns the statement that decodes the next value into a field.
func (d *decoders) assign(target string, of ast.Expr) (string, error) {
	if name, ok := d.structName(of); ok {
		return fmt.Sprintf("%[1]s = %[2]s{}\n%[1]s.decode(d)", target, name), nil // of two with one name, the last counts
	}
	value, err := d.value(of)
	return target + " = " + value, err
}

// value returns the expression that decodes the next value as this type.
func (d *decoders) value(of ast.Expr) (string, error) {
	switch text := spell(of); text {
	case "string":
		return "d.String()", nil
	case "bool":
		return "d.Bool()", nil
	case "int64":
		return "d.Int64()", nil
	case "float64":
		return "d.Float64()", nil
	case "json.RawMessage":
		return "d.Raw()", nil
	case "Time":
		return "readTime(d)", nil
	case "api.Secret":
		return "readSecret(d)", nil
	case "api.Status":
		return "api.Status(d.String())", nil
	}
	switch of := of.(type) {
	case *ast.Ident:
		if under := d.named[of.Name]; under != nil {
			value, err := d.value(under)
			return of.Name + "(" + value + ")", err
		}
	case *ast.StarExpr:
		return d.container("Pointer", "Object", of.X)
	case *ast.ArrayType:
		return d.container("List", "Objects", of.Elt)
	case *ast.MapType:
		if spell(of.Key) == "string" {
			return d.container("Map", "", of.Value)
		}
	}
	return "", fmt.Errorf("has the type %s, which the generator can't read: add it to (*decoders).value in internal/tools/generate", spell(of))
}

// container returns the call of a generic function of package scan: of generic
// for most types, of another one for structs.
func (d *decoders) container(generic, ofStructs string, item ast.Expr) (string, error) {
	if name, ok := d.structName(item); ok {
		if ofStructs == "" {
			return "", fmt.Errorf("has objects of the type %s, which the generator can't read there", name)
		}
		return fmt.Sprintf("scan.%s(d, (*%s).decode)", ofStructs, name), nil
	}
	switch value, err := d.value(item); {
	case err != nil:
		return "", err
	case value == "readTime(d)" || value == "readSecret(d)":
		return fmt.Sprintf("scan.%s(d, %s)", generic, strings.TrimSuffix(value, "(d)")), nil
	case value[:2] == "d.":
		return fmt.Sprintf("scan.%s(d, (*scan.Decoder).%s)", generic, strings.Trim(value, "d.()")), nil
	default:
		return fmt.Sprintf("scan.%s(d, func(d *scan.Decoder) %s { return %s })", generic, spell(item), value), nil
	}
}

func (d *decoders) structName(of ast.Expr) (string, bool) {
	name, ok := of.(*ast.Ident)
	return spell(of), ok && d.structs[name.Name] != nil
}
