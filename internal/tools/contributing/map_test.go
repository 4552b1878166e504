package contributing

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const modulePath = "github.com/iblai/iblai-go"

// A row of the map tells what the packages of a folder may import of ours.
type row struct {
	folder  string // a pattern, as in "examples/..."
	imports []string
	any     bool // the row is for a module of its own
	used    map[string]bool
}

// rows parses the map.
func rows(t *testing.T) []*row {
	t.Helper()
	var all []*row
	for line := range strings.Lines(readSection(t, "The map of the house")) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		last := strings.TrimSpace(cells[3])
		r := &row{folder: codeSpans(cells[1])[0], imports: codeSpans(last), any: last == "anything", used: map[string]bool{}}
		if len(r.imports) == 0 && !r.any {
			require.Equal(t, "nothing", last, r.folder)
		}
		all = append(all, r)
	}
	require.NotEmpty(t, all)
	return all
}

// matches reports whether a package is in a pattern.
func matches(pattern, name string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return name == folder || below && strings.HasPrefix(name, folder+"/")
}

// find returns the most specific row for a package.
func find(all []*row, name string) *row {
	var found *row
	for _, r := range all {
		if matches(r.folder, name) && (found == nil || len(r.folder) > len(found.folder)) {
			found = r
		}
	}
	return found
}

// imports returns what each package of the module imports of the module, by the
// packages' folders.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	found := map[string][]string{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var listed struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&listed)
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		name := folder(listed.ImportPath)
		found[name] = []string{}
		for _, imported := range listed.Imports {
			if imported == modulePath || strings.HasPrefix(imported, modulePath+"/") {
				found[name] = append(found[name], folder(imported))
			}
		}
	}
}

// folder returns the folder of a package.
func folder(importPath string) string {
	if importPath == modulePath {
		return "."
	}
	return strings.TrimPrefix(importPath, modulePath+"/")
}

func TestPackagesImportWhatTheMapSays(t *testing.T) {
	all := rows(t)
	for name, imported := range imports(t) {
		r := find(all, name)
		if !assert.NotNil(t, r, "the map has no row for %s", name) || r.any {
			continue
		}
		for _, other := range imported {
			i := slices.IndexFunc(r.imports, func(pattern string) bool { return matches(pattern, other) })
			if assert.NotEqual(t, -1, i, "%s must not import %s; see the map in CONTRIBUTING.md", name, other) {
				r.used[r.imports[i]] = true
			}
		}
	}
	for _, r := range all {
		for _, pattern := range r.imports {
			assert.True(t, r.used[pattern], "%s does not import %s: correct the map in CONTRIBUTING.md", r.folder, pattern)
		}
	}
}

func TestFoldersOfTheMapExist(t *testing.T) {
	for _, r := range rows(t) {
		assert.DirExists(t, filepath.Join(root, strings.TrimSuffix(r.folder, "/...")))
	}
}
