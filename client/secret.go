package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must not be seen: it prints as *** in every verb of
// package fmt and in slog. JSON carries it as it is, since the API asks for it;
// string(s) gives it out.
type Secret string

// redacted stands for a secret wherever it is printed.
const redacted = "***"

// Format prints ***, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is ***.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// SecretJSON is free-form JSON that must not be seen, such as headers that sign
// in: it prints as *** in every verb of package fmt and in slog. JSON carries it
// as it is.
type SecretJSON json.RawMessage

// Format prints ***, whatever the verb.
func (SecretJSON) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is ***.
func (SecretJSON) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON writes the JSON as it is.
func (s SecretJSON) MarshalJSON() ([]byte, error) { return json.RawMessage(s).MarshalJSON() }

// UnmarshalJSON keeps the JSON as it is.
func (s *SecretJSON) UnmarshalJSON(data []byte) error {
	return (*json.RawMessage)(s).UnmarshalJSON(data)
}
