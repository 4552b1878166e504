package client

import (
	"errors"
	"os"

	"github.com/iblai/iblai-go/client/api"
)

// The environment variables that [FromEnv] reads. The vendor's own tools read
// the same ones.
const (
	EnvAPIKey   = "IBLAI_API_KEY"
	EnvOrg      = "IBLAI_ORG"
	EnvUsername = "IBLAI_USERNAME"
	EnvBaseURL  = "IBLAI_BASE_URL"
)

// FromEnv returns a client for the environment variables IBLAI_API_KEY,
// IBLAI_ORG and IBLAI_USERNAME, and IBLAI_BASE_URL if it is set. Options are
// applied after them. A missing or invalid variable is an [*api.ArgumentError]
// that names it.
func FromEnv(opts ...Option) (*Client, error) {
	var all []Option
	for _, variable := range []struct {
		name   string
		option func(string) Option
	}{
		{EnvAPIKey, WithAPIKey},
		{EnvOrg, func(org string) Option { return WithOrg(org) }},
		{EnvUsername, func(username string) Option { return WithUsername(username) }},
		{EnvBaseURL, WithBaseURL},
	} {
		if value := os.Getenv(variable.name); value != "" {
			all = append(all, fromVariable(variable.name, variable.option(value)))
		}
	}
	s, err := newSettings(append(all, opts...))
	if err != nil {
		return nil, err
	}
	return newClient(s, EnvAPIKey, EnvOrg, EnvUsername)
}

// fromVariable returns option with the variable's name in its error.
func fromVariable(name string, option Option) Option {
	return clientOption(func(s *clientSettings) error {
		err := option.applyToClient(s)
		if fault, ok := errors.AsType[*api.ArgumentError](err); ok {
			return &api.ArgumentError{Argument: name, Reason: fault.Reason, Err: fault.Err}
		}
		return err
	})
}
