package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// noteReleases adds the releases of x-since, x-until and x-enum-since to the
// descriptions of schemas, properties and parameters.
func (d *document) noteReleases() {
	for _, o := range d.operations() {
		for _, p := range o.parameters() {
			p.Value.Description += releasesOf(p.Value.Extensions)
		}
	}
	for name, schema := range d.Components.Schemas {
		schema.Value.Description += releasesOf(schema.Value.Extensions)
		for property, s := range schema.Value.Properties {
			if note := releasesOf(s.Extensions); s.Ref != "" && note != "" {
				d.refuse("components.schemas."+name+"."+property, "it is a $ref, whose releases nobody would see: put it into an allOf")
			} else if s.Ref == "" {
				s.Value.Description += releasesOf(s.Value.Extensions)
			}
		}
	}
}

// releasesOf returns the sentences about releases, after a space.
func releasesOf(marks map[string]any) string {
	var note strings.Builder
	if since, ok := marks["x-since"].(string); ok {
		fmt.Fprintf(&note, " First seen in release %s.", since)
	}
	if until, ok := marks["x-until"].(string); ok {
		fmt.Fprintf(&note, " Last seen in release %s.", until)
	}
	values, _ := marks["x-enum-since"].(map[string]any)
	for _, value := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&note, " The value %s was first seen in release %s.", value, values[value])
	}
	return note.String()
}
