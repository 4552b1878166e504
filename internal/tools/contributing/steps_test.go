package contributing

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Steps 5 to 7 have no code that a test could compile. Instead, every code span
// in them must be a file, or an identifier in a file of the same bullet.
func TestFilesAndIdentifiersOfStepsExist(t *testing.T) {
	_, steps, found := strings.Cut(readSection(t, "How an operation is added"), "\n5. ")
	require.True(t, found)
	var files, identifiers int
	for _, bullet := range regexp.MustCompile(`\n *(\*|\d\.) `).Split(steps, -1) {
		var source strings.Builder
		var names []string
		for _, span := range codeSpans(bullet) {
			if !strings.ContainsAny(span, "./") {
				names = append(names, span)
				continue
			}
			text, err := os.ReadFile(filepath.Join(root, span))
			if assert.NoError(t, err, "CONTRIBUTING.md names a file that does not exist") {
				source.Write(text)
				files++
			}
		}
		for _, name := range names {
			assert.Regexp(t, `\b`+regexp.QuoteMeta(name)+`\b`, source.String(), "CONTRIBUTING.md names an identifier that its file does not have: %s", name)
			identifiers++
		}
	}
	assert.Positive(t, files)
	assert.Positive(t, identifiers)
}
