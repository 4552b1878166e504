package docs

import (
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Servers that people copy have all timeouts, and shut down gracefully.
func TestServers(t *testing.T) {
	sources := map[string]string{} // by place
	for _, s := range append(ofPages(t), ofDocumentation(t)...) {
		sources[s.place] = s.code
	}
	for _, file := range files(t, ".go") {
		name := place(t, file, 1)
		isProgram := strings.HasPrefix(name, "examples/") && !strings.HasSuffix(file, "_test.go")
		if isProgram || strings.HasPrefix(filepath.Base(file), "example") || filepath.Base(file) == "program_test.go" {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			sources[name] = string(source)
		}
	}
	servers := 0
	for place, source := range sources {
		if !strings.Contains(source, "ttp.Server{") && !strings.Contains(source, "http.Listen") {
			continue
		}
		file, _, err := parse(source)
		require.NoError(t, err, place)
		shutsDown := strings.Contains(source, ".Shutdown(") || strings.Contains(source, ".Close()")
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				assert.NotContains(t, types.ExprString(node.Fun), "http.ListenAndServe", "%s: has no timeouts", place)
			case *ast.CompositeLit:
				if node.Type != nil && types.ExprString(node.Type) == "http.Server" {
					servers++
					assert.Empty(t, missingFields(node), place)
					assert.True(t, shutsDown, "%s: does not shut down", place)
				}
			}
			return true
		})
	}
	assert.Greater(t, servers, 5)
}

func missingFields(literal *ast.CompositeLit) []string {
	missing := []string{"ReadHeaderTimeout", "ReadTimeout", "WriteTimeout", "IdleTimeout"}
	for _, element := range literal.Elts {
		if field, ok := element.(*ast.KeyValueExpr); ok {
			for i, name := range missing {
				if types.ExprString(field.Key) == name {
					missing = append(missing[:i:i], missing[i+1:]...)
					break
				}
			}
		}
	}
	return missing
}
