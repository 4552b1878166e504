package main

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/iblai/iblai-go/internal/secretname"
)

// checkSecret refuses a property that looks like a secret and isn't one. A
// boolean can't be.
func (d *document) checkSecret(place, name string, s *openapi3.SchemaRef) {
	of := kindOf(s)
	if of == list {
		of = kindOf(s.Value.Items)
	}
	if of == secret || of == truth || !secretname.Is(name) || marks(s)["x-not-secret"] == true {
		return
	}
	d.refuse(place, "it looks like a secret: in internal/codegen/overlay.yaml, set x-go-type to api.Secret, or x-not-secret to true")
}

// knownMarks are the extensions that this program and oapi-codegen know.
var knownMarks = []string{
	"x-order", "x-operation-id", "x-method", "x-params-as-arguments", "x-read-as", "x-read-and-written", "x-not-secret", "x-go-name", "x-go-type",
	"x-go-type-skip-optional-pointer", "x-omitempty", "x-omitzero", "x-enum-varnames", "x-deprecated-reason", "x-since", "x-until", "x-enum-since",
	"x-required-any", "x-bare",
}

// checkMarks refuses marks that nobody knows: one that is misspelled would do
// nothing.
func (d *document) checkMarks() {
	check := func(place string, extensions map[string]any) {
		for mark := range extensions {
			if !slices.Contains(knownMarks, mark) {
				d.refuse(place, "it has the mark %s, which the generator doesn't know", mark)
			}
		}
	}
	for _, o := range d.operations() {
		check(o.place, o.Extensions)
		for _, p := range o.parameters() {
			check(o.place+", parameter "+p.Value.Name, p.Value.Extensions)
		}
	}
	for name, schema := range d.Components.Schemas {
		place := "components.schemas." + name
		check(place, schema.Value.Extensions)
		for property, s := range schema.Value.Properties {
			check(place+"."+property, marks(s))
		}
	}
}
