package runs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

func packageDoc(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	return file.Doc.Text()
}

// The program in the package documentation is the same as a compiled example.
func TestProgramMatchesExample(t *testing.T) {
	t.Parallel()
	_, program, ok := strings.Cut(packageDoc(t), "\tfunc main() {\n")
	require.True(t, ok)
	program, _, ok = strings.Cut(program, "\n# Guarantees")
	require.True(t, ok)
	var code strings.Builder
	for line := range strings.Lines(program) {
		code.WriteString(strings.TrimPrefix(line, "\t"))
	}
	examples, err := os.ReadFile("program_test.go")
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(string(examples), "func ExampleReceiver_program() {\n"+code.String()), "%s", &code)
}

// Every sentinel error documents when it is returned, and is listed in the
// package documentation.
func TestSentinels(t *testing.T) {
	t.Parallel()
	all := []error{
		runs.ErrFollowing, runs.ErrUnfinished, runs.ErrPositionFormat, runs.ErrPositionLocked, runs.ErrPositionAhead, runs.ErrStoreHangs,
		runs.ErrNoLogID, runs.ErrUnreadableLog, runs.ErrLateLogs, runs.ErrUnsortedList, runs.ErrUnstableList, runs.ErrTooManyLogs,
		runs.ErrStuck, runs.ErrNotFinal, runs.ErrLate, runs.ErrHandlerHangs, runs.ErrNoAgentID,
		runs.ErrWatching, runs.ErrAlarmsNotSent, runs.ErrAlarmFormat, runs.ErrAgentsUnread,
	}
	for _, err := range all {
		assert.True(t, strings.HasPrefix(err.Error(), "runs: "), "%v", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	require.NoError(t, err)
	sentinels := 0
	ast.Inspect(file, func(node ast.Node) bool {
		value, ok := node.(*ast.ValueSpec)
		if !ok || !value.Names[0].IsExported() {
			return true
		}
		sentinels++
		name := value.Names[0].Name
		assert.Regexp(t, `^`+name+` is (returned|reported)\b.*? when `, strings.Join(strings.Fields(value.Doc.Text()), " "))
		assert.Contains(t, packageDoc(t), "\t"+name+" ")
		return true
	})
	assert.Len(t, all, sentinels)
}
