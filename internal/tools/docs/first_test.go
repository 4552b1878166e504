package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The README's first test passes in a new module.
func TestFirstTest(t *testing.T) {
	_, code, found := strings.Cut(readFile(t, "README.md"), "```go\npackage digest\n")
	require.True(t, found)
	code, _, _ = strings.Cut(code, "```")
	dir := newModule(t, root(t))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "digest_test.go"), []byte("package digest\n"+code), 0o600))
	test := exec.CommandContext(t.Context(), "go", "test", "-v")
	test.Dir = dir
	out, err := test.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "--- PASS: TestDigestRunsEveryWeekday")
}
