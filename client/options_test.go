package client_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// An option's type decides where it can be given.
func TestOptionsCompileOnlyWhereTheyApply(t *testing.T) {
	t.Parallel()
	const ofClient, ofCall, ofAll, ofWrite = "New ", "a call ", "All ", "a write "
	const shared, call = ofClient + ofCall + ofAll + ofWrite, ofCall + ofAll + ofWrite
	kinds := map[string]struct {
		option any
		kind   string
	}{
		"WithAPIKey":     {client.WithAPIKey("k"), ofClient},
		"WithAuthScheme": {client.WithAuthScheme(""), ofClient},
		"WithBaseURL":    {client.WithBaseURL(""), ofClient},
		"WithHTTPClient": {client.WithHTTPClient(&http.Client{}), ofClient},
		"WithUserAgent":  {client.WithUserAgent("a"), ofClient},
		"WithMiddleware": {client.WithMiddleware(nil), ofClient},
		"WithLogger":     {client.WithLogger(slog.Default()), ofClient},
		"WithObserver":   {client.WithObserver(func(context.Context, client.Attempt) {}), ofClient},

		"WithOrg":            {client.WithOrg("o"), shared},
		"WithUsername":       {client.WithUsername("u"), shared},
		"WithHeader":         {client.WithHeader("a", "b"), shared},
		"WithAttemptTimeout": {client.WithAttemptTimeout(time.Second), shared},
		"WithRetryPolicy":    {client.WithRetryPolicy(client.RetryPolicy{}), shared},
		"WithMaxBody":        {client.WithMaxBody(1), shared},
		"WithMaxErrorBody":   {client.WithMaxErrorBody(1), shared},

		"WithQuery":          {client.WithQuery("a", "b"), call},
		"WithBodyField":      {client.WithBodyField("a", "b"), call},
		"WithIdempotencyKey": {client.WithIdempotencyKey("k"), call},
		"WithResponse":       {client.WithResponse(new(client.Response)), call},

		"WithPrefetch":    {client.WithPrefetch(1), ofAll},
		"AllowUnrunnable": {client.AllowUnrunnable(), ofWrite},
	}
	for name, of := range kinds {
		kind := ""
		if _, ok := of.option.(client.Option); ok {
			kind += ofClient
		}
		if _, ok := of.option.(client.CallOption); ok {
			kind += ofCall
		}
		if _, ok := of.option.(client.AllOption); ok {
			kind += ofAll
		}
		if _, ok := of.option.(client.WriteOption); ok {
			kind += ofWrite
		}
		assert.Equal(t, of.kind, kind, "%s can be given to", name)
	}
	assert.Equal(t, optionNames(t), slices.Sorted(maps.Keys(kinds)), "this test has every option of the package")
}

// optionNames returns the names of the package's functions that return an
// option, and checks that they begin as options do.
func optionNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range parsePackage(t) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() {
				continue
			}
			named := strings.HasPrefix(f.Name.Name, "With") || strings.HasPrefix(f.Name.Name, "Allow")
			returns := false
			if results := f.Type.Results; results != nil && len(results.List) == 1 {
				result, ok := results.List[0].Type.(*ast.Ident)
				returns = ok && strings.HasSuffix(result.Name, "Option")
			}
			assert.Equal(t, named, returns, "%s is an option if and only if it is named like one", f.Name.Name)
			if named {
				names = append(names, f.Name.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// parsePackage returns the files of package client, without its tests.
func parsePackage(t *testing.T) []*ast.File {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files)
	return files
}
