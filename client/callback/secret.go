package callback

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what stands in place of a secret wherever it is printed.
const redacted = "***"

// A Secret is a callback_secret, the key that a periodic agent's callbacks are
// signed with. It prints as *** with package fmt, as text, in JSON and in slog,
// so it doesn't slip into a log. string(secret) is its value.
//
// Package fmt calls no methods on unexported fields: a struct that keeps a
// Secret in one, and is printed whole, shows it. Keep a [Verifier] instead,
// which shows nothing. Nor does fmt call any for %p and %w; go vet reports these
// for a Secret, as they fit no string.
type Secret string

// String returns ***.
func (Secret) String() string { return redacted }

// Format writes *** whatever the verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// MarshalText returns ***. A Secret can be read from configuration, but not
// written to it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns ***.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
