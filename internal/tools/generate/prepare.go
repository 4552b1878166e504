package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// document is the contract on its way to oapi-codegen.
type document struct {
	*openapi3.T

	undeclared []string           // schemas that Go declares no type for
	read       map[string]reading // the Go types that are read
	faults     []error
}

// prepare reads the contract, refuses constructs that can't be generated well,
// and marks the rest: fields that are read become plain values, and fields that
// are written tell unset from zero.
func prepare(contract, overlay string) (*document, error) {
	text, err := readContract(contract, overlay)
	if err != nil {
		return nil, err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", contract, err)
	}
	d := &document{T: loaded, read: map[string]reading{}}
	if !strings.HasPrefix(d.OpenAPI, "3.0.") {
		return nil, fmt.Errorf("%s: its OpenAPI version is %s, but must be 3.0", contract, d.OpenAPI)
	}
	d.checkMarks()
	d.noteReleases()
	read, written := map[string]bool{}, map[string]bool{}
	names := map[string]string{}
	for _, o := range d.operations() {
		o.dropErrorsAndCallbacks()
		d.checkOperation(o, names)
		d.reach(o.responses(), read)
		d.reach(o.bodies(), written)
	}
	d.markSchemas(read, written)
	for _, o := range d.operations() {
		d.markParameters(o)
	}
	if len(d.faults) > 0 {
		return nil, errors.Join(sorted(d.faults)...)
	}
	return d, nil
}

// load returns a copy of the document that oapi-codegen can have for itself.
func (d *document) load() (*openapi3.T, error) {
	text, err := json.Marshal(d.T)
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(text)
}

func (d *document) refuse(place, format string, args ...any) {
	d.faults = append(d.faults, fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...)))
}

// operation is an operation with its place, as in "GET /things/".
type operation struct {
	*openapi3.Operation

	place  string
	shared openapi3.Parameters // of the path
}

// operations returns the operations by path and method.
func (d *document) operations() []operation {
	var found []operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths.Map())) {
		item := d.Paths.Find(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			found = append(found, operation{item.Operations()[method], method + " " + path, item.Parameters})
		}
	}
	return found
}

func (o operation) mark(name string) string {
	text, _ := o.Extensions[name].(string)
	return text
}

// asArguments reports whether query parameters are arguments of the builder, and
// not fields of a struct.
func (o operation) asArguments() bool { return o.Extensions["x-params-as-arguments"] == true }

func (o operation) parameters() openapi3.Parameters { return slices.Concat(o.shared, o.Parameters) }

// dropErrorsAndCallbacks removes error responses and callbacks, whose types are
// written by hand.
func (o *operation) dropErrorsAndCallbacks() {
	o.Callbacks = nil
	for status := range o.Responses.Map() {
		if !strings.HasPrefix(status, "2") {
			o.Responses.Delete(status)
		}
	}
}

func (o operation) responses() (schemas []*openapi3.SchemaRef) {
	for _, response := range o.Responses.Map() {
		for _, content := range response.Value.Content {
			schemas = append(schemas, content.Schema)
		}
	}
	return schemas
}

func (o operation) bodies() (schemas []*openapi3.SchemaRef) {
	if o.RequestBody != nil && o.RequestBody.Value != nil {
		for _, content := range o.RequestBody.Value.Content {
			schemas = append(schemas, content.Schema)
		}
	}
	return schemas
}

var goName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// checkOperation refuses an operation without its marks, or with a body that
// can't be written. Names are the places of the Go names so far.
func (d *document) checkOperation(o operation, names map[string]string) {
	const overlay = "in internal/codegen/overlay.yaml, "
	id := o.mark("x-operation-id")
	switch {
	case id == "":
		d.refuse(o.place, "it has no operationId: openapi.yaml must have the service's own")
	case o.OperationID == id:
		d.refuse(o.place, overlay+"set operationId to the name of its builder, as in PeriodicAgentGet")
	case !goName.MatchString(o.OperationID):
		d.refuse(o.place, "its operationId %q is no exported Go name", o.OperationID)
	case names[o.OperationID] != "":
		d.refuse(o.place, "its operationId %q is that of %s", o.OperationID, names[o.OperationID])
	}
	names[o.OperationID] = o.place
	if d.hasQuery(o) && !o.asArguments() && o.mark("x-method") == "" {
		d.refuse(o.place, overlay+"set x-method to the methods that its params belong to, as in PeriodicAgentsService.List and All, "+
			"or x-params-as-arguments to true where they are arguments of the method")
	}
	d.checkBody(o)
}

func (d *document) hasQuery(o operation) bool {
	return slices.ContainsFunc(o.parameters(), func(p *openapi3.ParameterRef) bool { return p.Value.In != openapi3.ParameterInPath })
}

func (d *document) checkBody(o operation) {
	if o.RequestBody == nil {
		return
	}
	place := o.place + ", requestBody"
	content := o.RequestBody.Value.Content
	if len(content) != 1 || content["application/json"] == nil {
		d.refuse(place, "its content types are %s, but only application/json can be sent", strings.Join(slices.Sorted(maps.Keys(content)), ", "))
		return
	}
	schema := content["application/json"].Schema
	if name := componentOf(schema); name == "" || kindOf(schema) != object {
		d.refuse(place, "its schema must be a $ref to an object with properties in components.schemas")
	}
}

// componentOf returns the name of the schema that s refers to, also as the one
// item of an allOf, or "".
func componentOf(s *openapi3.SchemaRef) string {
	if s.Ref == "" && s.Value != nil && len(s.Value.AllOf) == 1 {
		s = s.Value.AllOf[0]
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

// reach adds the names of the schemas that schemas refer to, and of those that
// these refer to.
func (d *document) reach(schemas []*openapi3.SchemaRef, reached map[string]bool) {
	for _, schema := range schemas {
		for _, s := range positions(schema) {
			name := strings.TrimPrefix(s.Ref, "#/components/schemas/")
			if name == "" || reached[name] {
				continue
			}
			reached[name] = true
			d.reach([]*openapi3.SchemaRef{{Value: s.Value}}, reached)
		}
	}
}

// positions returns s and the schemas in it, without following references.
func positions(s *openapi3.SchemaRef) []*openapi3.SchemaRef {
	if s == nil || s.Value == nil {
		return nil
	}
	found := []*openapi3.SchemaRef{s}
	if s.Ref != "" {
		return found
	}
	v := s.Value
	inner := slices.Concat(v.AllOf, v.AnyOf, v.OneOf, openapi3.SchemaRefs{v.Items, v.Not, v.AdditionalProperties.Schema})
	for _, name := range slices.Sorted(maps.Keys(v.Properties)) {
		inner = append(inner, v.Properties[name])
	}
	for _, s := range inner {
		found = append(found, positions(s)...)
	}
	return found
}
