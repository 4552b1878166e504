package main

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/iblai/iblai-go/internal/secretname"
)

// markSchemas marks the properties of all schemas that are read or written.
func (d *document) markSchemas(read, written map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		if !read[name] && !written[name] {
			continue
		}
		schema := d.Components.Schemas[name]
		place := "components.schemas." + name
		switch {
		case markOf(schema, "x-go-type") != "", isPage(schema): // declared elsewhere, the latter as Page[T]
			d.undeclared = append(d.undeclared, name)
			continue
		case markOf(schema, "x-read-as") != "":
			d.checkReadAs(place, schema, read, written[name])
			d.undeclared = append(d.undeclared, name)
			continue
		case kindOf(schema) == enumeration:
			continue
		case kindOf(schema) != object:
			d.refuse(place, "it is %s, and of such only properties can be generated: describe it where it is used", kindOf(schema))
			continue
		case schema.Value.AdditionalProperties.Schema != nil || schema.Value.AdditionalProperties.Has != nil && *schema.Value.AdditionalProperties.Has:
			d.refuse(place, "it has properties and additionalProperties, which no struct can hold")
			continue
		}
		shared := schema.Value.Extensions["x-read-and-written"] == true
		if read[name] && written[name] && !shared {
			d.refuse(place, "it is both read and written: make a schema for each, or, where it has only texts that are left out when they are empty, "+
				"set x-read-and-written to true in internal/codegen/overlay.yaml")
			continue
		}
		for _, property := range slices.Sorted(maps.Keys(schema.Value.Properties)) {
			d.markProperty(place+"."+property, property, schema.Value, use{shared: shared, written: written[name]})
		}
		if read[name] {
			d.read[goTypeOf(&openapi3.SchemaRef{Ref: "#/components/schemas/" + name, Value: schema.Value})] = d.readingOf(place, schema.Value)
		}
	}
}

// isPage reports whether a schema is one page of a list.
func isPage(s *openapi3.SchemaRef) bool {
	p := s.Value.Properties
	return len(p) == 4 && p["count"] != nil && p["next"] != nil && p["previous"] != nil && p["results"] != nil
}

// checkReadAs refuses a schema that is to be read as another one, if that can't
// be.
func (d *document) checkReadAs(place string, s *openapi3.SchemaRef, read map[string]bool, written bool) {
	as := markOf(s, "x-read-as")
	if written || !read[as] || markOf(d.Components.Schemas[as], "x-read-as") != "" {
		d.refuse(place, "x-read-as is %q, but must name a schema that is read, of one that is not written", as)
	}
}

// use is what a schema is for.
type use struct{ shared, written bool }

func (d *document) markProperty(place, name string, of *openapi3.Schema, use use) {
	s := of.Properties[name]
	d.checkSecret(place, name, s)
	kind := kindOf(s)
	switch {
	case kind == unknown || kind == union:
		d.refuse(place, "it is %s, which the generator has no branch for: add one to internal/tools/generate, or set x-go-type in internal/codegen/overlay.yaml", kind)
		return
	case s.Value.Deprecated && markOf(s, "x-deprecated-reason") == "":
		d.refuse(place, "it is deprecated: set x-deprecated-reason in internal/codegen/overlay.yaml to what to use instead")
	}
	// A schema that is a type of another package is that type where it stands,
	// and any JSON stays as it is.
	if goType := markOf(s, "x-go-type"); goType != "" {
		suggest(s, "x-go-type", goType)
	}
	if kind == freeForm {
		suggest(s, "x-go-type", "json.RawMessage")
	}
	if s.Ref != "" {
		suggest(s, "x-go-name", name) // and not that of the type
	}
	if kind == list {
		d.markItems(place, s.Value.Items)
	}
	switch {
	case use.shared:
		d.markShared(place, s, kind)
	case use.written:
		d.markWritten(place, s, kind, slices.Contains(of.Required, name))
	default:
		markRead(s, kind)
	}
}

func (d *document) markItems(place string, items *openapi3.SchemaRef) {
	switch kind := kindOf(items); {
	case kind == unknown || kind == union || kind == list:
		d.refuse(place, "its items are %s, which the generator has no branch for", kind)
	case kind == object && componentOf(items) == "":
		d.refuse(place, "its items have properties: give them a schema of their own in components.schemas")
	case kind == freeForm:
		suggest(items, "x-go-type", "json.RawMessage")
	default:
		if goType := markOf(items, "x-go-type"); goType != "" {
			suggest(items, "x-go-type", goType)
		}
	}
}

// markRead makes a property that is read a value, whether or not the service
// promises the field, or a pointer if null means something.
func markRead(s *openapi3.SchemaRef, of kind) {
	pointer := s.Value.Nullable && s.Ref == "" && !slices.Contains([]kind{freeForm, list, dictionary, secret}, of)
	suggest(s, "x-go-type-skip-optional-pointer", !pointer)
	suggest(s, "x-omitempty", false)
}

