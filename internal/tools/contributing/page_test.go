// Package contributing checks that CONTRIBUTING.md is true.
package contributing

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

// readSection returns a section of CONTRIBUTING.md.
func readSection(t *testing.T, title string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## "+title+"\n")
	require.True(t, found, "CONTRIBUTING.md has no section %q", title)
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// codeSpans returns the contents of the code spans in a text.
func codeSpans(text string) []string {
	var spans []string
	for _, match := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, match[1])
	}
	return spans
}
