package seed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/document"
)

// FuzzSeed reads arbitrary text. A valid seed can create several sandboxes. The
// errors of an invalid seed have positions.
func FuzzSeed(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(f, err)
	for _, file := range append(files, sample, "default.yaml") {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text), false)
	}
	f.Add(`{"orgs": [{"key": "acme", "accounts": [{"username": "ada \ud83d\ude00"}], "agents": [{"title": "A", "task": {"crontab": {"minute": 5}}}]}]}`, true)
	f.Add("orgs: &a [*a]", false)
	f.Add("? [a]\n: &b !!binary x\n<<: *b", false)
	f.Fuzz(func(t *testing.T, text string, isJSON bool) {
		format := document.YAML
		if isJSON {
			format = document.JSON
		}
		s, err := Read(document.File("seed"), []byte(text), format)
		if err == nil {
			sb, newErr := s.NewSandbox(nil)
			if err = newErr; err == nil {
				sb.Close()
				again, err := s.NewSandbox(nil)
				require.NoError(t, err)
				assert.Equal(t, sb.Accounts(), again.Accounts())
				again.Close()
				return
			}
		}
		assert.True(t, utf8.ValidString(err.Error()), err)
		for line := range strings.SplitSeq(err.Error(), "\n") {
			assert.True(t, strings.HasPrefix(line, "seed:") || strings.HasPrefix(line, "and "), "%q", line)
		}
	})
}
