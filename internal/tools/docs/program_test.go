package docs

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

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
	"atomic":    "sync/atomic",
	"context":   "context",
	"errors":    "errors",
	"fmt":       "fmt",
	"http":      "net/http",
	"httptest":  "net/http/httptest",
	"jetstream": "github.com/nats-io/nats.go/jetstream",
	"log":       "log",
	"nats":      "github.com/nats-io/nats.go",
	"os":        "os",
	"redis":     "github.com/redis/go-redis/v9",
	"require":   "github.com/stretchr/testify/require",
	"signal":    "os/signal",
	"slog":      "log/slog",
	"sql":       "database/sql",
	"sync":      "sync",
	"synctest":  "testing/synctest",
	"syscall":   "syscall",
	"testing":   "testing",
	"time":      "time",
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
