package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// settings are the flags that replace environment variables. The key has no
// flag, because every user of a machine can read command lines.
type settings struct {
	org, username, baseURL string
	timeout                time.Duration
}

const defaultTimeout = 60 * time.Second

func (s *settings) addFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&s.org, "org", "", "`key` of the org (default $IBLAI_ORG)")
	flags.StringVar(&s.username, "username", "", "`name` of the user (default $IBLAI_USERNAME)")
	flags.StringVar(&s.baseURL, "base-url", "", "`address` of the service (default $IBLAI_BASE_URL, or production)")
	flags.DurationVar(&s.timeout, "timeout", defaultTimeout, "time limit of one request")
}

// A setting is a value with the names of its sources for error messages.
type setting struct{ value, variable, flag string }

func (s *settings) all(getenv func(string) string) (key, org, username, baseURL setting) {
	read := func(flagValue, variable, flag string) setting {
		if flagValue != "" {
			return setting{flagValue, flag, flag}
		}
		return setting{getenv(variable), variable, flag}
	}
	return read("", client.EnvAPIKey, ""), read(s.org, client.EnvOrg, "--org"),
		read(s.username, client.EnvUsername, "--username"), read(s.baseURL, client.EnvBaseURL, "--base-url")
}

// required returns an error that names all missing settings.
func required(settings ...setting) error {
	var missing []string
	for _, s := range settings {
		if s.value == "" {
			missing = append(missing, s.variable)
		}
	}
	if len(missing) > 0 {
		return &usageError{fmt.Errorf("set %s in the environment; see iblai --help", strings.Join(missing, ", "))}
	}
	return nil
}

func (s *settings) newClient(env Environment) (*client.Client, error) {
	key, org, username, baseURL := s.all(env.Getenv)
	if err := required(key, org, username); err != nil {
		return nil, err
	}
	options := []client.Option{
		client.WithAPIKey(key.value),
		client.WithOrg(org.value),
		client.WithUsername(username.value),
		client.WithHTTPClient(env.HTTPClient),
		client.WithUserAgent("iblai"),
		client.WithAttemptTimeout(s.timeout),
	}
	if baseURL.value != "" {
		options = append(options, client.WithBaseURL(baseURL.value))
	}
	c, err := client.New(options...)
	return c, s.nameSource(err, env)
}

// nameSource names the variable or the flag of an invalid setting.
func (s *settings) nameSource(err error, env Environment) error {
	invalid, is := errors.AsType[*api.ArgumentError](err)
	if !is {
		return err
	}
	key, org, username, baseURL := s.all(env.Getenv)
	source := map[string]string{
		"WithAPIKey": key.variable, "WithOrg": org.variable, "WithUsername": username.variable,
		"WithBaseURL": baseURL.variable, "WithAttemptTimeout": "--timeout",
	}[invalid.Argument]
	if source == "" {
		return &usageError{err}
	}
	return &usageError{fmt.Errorf("%s %s", source, invalid.Reason)}
}
