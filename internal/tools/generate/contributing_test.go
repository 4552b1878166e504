package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contributing returns the code on the page in the order of its steps: the
// contract's path, its schemas, the overlay's actions, and the method.
func contributing(t *testing.T) (path, schemas, actions, method string) {
	t.Helper()
	const fence = "   ```"
	var blocks []string
	var block *strings.Builder
	_, section, found := strings.Cut(readFile(t, filepath.Join(repository, "CONTRIBUTING.md")), "\n## How an operation is added\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		switch {
		case !strings.HasPrefix(line, fence) && block != nil:
			block.WriteString(strings.TrimPrefix(line, "   ")) // of the list's item
		case strings.HasPrefix(line, fence) && block == nil:
			block = &strings.Builder{}
		case strings.HasPrefix(line, fence):
			blocks = append(blocks, block.String())
			block = nil
		}
	}
	require.Len(t, blocks, 4)
	return blocks[0], blocks[1], blocks[2], blocks[3]
}

// The steps of CONTRIBUTING.md are followed to the letter. What they add is
// called against a server.
func TestStepsOfContributing(t *testing.T) {
	path, schemas, actions, method := contributing(t)
	contract := readFile(t, filepath.Join(repository, "openapi.yaml"))
	contract = edit{"\ncomponents:\n", "\n" + path + "\ncomponents:\n"}.apply(t, contract)
	contract = edit{"\n  schemas:\n", "\n  schemas:\n" + schemas}.apply(t, contract)
	root := newRoot(t, contract, readFile(t, repository+"/internal/codegen/overlay.yaml")+actions)
	require.NoError(t, generate(root))
	resource := root + "/client/periodic_agents.go"
	writeFile(t, resource, readFile(t, repository+"/client/periodic_agents.go")+"\n"+method)

	files := replaced{}
	files.add(t, "client", generated(t, root)...)
	files.add(t, "client", resource)
	files.add(t, "internal/codegen", "testdata/pause_test.go")
	files.test(t, "client", "internal/codegen")
}

// Without its marks the operation is refused.
func TestStepsOfContributingAreNeeded(t *testing.T) {
	path, schemas, actions, _ := contributing(t)
	contract := readFile(t, filepath.Join(repository, "openapi.yaml"))
	contract = edit{"\ncomponents:\n", "\n" + path + "\ncomponents:\n"}.apply(t, contract)
	contract = edit{"\n  schemas:\n", "\n  schemas:\n" + schemas}.apply(t, contract)
	overlay := readFile(t, repository+"/internal/codegen/overlay.yaml")
	for _, action := range strings.Split(actions, "  - target: ")[1:] {
		action = "  - target: " + action
		root := newRoot(t, contract, overlay+edit{action, ""}.apply(t, actions))
		if err := generate(root); !strings.Contains(action, "x-go-name") { // a type may be named as the service does
			require.Error(t, err, action)
		}
	}
}
