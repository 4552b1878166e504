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
			p.Value.Description += d.releasesOf(o.place+", parameter "+p.Value.Name, p.Value.Extensions)
		}
	}
	for name, schema := range d.Components.Schemas {
		place := "components.schemas." + name
		schema.Value.Description += d.releasesOf(place, schema.Value.Extensions)
		for property, s := range schema.Value.Properties {
			place := place + "." + property
			note := d.releasesOf(place, marks(s))
			if s.Ref == "" {
				s.Value.Description += note
			} else if note != "" {
				d.refuse(place, "it has releases beside a $ref, where no description can be: put the $ref into an allOf")
			}
		}
	}
}

// releasesOf returns the sentences about releases, each after a space.
func (d *document) releasesOf(place string, marks map[string]any) string {
	var notes strings.Builder
	note := func(format string, release any, args ...any) {
		if _, ok := release.(string); !ok {
			d.refuse(place, "its release %v must be in quotes, as in '4.90'", release)
		}
		fmt.Fprintf(&notes, format, append(args, release)...)
	}
	if since := marks["x-since"]; since != nil {
		note(" First seen in release %v.", since)
	}
	if until := marks["x-until"]; until != nil {
		note(" Last seen in release %v.", until)
	}
	values, _ := marks["x-enum-since"].(map[string]any)
	for _, value := range slices.Sorted(maps.Keys(values)) {
		note(" The value %s was first seen in release %v.", values[value], value)
	}
	return notes.String()
}
