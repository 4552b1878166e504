package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const repository = "../../.."

// newRoot lays out what the generator reads: a contract, an overlay, and the
// configuration and templates of the client.
func newRoot(t *testing.T, contract, overlay string) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "client"), 0o700))
	require.NoError(t, os.CopyFS(root+"/internal/codegen", os.DirFS(repository+"/internal/codegen")))
	writeFile(t, filepath.Join(root, "openapi.yaml"), contract)
	writeFile(t, root+"/internal/codegen/overlay.yaml", overlay)
	return root
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	_ = os.Remove(name) // of a copy that is read-only
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

// replaced is the module with other files: their names are below its root.
type replaced map[string]string

// add has every Go file of a directory replace, or stand beside, those of the
// directory of the module.
func (r replaced) add(t *testing.T, directory string, files ...string) {
	t.Helper()
	for _, file := range files {
		absolute, err := filepath.Abs(file)
		require.NoError(t, err)
		r[filepath.Join(directory, filepath.Base(file))] = absolute
	}
}

// test vets packages of the module and runs the tests of the last one, without
// changing a file.
func (r replaced) test(t *testing.T, directories ...string) {
	t.Helper()
	root, err := filepath.Abs(repository)
	require.NoError(t, err)
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for name, by := range r {
		overlay.Replace[filepath.Join(root, name)] = by
	}
	text, err := json.Marshal(overlay)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "overlay.json")
	writeFile(t, file, string(text))
	for _, directory := range directories {
		runGo(t, root, "vet", "-overlay="+file, "./"+directory)
	}
	runGo(t, root, "test", "-vet=off", "-overlay="+file, "./"+directories[len(directories)-1])
}

func runGo(t *testing.T, directory string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = directory
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// generated returns the files that the generator has written below root.
func generated(t *testing.T, root string) []string {
	t.Helper()
	files, err := filepath.Glob(root + "/client/*.gen.go")
	require.NoError(t, err)
	require.Len(t, files, 5)
	return files
}

// The small contract has every type of parameter and field. What is generated of
// it is compiled with the client's own request, encoder, Nullable and Time.
func TestEveryTypeIsGenerated(t *testing.T) {
	root := newRoot(t, readFile(t, "testdata/small/openapi.yaml"), readFile(t, "testdata/small/overlay.yaml"))
	require.NoError(t, generate(root))
	const directory = "internal/codegen" // which exists, as vet needs, and has no Go files
	files := replaced{}
	files.add(t, directory, generated(t, root)...)
	files.add(t, directory, "testdata/small/client_test.go", "testdata/small/check_texts.go")
	for _, name := range []string{"request.go", "encoder.go", "nullable.go", "time.go", "model.go", "log_group.go"} {
		files.add(t, directory, filepath.Join(repository, "client", name))
	}
	files.test(t, directory)
}
