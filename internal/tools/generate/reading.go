package main

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// reading says how a model is decoded.
type reading struct {
	// required are the fields of which a response must have one.
	required []string
	// bare are the fields of which the service may send one instead of the object.
	bare []string
}

// readingOf returns what the marks of a schema say. A field can only be required
// if the contract requires it in every release.
func (d *document) readingOf(place string, s *openapi3.Schema) reading {
	required, bare := textsOf(s.Extensions["x-required-any"]), textsOf(s.Extensions["x-bare"])
	for _, name := range required {
		property := s.Properties[name]
		switch {
		case property == nil || !slices.Contains(s.Required, name):
			d.refuse(place, "x-required-any names %s, which is not among its required properties", name)
		case markOf(property, "x-since") != "" || markOf(property, "x-until") != "":
			d.refuse(place, "x-required-any names %s, which some releases leave out", name)
		}
	}
	for _, name := range bare {
		if s.Properties[name] == nil {
			d.refuse(place, "x-bare names %s, which is not among its properties", name)
		}
	}
	return reading{required, bare}
}

// textsOf returns a list in the contract.
func textsOf(mark any) []string {
	var texts []string
	list, _ := mark.([]any)
	for _, item := range list {
		text, _ := item.(string)
		texts = append(texts, text)
	}
	return texts
}

// unknownFields is the name of the field that holds a model's unknown fields.
const unknownFields = "Unknown"

// addUnknown adds a field for unknown fields to every model that is read.
func addUnknown(models *source, read map[string]reading) (*source, error) {
	var out strings.Builder
	done := 0
	eachType(models.File, func(spec *ast.TypeSpec) {
		of, ok := spec.Type.(*ast.StructType)
		if _, isRead := read[spec.Name.Name]; !ok || !isRead {
			return
		}
		end := models.positions.Position(of.Fields.Closing).Offset
		out.WriteString(models.text[done:end])
		out.WriteString(`
	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	` + unknownFields + " *api.Fields `json:\"-\"`\n")
		done = end
	})
	return parse(out.String() + models.text[done:])
}
