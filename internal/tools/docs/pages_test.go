package docs

import (
	"encoding/json"
	"go/types"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// The arrows between packages are the imports.
func TestPackageDiagram(t *testing.T) {
	page := readFile(t, "docs/how-it-works.md")
	_, diagram, found := strings.Cut(page, "flowchart BT\n")
	require.True(t, found)
	diagram, _, _ = strings.Cut(diagram, "```")
	var drawn []string
	for _, arrow := range regexp.MustCompile(`(?m)^  (\w+) --> (\w+)$`).FindAllStringSubmatch(diagram, -1) {
		drawn = append(drawn, arrow[1]+" --> "+arrow[2])
	}
	var imports []string
	for dir, pattern := range modulesOfClient(t) {
		list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", pattern)
		list.Dir = dir
		out, err := list.Output()
		require.NoError(t, err)
		for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
			var p struct {
				ImportPath string
				Imports    []string
			}
			require.NoError(t, decoder.Decode(&p))
			for _, imported := range p.Imports {
				if isPublic(p.ImportPath) && isPublic(imported) {
					imports = append(imports, path.Base(p.ImportPath)+" --> "+path.Base(imported))
				}
			}
		}
	}
	assert.ElementsMatch(t, imports, drawn)
}

// Identifiers in code spans exist, such as `client.ErrNotFound`, and so do the files
// and folders that pages link.
func TestPages(t *testing.T) {
	scopes := map[string]*types.Scope{}
	for dir, pattern := range modulesOfClient(t) {
		for _, p := range load(t, packages.Config{}, dir, pattern) {
			if isPublic(p.PkgPath) {
				scopes[p.Name] = p.Types.Scope()
			}
		}
	}
	identifier := regexp.MustCompile("`(\\w+)\\.([A-Z]\\w*(?:\\.[A-Z]\\w*)?)")
	link := regexp.MustCompile(`\]\(([^)#]+)[)#]`)
	code := regexp.MustCompile("(?s) *```.*?```|`[^`\n]*`")
	for _, file := range files(t, ".md") {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range identifier.FindAllStringSubmatch(string(page), -1) {
			if scope := scopes[match[1]]; scope != nil {
				assert.True(t, exists(scope, match[2]), "%s names %s.%s, which does not exist", file, match[1], match[2])
			}
		}
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(string(page), "code"), -1) {
			if !strings.Contains(match[1], ":") {
				_, err := os.Stat(filepath.Join(filepath.Dir(file), match[1]))
				assert.NoError(t, err, file)
			}
		}
	}
}

// exists reports whether a package has a name, such as Receiver or Receiver.Follow.
func exists(scope *types.Scope, name string) bool {
	name, member, hasMember := strings.Cut(name, ".")
	object := scope.Lookup(name)
	if object == nil || !hasMember {
		return object != nil
	}
	found, _, _ := types.LookupFieldOrMethod(object.Type(), true, object.Pkg(), member)
	return found != nil
}

// The table of calls for users of the vendor's clients has every operation, with the
// names that the vendor's generators make of its id.
func TestMigrationTable(t *testing.T) {
	page := readFile(t, "docs/migrate.md")
	operations := regexp.MustCompile(`(?m)^\tOperation(\w+) +OperationID = "(\w+)"`).FindAllStringSubmatch(readFile(t, "client/sandbox/routes.go"), -1)
	require.Len(t, operations, 13)
	var want []string
	for _, operation := range operations {
		method, id := operation[1], operation[2]
		at := strings.LastIndexFunc(method, func(r rune) bool { return r >= 'A' && r <= 'Z' })
		words := strings.Split(id, "_")
		for i := range words[1:] {
			words[i+1] = strings.ToUpper(words[i+1][:1]) + words[i+1][1:]
		}
		want = append(want, "| `"+id+"` | `"+strings.Join(words, "")+"` | `c."+method[:at]+"."+method[at:]+"` |")
	}
	var rows []string
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "| `ai_mentor") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	slices.Sort(want)
	slices.Sort(rows)
	assert.Equal(t, want, rows)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(t), name))
	require.NoError(t, err)
	return string(data)
}

// The README links to every folder of examples.
func TestExampleFolders(t *testing.T) {
	page := readFile(t, "README.md")
	folders, err := os.ReadDir(filepath.Join(root(t), "examples"))
	require.NoError(t, err)
	for _, folder := range folders {
		if folder.IsDir() {
			assert.Contains(t, page, "[`examples/"+folder.Name()+"`](examples/"+folder.Name()+")")
		}
	}
}

// The README's tables list every option of package client, and every method of its
// services.
func TestTables(t *testing.T) {
	page := readFile(t, "README.md")
	loaded := load(t, packages.Config{}, root(t), "./client")
	require.Len(t, loaded, 1)
	var want []string
	for _, function := range exported(loaded[0].Types) {
		name, _ := names(function)
		name = strings.TrimPrefix(name, modulePath+"/client.")
		service, method, isMethod := strings.Cut(name, "Service.")
		switch {
		case isMethod:
			want = append(want, service+"."+method)
		case function.Signature().Recv() == nil && !isEntryPoint(function):
			want = append(want, name)
		}
	}
	listed := []string{"Client.Do"}
	want = append(want, "Client.Do")
	for _, row := range tableRows(page, "| service | methods |") {
		for _, method := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
			listed = append(listed, strings.Trim(row[0], "` ")+"."+method[1])
		}
	}
	for _, row := range tableRows(page, "| option | what it sets | default | given to |") {
		for _, option := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[0], -1) {
			listed = append(listed, option[1])
		}
	}
	assert.ElementsMatch(t, want, listed)
}

// tableRows returns the cells of a table with this head.
func tableRows(page, head string) [][]string {
	_, table, _ := strings.Cut(page, head+"\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var rows [][]string
	for _, line := range strings.Split(table, "\n")[1:] {
		rows = append(rows, strings.Split(strings.Trim(line, "|"), "|"))
	}
	return rows
}
