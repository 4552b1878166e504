package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

// Secret is a text that must not be seen, such as an API key or a
// callback_secret. It is masked as *** by package fmt, by slog, in JSON and as
// text, wherever it is held; [Secret.Reveal] returns the text. Only the client's
// own requests carry it in clear.
//
// The zero Secret is empty. Secrets are equal (==) if their texts are.
type Secret struct {
	// A handle is a pointer. Printers that ignore methods, as package fmt does
	// in unexported fields and for a verb that fits no struct, show an address.
	text unique.Handle[string]
}

// redacted replaces a secret wherever it is printed.
const redacted = "***"

// NewSecret returns text as a Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{unique.Make(text)}
}

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.text.Value()
}

// IsMasked reports whether the text is not a secret but the mask of one: asterisks
// only, as a Secret prints.
func (s Secret) IsMasked() bool {
	text := s.Reveal()
	return len(text) >= len(redacted) && strings.Trim(text, "*") == ""
}

// IsZero reports whether s is empty.
func (s Secret) IsZero() bool { return s == Secret{} }

// String returns ***.
func (Secret) String() string { return redacted }

// Format writes ***, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns ***.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "***", or "" if s is empty.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte(`""`), nil
	}
	return []byte(`"` + redacted + `"`), nil
}

// MarshalText returns ***, or nothing if s is empty.
func (s Secret) MarshalText() ([]byte, error) {
	if s.IsZero() {
		return nil, nil
	}
	return []byte(redacted), nil
}

// UnmarshalText sets s to text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// UnmarshalJSON sets s to a string's value. Of any other JSON, such as an object
// of headers that authenticate, s holds the JSON text; null leaves it empty.
func (s *Secret) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")):
		*s = Secret{}
	case len(data) > 0 && data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*s = NewSecret(text)
	default:
		*s = NewSecret(string(data))
	}
	return nil
}
