package command

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// writeConfig writes the configuration file of the shell.
func (s *shell) writeConfig(text string, mode os.FileMode) {
	s.t.Helper()
	s.environment.ConfigDir = s.t.TempDir()
	file := filepath.Join(s.environment.ConfigDir, "iblai", "config.yaml")
	require.NoError(s.t, os.Mkdir(filepath.Dir(file), 0o700))
	require.NoError(s.t, os.WriteFile(file, []byte(text), 0o600))
	require.NoError(s.t, os.Chmod(file, mode))
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	keyFile := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(keyFile, []byte(testKey+"\n"), 0o600))
	for name, test := range map[string]struct {
		key  string
		mode os.FileMode
	}{
		"from the environment": {"api_key_env: ACME_KEY", 0o644},
		"from a file":          {"api_key_file: " + keyFile, 0o644},
		"in the configuration": {"api_key: " + testKey, 0o600},
		"of the environment":   {"", 0o644},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t, nil)
			s.variables = map[string]string{"ACME_KEY": testKey, client.EnvOrg: "unused"}
			if test.key == "" {
				s.variables[client.EnvAPIKey] = testKey
			}
			s.writeConfig(fmt.Sprintf("profiles:\n  acme:\n    org: acme\n    username: ada\n    base_url: %s\n    %s\n", sb.URL, test.key), test.mode)
			assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name", "--profile", "acme"))
			s.variables[envProfile] = "acme"
			assert.Equal(t, "1\n", s.succeed("agents", "list", "-o", "name"))
			assert.Contains(t, s.run("agents", "list", "--org", "other").stderr, "not allowed", "flags replace the profile's settings")
		})
	}
}

func TestInvalidProfiles(t *testing.T) {
	t.Parallel()
	readable := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(readable, []byte(testKey), 0o600))
	require.NoError(t, os.Chmod(readable, 0o644))
	const head = "profiles:\n  acme:\n    org: acme\n    username: ada\n    "
	for name, test := range map[string]struct {
		config  string
		profile string
		mode    os.FileMode
		stderr  string
	}{
		"unknown profile":   {head + "api_key_env: KEY", "prod", 0o600, "config.yaml has no profile prod; its profiles are: acme"},
		"unknown field":     {head + "key: x", "acme", 0o600, "line 5: field key not found"},
		"not YAML":          {"profiles: [", "acme", 0o600, "config.yaml: yaml: line 1"},
		"empty file":        {"", "acme", 0o600, "has no profile acme"},
		"readable key":      {head + "api_key: " + testKey, "acme", 0o644, "other users can read the file; run chmod 600"},
		"readable key file": {head + "api_key_file: " + readable, "acme", 0o600, "other users can read " + readable},
		"missing key file":  {head + "api_key_file: /nonexistent", "acme", 0o600, "open /nonexistent"},
		"unset variable":    {head + "api_key_env: NOTHING", "acme", 0o600, "set NOTHING in the environment"},
		"two keys":          {head + "api_key_env: A\n    api_key_file: B", "acme", 0o600, "set one of api_key, api_key_env and api_key_file"},
		"invalid org":       {"profiles: {acme: {org: a/b, username: ada, api_key: " + testKey + "}}", "acme", 0o600, "iblai: org of profile acme "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t, nil)
			s.variables = nil
			s.writeConfig(test.config, test.mode)
			out := s.run("agents", "list", "--profile", test.profile)
			assert.Equal(t, exitFailed, out.code)
			assert.Contains(t, out.stderr, test.stderr)
		})
	}
	s := newShell(t, nil)
	s.environment.ConfigDir = t.TempDir()
	assert.Contains(t, s.run("agents", "list", "--profile", "acme").stderr, "iblai: profile acme: open ")
}
