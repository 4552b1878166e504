package docs

import (
	"go/ast"
	"go/doc"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/tools/go/packages"
)

// notCalled are the methods that fmt, errors, encoding, net/http and the callers of
// a store call, and programs don't.
var notCalled = []string{
	"As", "Claim", "Done", "Error", "Format", "GoString", "Is", "IsZero", "LogValue", "MarshalJSON", "MarshalText", "Release",
	"ServeHTTP", "String", "UnmarshalJSON", "UnmarshalText", "Unwrap",
}

// Every exported function that programs call is called in an example that the
// tests run, and every entry point has an example of its own.
func TestExamples(t *testing.T) {
	var functions []*types.Func
	called := map[string]bool{}
	examples := map[string]bool{}
	for dir, pattern := range modulesOfClient(t) {
		for _, p := range load(t, packages.Config{Tests: true}, dir, pattern) {
			for _, err := range p.Errors {
				assert.Fail(t, err.Error(), p.ID)
			}
			if p.ID == p.PkgPath && isPublic(p.PkgPath) {
				functions = append(functions, exported(p.Types)...)
			}
			for _, example := range doc.Examples(p.Syntax...) {
				if example.Output == "" && !example.EmptyOutput {
					continue // is compiled only
				}
				examples[subject(p.PkgPath)+".Example"+example.Name] = true
				for name := range calls(p, "Example"+example.Name) {
					called[name] = true
				}
			}
		}
	}
	assert.NotEmpty(t, functions)
	var missing []string
	for _, function := range functions {
		switch name, example := names(function); {
		case !called[name]:
			missing = append(missing, name+" is not called")
		case isEntryPoint(function) && !examples[example]:
			missing = append(missing, name+" is an entry point without an example of its own")
		}
	}
	slices.Sort(missing)
	assert.Empty(t, missing, strings.Join(missing, "\n"))
}

// modulesOfClient returns the patterns of the packages that programs import, and
// of their tests, by the folders of their modules.
func modulesOfClient(t *testing.T) map[string]string {
	t.Helper()
	patterns := map[string]string{root(t): "./client/..."}
	for _, dir := range moduleDirs(t) {
		if strings.HasPrefix(dir, filepath.Join(root(t), "client")+string(filepath.Separator)) {
			patterns[dir] = "./..."
		}
	}
	return patterns
}

// isPublic reports whether programs import a package. Tests with dependencies of
// their own are in modules named tests.
func isPublic(path string) bool {
	return strings.HasPrefix(path+"/", modulePath+"/client/") && !strings.Contains(path, "/internal") && !strings.HasSuffix(path, "/tests")
}

// subject returns the path of the package that a package of tests is about.
func subject(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, "_test"), "/tests")
}

// exported returns the exported functions and methods that programs call.
func exported(p *types.Package) []*types.Func {
	var functions []*types.Func
	for _, name := range p.Scope().Names() {
		switch object := p.Scope().Lookup(name).(type) {
		case *types.Func:
			if object.Exported() {
				functions = append(functions, object)
			}
		case *types.TypeName:
			named, ok := object.Type().(*types.Named)
			if !ok || !object.Exported() || object.IsAlias() {
				continue
			}
			for method := range named.Methods() {
				if method.Exported() && !slices.Contains(notCalled, method.Name()) {
					functions = append(functions, method)
				}
			}
		}
	}
	return functions
}

// names returns the name of a function, and of its example.
func names(function *types.Func) (name, example string) {
	function = function.Origin()
	path := function.Pkg().Path()
	receiver := function.Signature().Recv()
	if receiver == nil {
		return path + "." + function.Name(), path + ".Example" + function.Name()
	}
	typ := receiver.Type()
	if pointer, ok := typ.(*types.Pointer); ok {
		typ = pointer.Elem()
	}
	named, ok := typ.(*types.Named)
	if !ok {
		return "", "" // a method of an interface
	}
	typeName := named.Obj().Name()
	return path + "." + typeName + "." + function.Name(), path + ".Example" + typeName + "_" + function.Name()
}

// isEntryPoint reports whether a program begins with the function: it is no
// option, and no method but of a service.
func isEntryPoint(function *types.Func) bool {
	if receiver := function.Signature().Recv(); receiver != nil {
		name, _ := names(function)
		return strings.Contains(name, "Service.")
	}
	results := function.Signature().Results()
	return results.Len() > 1 || results.Len() == 1 && !strings.HasSuffix(results.At(0).Type().String(), "Option")
}

// calls returns the functions that a function of a package uses.
func calls(p *packages.Package, name string) map[string]bool {
	called := map[string]bool{}
	for _, file := range p.Syntax {
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Recv != nil || function.Name.Name != name {
				continue
			}
			ast.Inspect(function.Body, func(node ast.Node) bool {
				if identifier, ok := node.(*ast.Ident); ok {
					if used, ok := p.TypesInfo.Uses[identifier].(*types.Func); ok && used.Pkg() != nil {
						name, _ := names(used)
						called[name] = true
					}
				}
				return true
			})
		}
	}
	return called
}
