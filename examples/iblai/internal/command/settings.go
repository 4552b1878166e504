package command

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// flags are the global flags. There is no flag for the API key, because all
// users of a machine can read command lines.
type flags struct {
	profile, org, username, baseURL string
	timeout                         time.Duration
}

const defaultTimeout = 60 * time.Second

func (f *flags) add(root *cobra.Command, complete cobra.CompletionFunc) {
	set := root.PersistentFlags()
	set.StringVar(&f.profile, "profile", "", "`name` of a profile in the configuration file (default $IBLAI_PROFILE)")
	set.StringVar(&f.org, "org", "", "`key` of the org (default $IBLAI_ORG)")
	set.StringVar(&f.username, "username", "", "`name` of the user (default $IBLAI_USERNAME)")
	set.StringVar(&f.baseURL, "base-url", "", "`address` of the service (default $IBLAI_BASE_URL, or production)")
	set.DurationVar(&f.timeout, "timeout", defaultTimeout, "time limit of one request")
	completeFlag(root, "profile", complete)
}

// A setting is a value and the name of its source.
type setting struct{ value, source string }

// or returns s if it has a value, and next otherwise.
func (s setting) or(next setting) setting {
	if s.value != "" {
		return s
	}
	return next
}

// settings are the settings of a client.
type settings struct {
	key, org, username, baseURL setting
	timeout                     time.Duration
}

// settings returns the settings. Flags take precedence over the profile, and
// the profile over environment variables. The error names all missing settings.
func (a *app) settings() (*settings, error) {
	name := a.flags.profile
	if name == "" {
		name = a.Getenv(envProfile)
	}
	p := &profile{}
	if name != "" {
		var err error
		if p, err = readProfile(filepath.Join(a.ConfigDir, "iblai", "config.yaml"), name); err != nil {
			return nil, err
		}
	}
	key, err := p.key(name, a.Getenv)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	choose := func(flagValue, flag, profileValue, field, variable string) setting {
		return setting{flagValue, flag}.or(setting{profileValue, field + " of profile " + name}).or(setting{a.Getenv(variable), variable})
	}
	s := &settings{
		key:      key,
		org:      choose(a.flags.org, "--org", p.Org, "org", client.EnvOrg),
		username: choose(a.flags.username, "--username", p.Username, "username", client.EnvUsername),
		baseURL:  choose(a.flags.baseURL, "--base-url", p.BaseURL, "base_url", client.EnvBaseURL),
		timeout:  a.flags.timeout,
	}
	var missing []string
	for _, required := range []setting{s.key, s.org, s.username} {
		if required.value == "" {
			missing = append(missing, required.source)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("set %s in the environment; see iblai --help", strings.Join(missing, ", "))
	}
	return s, nil
}

// client returns a client for the settings.
func (a *app) client() (*client.Client, error) {
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	options := []client.Option{
		client.WithAPIKey(s.key.value),
		client.WithOrg(s.org.value),
		client.WithUsername(s.username.value),
		client.WithHTTPClient(a.HTTPClient),
		client.WithUserAgent("iblai"),
		client.WithAttemptTimeout(s.timeout),
		client.WithMiddleware(a.observe),
	}
	if s.baseURL.value != "" {
		options = append(options, client.WithBaseURL(s.baseURL.value))
	}
	c, err := client.New(options...)
	return c, s.nameSource(err)
}

// nameSource adds the source of an invalid setting to its error.
func (s *settings) nameSource(err error) error {
	invalid, is := errors.AsType[*api.ArgumentError](err)
	if !is {
		return err
	}
	source := map[string]string{
		"WithAPIKey": s.key.source, "WithOrg": s.org.source, "WithUsername": s.username.source,
		"WithBaseURL": s.baseURL.source, "WithAttemptTimeout": "--timeout",
	}[invalid.Argument]
	if source == "" {
		return err
	}
	return fmt.Errorf("%s %s", source, invalid.Reason)
}
