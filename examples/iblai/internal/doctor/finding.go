package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode"
)

// status is how a check went.
type status string

const (
	ok      status = "ok"
	warning status = "warning" // it works, but is not as it was promised
	failed  status = "failed"
	skipped status = "skipped"
)

// finding is the outcome of one check.
type finding struct {
	Check  string       `json:"check"`
	Status status       `json:"status"`
	Took   milliseconds `json:"latency_ms,omitempty"`
	diagnosis
}

// diagnosis is what was found, what it means, and what to do about it.
type diagnosis struct {
	Found   string   `json:"found"`
	Details []string `json:"details,omitempty"`
	Meaning string   `json:"meaning,omitempty"`
	Advice  string   `json:"advice,omitempty"`
}

// without is the diagnosis without a secret that a server has repeated, and
// without what could steer a terminal.
func (d diagnosis) without(secret string) diagnosis {
	clean := func(text string) string {
		return printable(string(redact([]byte(text), secret)))
	}
	details := make([]string, len(d.Details))
	for i, detail := range d.Details {
		details[i] = clean(detail)
	}
	return diagnosis{clean(d.Found), details, clean(d.Meaning), clean(d.Advice)}
}

// redact takes out a secret. A short one is none, and occurs in any text.
func redact(text []byte, secret string) []byte {
	const short = 8
	if len(secret) < short {
		return text
	}
	return bytes.ReplaceAll(text, []byte(secret), []byte("***"))
}

// printable has a space for everything that is not to be seen.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

// milliseconds is a duration as JSON has it here.
type milliseconds time.Duration

// MarshalJSON writes whole milliseconds.
func (m milliseconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(m).Milliseconds())
}
