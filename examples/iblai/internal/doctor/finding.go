package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// A Status is the result of a check.
type Status string

// The results of a check.
const (
	OK      Status = "ok"
	Warning Status = "warning" // it works, but differs from the documentation
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// A Finding is the result of a check and its explanation.
type Finding struct {
	Check   string       `json:"check"`
	Status  Status       `json:"status"`
	Latency Milliseconds `json:"latency_ms,omitempty"`
	Diagnosis
}

// A Diagnosis describes a finding, its meaning, and what to do.
type Diagnosis struct {
	Found   string   `json:"found"`
	Details []string `json:"details,omitempty"`
	Meaning string   `json:"meaning,omitempty"`
	Advice  string   `json:"advice,omitempty"`
}

// redacted returns the diagnosis without control characters and without the
// secret, which a response may contain.
func (d Diagnosis) redacted(secret string) Diagnosis {
	clean := func(text string) string {
		return printable(string(redact([]byte(text), secret)))
	}
	var details []string
	for _, detail := range d.Details {
		details = append(details, clean(detail))
	}
	return Diagnosis{clean(d.Found), details, clean(d.Meaning), clean(d.Advice)}
}

// redact masks a secret. It ignores short secrets, since they may occur in any
// text.
func redact(text []byte, secret string) []byte {
	const short = 8
	if len(secret) < short {
		return text
	}
	return bytes.ReplaceAll(text, []byte(secret), []byte("***"))
}

// printable replaces control characters by spaces.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

// Milliseconds is a duration whose JSON is a whole number of milliseconds.
type Milliseconds time.Duration

// MarshalJSON encodes whole milliseconds.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(m).Milliseconds())
}

// UnmarshalJSON decodes whole milliseconds.
func (m *Milliseconds) UnmarshalJSON(text []byte) error {
	var n int64
	err := json.Unmarshal(text, &n)
	*m = Milliseconds(time.Duration(n) * time.Millisecond)
	return err
}

// String returns the duration, or an empty string for a check without a
// request.
func (m Milliseconds) String() string {
	switch took := time.Duration(m); {
	case took == 0:
		return ""
	case took < time.Millisecond:
		return "<1 ms"
	default:
		return fmt.Sprintf("%d ms", took.Milliseconds())
	}
}
