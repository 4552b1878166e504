// Command generate generates the packages oapi, easyjson and ogen from
// openapi.yaml, without its callbacks and anyOfs. oapi-codegen declares a callback again in
// every operation that refers to it, and ogen rejects such a reference. An
// anyOf means "any JSON, including null" to validators; without it, the
// generated clients are faster and easier to use.
//
// internal/tools pins the release of oapi-codegen, which runs with its default
// configuration. This module's go.mod pins the release of ogen, which
// ogen/config.yaml configures. The argument is the contract's path.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: generate CONTRACT")
	}
	if err := generate(os.Args[1]); err != nil {
		log.Fatal("generate: ", err)
	}
}

func generate(contract string) error {
	dir, err := os.MkdirTemp("", "iblai-benchmark-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	stripped := filepath.Join(dir, "openapi.yaml")
	if err := writeSimplified(contract, stripped); err != nil {
		return err
	}
	err = tool("-modfile=../tools/go.mod", "oapi-codegen", "-generate", "types,client", "-package", "oapi", "-o", "oapi/client.gen.go", stripped)
	if err != nil {
		return err
	}
	if err := generateEasyjson(stripped); err != nil {
		return err
	}
	return tool("ogen", "-config", "ogen/config.yaml", "-loglevel", "error", "-target", "ogen", "-package", "ogen", "-clean", stripped)
}

// generateEasyjson generates oapi-codegen's types once more, with decoders for
// the three that are compared. The generator compiles the package, so an earlier
// output is removed first.
func generateEasyjson(contract string) error {
	const types, decoders = "easyjson/types.gen.go", "easyjson/decoders.gen.go"
	if err := os.RemoveAll(decoders); err != nil {
		return err
	}
	if err := tool("-modfile=../tools/go.mod", "oapi-codegen", "-generate", "types", "-package", "easyjson", "-o", types, contract); err != nil {
		return err
	}
	text, err := os.ReadFile(types)
	if err != nil {
		return err
	}
	for _, name := range []string{"PaginatedPeriodicAgentList", "PaginatedPeriodicAgentLogList", "PeriodicAgent"} {
		declaration := []byte("\ntype " + name + " struct")
		text = bytes.Replace(text, declaration, append([]byte("\n//easyjson:json"), declaration...), 1)
	}
	if err := os.WriteFile(types, text, 0o600); err != nil {
		return err
	}
	return tool("easyjson", "-output_filename", decoders, types)
}

func tool(args ...string) error {
	cmd := exec.Command("go", append([]string{"tool"}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%v: %w", cmd.Args, err)
	}
	return nil
}

func writeSimplified(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	simplify(&document)
	if text, err = yaml.Marshal(&document); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, text, 0o600)
}

// simplify removes the two keys from every mapping.
func simplify(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if key := node.Content[i].Value; key == "callbacks" || key == "anyOf" {
				node.Content = append(node.Content[:i], node.Content[i+2:]...)
				break
			}
		}
	}
	for _, child := range node.Content {
		simplify(child)
	}
}
