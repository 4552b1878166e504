package docs

import (
	"bytes"
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// A snippet is Go code in a page or in documentation.
type snippet struct {
	place string // file and line
	code  string
}

// Every snippet compiles, passes vet and checks its errors. The snippet of
// CONTRIBUTING.md is code for package client itself: the generator's tests
// compile and call it.
func TestSnippets(t *testing.T) {
	all := append(ofPages(t), ofDocumentation(t)...)
	require.Greater(t, len(all), 15)
	ours := ourPackages(t)

	modules := map[string]string{} // the folders of the new modules, by that of the module whose packages they import
	places := map[string]string{}  // by the folders of the snippets
	for i, s := range all {
		if strings.HasPrefix(s.place, "CONTRIBUTING.md:") {
			continue
		}
		of, code, err := program(t, s.code, ours)
		if !assert.NoError(t, err, "%s\n%s", s.place, s.code) {
			continue
		}
		if modules[of] == "" {
			modules[of] = newModule(t, of)
		}
		dir := filepath.Join(modules[of], fmt.Sprintf("snippet%d", i))
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "snippet.go"), code, 0o600))
		places[dir] = s.place + "\n" + string(code)
	}
	for _, dir := range modules {
		for _, p := range load(t, packages.Config{}, dir, "./...") {
			place := places[p.Dir]
			require.NotEmpty(t, place, "%v", p.Errors)
			for _, err := range p.Errors {
				assert.Fail(t, err.Error(), place)
			}
			for _, file := range p.Syntax {
				for _, unchecked := range uncheckedErrors(p.TypesInfo, file) {
					assert.Fail(t, "an error is not checked: "+unchecked, place)
				}
			}
		}
		if !t.Failed() {
			vet := exec.CommandContext(t.Context(), "go", "vet", "./...")
			vet.Dir = dir
			out, err := vet.CombinedOutput()
			assert.NoError(t, err, string(out))
		}
	}
}

// ofPages returns the snippets of all pages.
func ofPages(t *testing.T) []snippet {
	t.Helper()
	fence := regexp.MustCompile("(?s)```go\n(.*?)\n *```")
	var all []snippet
	for _, file := range files(t, ".md") {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range fence.FindAllSubmatchIndex(page, -1) {
			line := 1 + bytes.Count(page[:match[2]], []byte("\n"))
			all = append(all, snippet{place(t, file, line), string(page[match[2]:match[3]])})
		}
	}
	return all
}

// ofDocumentation returns the snippets of the documentation of all packages.
func ofDocumentation(t *testing.T) []snippet {
	t.Helper()
	var all []snippet
	for _, file := range files(t, ".go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, group := range syntax.Comments {
			for _, block := range new(comment.Parser).Parse(group.Text()).Content {
				if code, ok := block.(*comment.Code); ok && isGo(code.Text) {
					all = append(all, snippet{place(t, file, set.Position(group.Pos()).Line), code.Text})
				}
			}
		}
	}
	return all
}

// isGo reports whether a block of documentation is Go: it parses, or it looks as
// if it should.
func isGo(code string) bool {
	_, _, err := parse(code)
	return err == nil || regexp.MustCompile(`:=|\berr\b|\bfunc\b`).MatchString(code)
}

func place(t *testing.T, file string, line int) string {
	t.Helper()
	name, err := filepath.Rel(root(t), file)
	require.NoError(t, err)
	return fmt.Sprintf("%s:%d", filepath.ToSlash(name), line)
}
