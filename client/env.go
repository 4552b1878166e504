package client

import (
	"errors"
	"os"
)

// The environment variables that [FromEnv] reads, which are those of the
// vendor's own tools.
const (
	EnvAPIKey   = "IBLAI_API_KEY" //nolint:gosec // a name, not a key
	EnvOrg      = "IBLAI_ORG"
	EnvUsername = "IBLAI_USERNAME"
	EnvBaseURL  = "IBLAI_BASE_URL"
)

// FromEnv makes a client from the environment variables IBLAI_API_KEY,
// IBLAI_ORG and IBLAI_USERNAME, and IBLAI_BASE_URL if it is set. Options are
// applied after them. An [*ArgumentError] names every variable that is missing.
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

// fromVariable is option, with the variable's name in its errors.
func fromVariable(name string, option Option) Option {
	return clientOption(func(s *settings) error {
		err := option.applyToClient(s)
		if fault, ok := errors.AsType[*ArgumentError](err); ok {
			return &ArgumentError{Argument: name, Reason: fault.Reason, Err: fault.Err}
		}
		return err
	})
}
