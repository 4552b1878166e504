// Package docs checks the code that people read and copy: the snippets
// of the pages and of the packages' documentation, and the examples.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"
)

const modulePath = "github.com/iblai/iblai-go"

// root returns the folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	require.NoError(t, err)
	return dir
}

// moduleDirs returns the folders of the modules, the outer ones first.
func moduleDirs(t *testing.T) []string {
	t.Helper()
	var dirs []string
	for _, file := range files(t, "go.mod") {
		dirs = append(dirs, filepath.Dir(file))
	}
	return dirs
}

// files returns the files of the repository whose names have the suffix.
func files(t *testing.T, suffix string) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(root(t), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case entry.IsDir() && (name == "node_modules" || name == "testdata" || name == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(name, "_gen.go"): // by ogen
		case !entry.IsDir() && strings.HasSuffix(name, suffix):
			found = append(found, path)
		}
		return nil
	}))
	slices.SortFunc(found, func(a, b string) int { return len(filepath.Dir(a)) - len(filepath.Dir(b)) })
	return found
}

// newModule returns the folder of a new module, which can import the packages of
// another one and all that it requires.
func newModule(t *testing.T, of string) string {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(of, "go.mod"))
	require.NoError(t, err)
	file, err := modfile.Parse("go.mod", data, nil)
	require.NoError(t, err)
	path := file.Module.Mod.Path
	for _, replaced := range file.Replace {
		require.NoError(t, file.AddReplace(replaced.Old.Path, "", filepath.Join(of, replaced.New.Path), ""))
	}
	require.NoError(t, file.AddModuleStmt(modulePath+"/snippets"))
	require.NoError(t, file.AddRequire(path, "v0.0.0"))
	require.NoError(t, file.AddReplace(path, "", of, ""))
	data, err = file.Format()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), data, 0o600))
	sums, err := os.ReadFile(filepath.Join(of, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	return dir
}

// load returns the packages of a module that match the patterns.
func load(t *testing.T, config packages.Config, dir string, patterns ...string) []*packages.Package {
	t.Helper()
	config.Context = t.Context()
	config.Dir = dir
	config.Env = append(os.Environ(), "GOWORK=off")
	config.Mode |= packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes |
		packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedExportFile
	loaded, err := packages.Load(&config, patterns...)
	require.NoError(t, err)
	return loaded
}