// markWritten makes a property that is written tell unset from zero by a
// pointer, and from null by a Nullable. An empty required field is left out, so
// that the service says which field is missing.
func (d *document) markWritten(place string, s *openapi3.SchemaRef, of kind, required bool) {
	if s.Value.ReadOnly && s.Ref == "" {
		d.refuse(place, "it is read-only, but in a schema that is written: leave it out there")
	}
	if of == date {
		d.refuse(place, "it is a date, which the generator can't write: add a branch for it to (*encoders).write in internal/tools/generate")
	}
	if of == moment {
		suggest(s, "x-go-type", "time.Time")
	}
	if of == object && componentOf(s) == "" {
		d.refuse(place, "it has properties: give it a schema of its own in components.schemas")
	}
	pointer, omit := false, "x-omitzero"
	switch {
	case s.Value.Nullable && s.Ref == "" && of != freeForm:
		goType := goTypeOf(s)
		if goType == "" {
			d.refuse(place, "it can be null, and its type has no name: give it a schema of its own in components.schemas")
		}
		marks(s)["x-go-type"] = "Nullable[" + goType + "]"
	case of == freeForm || of == list || of == dictionary: // nil is unset
	case required && (of == truth || of == integer || of == number):
		omit = "" // false and 0 are sent
	case !required:
		pointer, omit = true, "x-omitempty"
	}
	suggest(s, "x-go-type-skip-optional-pointer", !pointer)
	suggest(s, "x-omitempty", omit == "x-omitempty")
	suggest(s, "x-omitzero", omit == "x-omitzero")
}

// markShared makes a property that is read and written a value that is left out
// when it is empty.
func (d *document) markShared(place string, s *openapi3.SchemaRef, of kind) {
	if of != text && of != enumeration || s.Value.Nullable {
		d.refuse(place, "it is %s in a schema that is both read and written, which only has texts: make a schema for each", of)
	}
	suggest(s, "x-go-type-skip-optional-pointer", true)
	suggest(s, "x-omitempty", true)
}

// suggest sets a mark that the overlay has not set.
func suggest(s *openapi3.SchemaRef, name string, value any) {
	if own := marks(s); own[name] == nil {
		own[name] = value
	}
}

// markParameters refuses parameters that the builders can't send, and makes a
// filter a value whose zero leaves it out, or a pointer where its zero is a
// filter of its own.
func (d *document) markParameters(o operation) {
	for _, ref := range o.parameters() {
		place := o.place + ", parameter " + ref.Value.Name
		if ref.Ref != "" {
			d.refuse(place, "it is a $ref, whose type would be declared twice: write it out")
			continue
		}
		d.markParameter(place, o, ref.Value)
	}
}

// taken are the names in a builder that a parameter would hide.
var taken = []string{"r", "params", "body"}

func (d *document) markParameter(place string, o operation, p *openapi3.Parameter) {
	if p.Schema == nil {
		d.refuse(place, "it has no schema")
		return
	}
	of := kindOf(p.Schema)
	if secretname.Is(p.Name) && p.Extensions["x-not-secret"] != true {
		d.refuse(place, "it looks like a secret, which must not be in an address; set x-not-secret to true in internal/codegen/overlay.yaml if it isn't one")
	}
	inPath := p.In == openapi3.ParameterInPath
	if (inPath || o.asArguments()) && slices.Contains(taken, p.Name) {
		d.refuse(place, "its name is taken in the builder: set x-go-name in internal/codegen/overlay.yaml")
	}
	allowed := []kind{text, enumeration, named, truth, integer, number, moment, date, list}
	switch {
	case inPath:
		allowed = []kind{text, integer}
	case p.In != openapi3.ParameterInQuery:
		d.refuse(place, "it is in %s, but only path and query have a branch in internal/codegen/templates/client.tmpl", p.In)
		return
	case o.asArguments():
		allowed = []kind{text, integer}
	}
	if !slices.Contains(allowed, of) || of == named && markOf(p.Schema, "x-go-type") != "api.Status" {
		d.refuse(place, "it is %s, which has no branch in internal/codegen/templates/client.tmpl there", of)
		return
	}
	if p.Required && !inPath && !o.asArguments() {
		d.refuse(place, "it is required, and a nil params would leave it out: in internal/codegen/overlay.yaml, set the operation's x-params-as-arguments to true")
	}
	if !inPath {
		d.markQuery(place, p, of)
	}
}

func (d *document) markQuery(place string, p *openapi3.Parameter, of kind) {
	if p.Style != "" && p.Style != openapi3.SerializationForm {
		d.refuse(place, "its style is %s, but only form has been tried", p.Style)
	}
	if of == list {
		items := kindOf(p.Schema.Value.Items)
		if !slices.Contains([]kind{text, enumeration, named, integer, number}, items) {
			d.refuse(place, "its items are %s, which can't be sent in a query", items)
		}
		d.markItems(place, p.Schema.Value.Items)
	}
	if of == moment || of == date {
		suggest(p.Schema, "x-go-type", "time.Time")
	}
	if goType := markOf(p.Schema, "x-go-type"); goType != "" {
		suggest(p.Schema, "x-go-type", goType)
	}
	if p.Extensions == nil {
		p.Extensions = map[string]any{}
	}
	if p.Extensions["x-go-name"] == nil {
		p.Extensions["x-go-name"] = p.Name // and not that of the type
	}
	if p.Extensions["x-go-type-skip-optional-pointer"] == nil {
		p.Extensions["x-go-type-skip-optional-pointer"] = of != truth
	}
}
