package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/iblai/iblai-go/client"
)

// A profile is a named set of settings. It contains either a reference to the
// API key, or, if only the owner can read the file, the key itself.
type profile struct {
	Org        string `yaml:"org"`
	Username   string `yaml:"username"`
	BaseURL    string `yaml:"base_url"`
	APIKey     string `yaml:"api_key"`
	APIKeyEnv  string `yaml:"api_key_env"`
	APIKeyFile string `yaml:"api_key_file"`
}

// envProfile is the environment variable with the name of the profile, if the
// flag is not set.
const envProfile = "IBLAI_PROFILE"

// maxConfigSize limits the size of the files in bytes.
const maxConfigSize = 1 << 20

// readProfile reads a profile from the configuration file.
func readProfile(file, name string) (*profile, error) {
	profiles, private, err := readProfiles(file)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	p, found := profiles[name]
	switch {
	case !found:
		return nil, fmt.Errorf("%s has no profile %s; its profiles are: %s", file, name, strings.Join(slices.Sorted(maps.Keys(profiles)), ", "))
	case countSet(p.APIKey, p.APIKeyEnv, p.APIKeyFile) > 1:
		return nil, fmt.Errorf("%s: profile %s: set one of api_key, api_key_env and api_key_file", file, name)
	case p.APIKey != "" && !private:
		return nil, fmt.Errorf("%s has an API key, but other users can read the file; run chmod 600, or use api_key_env or api_key_file", file)
	}
	return &p, nil
}

// readProfiles reads the configuration file, and reports whether only its owner
// can read it.
func readProfiles(file string) (profiles map[string]profile, private bool, err error) {
	text, private, err := readConfig(file)
	if err != nil {
		return nil, false, err
	}
	var config struct {
		Profiles map[string]profile `yaml:"profiles"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("%s: %w", file, err)
	}
	return config.Profiles, private, nil
}

// readConfig reads a file, and reports whether only its owner can read it.
func readConfig(file string) (text []byte, private bool, err error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = opened.Close() }() // nothing was written
	info, err := opened.Stat()
	if err != nil {
		return nil, false, err
	}
	text, err = io.ReadAll(io.LimitReader(opened, maxConfigSize+1))
	if err == nil && len(text) > maxConfigSize {
		err = fmt.Errorf("%s is larger than 1 MiB", file)
	}
	private = runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 // Windows doesn't have these permissions
	return text, private, err
}

func countSet(texts ...string) int {
	n := 0
	for _, text := range texts {
		if text != "" {
			n++
		}
	}
	return n
}

// key returns the API key and the name of its source.
func (p *profile) key(name string, getenv func(string) string) (setting, error) {
	switch {
	case p.APIKeyEnv != "":
		return setting{getenv(p.APIKeyEnv), p.APIKeyEnv}, nil
	case p.APIKeyFile != "":
		text, private, err := readConfig(p.APIKeyFile)
		if err == nil && !private {
			err = fmt.Errorf("other users can read %s; run chmod 600", p.APIKeyFile)
		}
		return setting{strings.TrimSpace(string(text)), p.APIKeyFile}, err
	case p.APIKey != "":
		return setting{p.APIKey, "api_key of profile " + name}, nil
	}
	return setting{getenv(client.EnvAPIKey), client.EnvAPIKey}, nil
}
