package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
)

// readContract reads the contract, notes in it what oapi-codegen would lose (the
// order of properties, the service's own operation ids), and applies the
// overlay.
func readContract(contract, overlayName string) ([]byte, error) {
	text, err := os.ReadFile(contract)
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", contract, err)
	}
	numberProperties(&root)
	keepOperationIDs(&root)
	changes, err := overlay.Parse(overlayName)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", overlayName, err)
	}
	if err := changes.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", overlayName, err)
	}
	warnings, err := changes.ApplyToStrict(&root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", overlayName, err)
	}
	if len(warnings) > 0 {
		return nil, fmt.Errorf("%s: %s", overlayName, strings.Join(warnings, "; "))
	}
	return yaml.Marshal(&root)
}

// numberProperties adds x-order to the properties of every schema below node:
// Go's fields come in the order of the contract.
func numberProperties(node *yaml.Node) {
	for name, value := range members(node) {
		if name != "properties" {
			continue
		}
		place := 0
		for _, property := range members(value) {
			set(property, "x-order", strconv.Itoa(place), "!!int")
			place++
		}
	}
	for _, child := range node.Content {
		numberProperties(child)
	}
}

// keepOperationIDs copies every operationId, which the overlay replaces by a Go
// name, to x-operation-id.
func keepOperationIDs(root *yaml.Node) {
	for _, document := range root.Content {
		for name, paths := range members(document) {
			if name != "paths" {
				continue
			}
			for _, path := range members(paths) {
				for _, operation := range members(path) {
					for name, id := range members(operation) {
						if name == "operationId" {
							set(operation, "x-operation-id", id.Value, "!!str")
						}
					}
				}
			}
		}
	}
}

// members yields the keys and values of a mapping; of anything else, nothing.
func members(node *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			return
		}
		content := node.Content // which the loop's body may extend
		for i := 0; i+1 < len(content); i += 2 {
			if !yield(content[i].Value, content[i+1]) {
				return
			}
		}
	}
}

func set(mapping *yaml.Node, name, value, tag string) {
	mapping.Content = append(mapping.Content,
		&yaml.Node{Kind: yaml.ScalarNode, Value: name},
		&yaml.Node{Kind: yaml.ScalarNode, Value: value, Tag: tag})
}
