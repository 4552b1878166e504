package docs

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

// variables are those that snippets use without declaring them.
var variables = map[string]string{
	"ctx":      "context.Context",
	"c":        "*client.Client",
	"id":       "int64",
	"agent":    "*client.PeriodicAgent",
	"wanted":   "*client.PeriodicAgentCreateRequest",
	"verifier": "*callback.Verifier",
	"handler":  "http.Handler",
	"sb":       "*sandbox.Server",
	"t":        "*testing.T",
	"monday":   "time.Time",
	"receiver": "*runs.Receiver",
}

// outside are the packages from outside that snippets use, by name.
var outside = map[string]string{
	"atomic":   "sync/atomic",
	"context":  "context",
	"errors":   "errors",
	"fmt":      "fmt",
	"http":     "net/http",
	"httptest": "net/http/httptest",
	"log":      "log",
	"os":       "os",
	"require":  "github.com/stretchr/testify/require",
	"signal":   "os/signal",
	"slog":     "log/slog",
	"sql":      "database/sql",
	"synctest": "testing/synctest",
	"syscall":  "syscall",
	"testing":  "testing",
	"time":     "time",
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

// ourPackages returns the packages of all modules, by name.
func ourPackages(t *testing.T) map[string]*packages.Package {
	t.Helper()
	ours := map[string]*packages.Package{}
	for _, dir := range moduleDirs(t) {
		loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedModule, Dir: dir, Context: t.Context()}, "./...")
		require.NoError(t, err)
		for _, p := range loaded {
			if other := ours[p.Name]; other == nil || len(other.PkgPath) > len(p.PkgPath) {
				ours[p.Name] = p
			}
		}
	}
	return ours
}

// parse parses a file, declarations or statements, and returns the kind.
func parse(code string) (file *ast.File, kind string, err error) {
	set := token.NewFileSet()
	if file, err := parser.ParseFile(set, "", code, 0); err == nil {
		return file, "file", nil
	}
	if file, err := parser.ParseFile(set, "", "package p\n"+code, 0); err == nil {
		return file, "declarations", nil
	}
	file, err = parser.ParseFile(set, "", "package p\nfunc _() {\n"+code+"\n}", 0)
	return file, "statements", err
}

// program makes a compilable file of a snippet: it adds the imports, the
// variables and the function that the snippet leaves out. It returns the folder
// of the module in which the file compiles.
func program(t *testing.T, code string, ours map[string]*packages.Package) (dir string, _ []byte, _ error) {
	t.Helper()
	dir = root(t)
	file, kind, err := parse(code)
	if err != nil || kind == "file" {
		return dir, []byte(code), err
	}
	imports := map[string]bool{}
	use := func(name string) {
		if p := ours[name]; p != nil {
			imports[p.PkgPath] = true
			if p.Module.Path != modulePath {
				dir = p.Module.Dir
			}
		} else if path := outside[name]; path != "" {
			imports[path] = true
		}
	}
	parameters := map[string]string{}
	for _, name := range file.Unresolved {
		use(name.Name)
		if variable := variables[name.Name]; variable != "" && kind == "statements" {
			parameters[name.Name] = name.Name + " " + variable
			use(strings.TrimLeft(strings.Split(variable, ".")[0], "*"))
		}
	}
	var out bytes.Buffer
	out.WriteString("package snippet\n\n")
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&out, "import %q\n", path)
	}
	if kind == "declarations" {
		if strings.Contains(code, "func main()") {
			out = *bytes.NewBuffer(bytes.Replace(out.Bytes(), []byte("package snippet"), []byte("package main"), 1))
		}
		out.WriteString(code)
		source, err := format.Source(out.Bytes())
		return dir, source, err
	}
	body := file.Decls[0].(*ast.FuncDecl).Body
	fmt.Fprintf(&out, "\nfunc _(%s) %s {\n%s\n", strings.Join(slices.Sorted(maps.Values(parameters)), ", "), result(body), code)
	if !endsInReturn(body) {
		for _, name := range unused(body) {
			fmt.Fprintf(&out, "_ = %s\n", name)
		}
		if result(body) != "" {
			out.WriteString("return nil\n")
		}
	}
	out.WriteString("}\n")
	source, err := format.Source(out.Bytes())
	return dir, source, err
}

// result returns the result of the function around statements.
func result(body *ast.BlockStmt) string {
	result := ""
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(node.Results) == 1 {
				result = "error"
			}
		}
		return true
	})
	return result
}

func endsInReturn(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// unused returns the variables of a block that a longer program would use:
// those that are declared, errors aside.
func unused(body *ast.BlockStmt) []string {
	var names []string
	for _, statement := range body.List {
		if assignment, ok := statement.(*ast.AssignStmt); ok && assignment.Tok == token.DEFINE {
			for _, left := range assignment.Lhs {
				if name := left.(*ast.Ident).Name; name != "_" && name != "err" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// uncheckedErrors returns the calls whose error is dropped: it is not assigned, or
// assigned to err and not mentioned afterwards.
func uncheckedErrors(info *types.Info, file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		block, ok := node.(*ast.BlockStmt)
		if !ok {
			return true
		}
		for i, statement := range block.List {
			switch statement := statement.(type) {
			case *ast.ExprStmt:
				if call, ok := statement.X.(*ast.CallExpr); ok && returnsError(info.TypeOf(call)) && !isPrint(call) {
					found = append(found, types.ExprString(call))
				}
			case *ast.AssignStmt:
				if assignsErr(statement) && !slices.ContainsFunc(untilAssigned(block.List[i+1:]), mentionsErr) {
					found = append(found, types.ExprString(statement.Rhs[0]))
				}
			}
		}
		return true
	})
	return found
}

func returnsError(result types.Type) bool {
	if tuple, ok := result.(*types.Tuple); ok {
		return tuple.Len() > 0 && returnsError(tuple.At(tuple.Len()-1).Type())
	}
	return result != nil && types.Identical(result, types.Universe.Lookup("error").Type())
}

func isPrint(call *ast.CallExpr) bool {
	return strings.HasPrefix(types.ExprString(call.Fun), "fmt.Print")
}

// untilAssigned returns the statements up to the next assignment to err.
func untilAssigned(statements []ast.Stmt) []ast.Stmt {
	for i, statement := range statements {
		if assignment, ok := statement.(*ast.AssignStmt); ok && assignsErr(assignment) {
			return statements[:i]
		}
	}
	return statements
}

func assignsErr(assignment *ast.AssignStmt) bool {
	return slices.ContainsFunc(assignment.Lhs, func(left ast.Expr) bool {
		name, ok := left.(*ast.Ident)
		return ok && name.Name == "err"
	})
}

func mentionsErr(statement ast.Stmt) bool {
	found := false
	ast.Inspect(statement, func(node ast.Node) bool {
		if name, ok := node.(*ast.Ident); ok && name.Name == "err" {
			found = true
		}
		return !found
	})
	return found
}
