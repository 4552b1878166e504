package callback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/iblai/iblai-go/internal/timestamp"
	"github.com/iblai/iblai-go/internal/unquote"
)

// Status is how a run ended. Releases to come may send values that have no
// constant here; they are kept as sent.
type Status string

// The statuses that the platform is known to send.
const (
	StatusSuccess Status = "success"
	StatusError   Status = "error"
	StatusRunning Status = "running"
)

// An Event is what a callback tells about one run of a periodic agent. What the
// platform left out, or sent as null, is zero.
type Event struct {
	// Timestamp is when the run completed. A time sent without an offset is
	// taken as UTC.
	Timestamp time.Time
	Status    Status
	// Prompt is the input prompt that the agent was given.
	Prompt string
	// AgentOutput is the final response of the agent.
	AgentOutput string
	// Log is the full log of the run.
	Log string
	// LogID is the id of the periodic agent log that the platform keeps of this
	// run. It is sent as a number or as a string of digits.
	LogID int64

	// Extra has, by name, the fields that Event has none for, and those whose
	// value doesn't fit theirs, such as a log that came as an object or a
	// timestamp that can't be read. It is nil if there are none.
	Extra map[string]json.RawMessage

	// Raw is the body as received and signed. To keep an event or to pass it
	// on, write Raw and read it with ParseEvent. The event owns these bytes.
	Raw []byte
}

// ParseEvent reads the body of a callback. The error wraps ErrMalformedPayload
// if the body isn't one JSON object; what is in the object is never an error.
// Invalid UTF-8 and half surrogates are read as U+FFFD, and of fields with the
// same name the last one counts.
//
// It doesn't check a signature: call [Verifier.Verify] before.
func ParseEvent(body []byte) (*Event, error) {
	return parseOwned(bytes.Clone(body))
}

// parseOwned is ParseEvent for a body that nobody else writes to.
func parseOwned(body []byte) (*Event, error) {
	event := &Event{Raw: body}
	err := jsonv2.Unmarshal(body, (*eventReader)(event), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil {
		if semantic, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
			err = semantic.Err // the rest is about types of this package
		}
		return nil, fmt.Errorf("%w: %w", ErrMalformedPayload, err)
	}
	return event, nil
}

// LogValue tells which event it is and the sizes of its texts, not the texts:
// they may be long, and confidential.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("log_id", e.LogID),
		slog.String("status", string(e.Status)),
		slog.Time("timestamp", e.Timestamp),
		slog.Int("prompt_bytes", len(e.Prompt)),
		slog.Int("agent_output_bytes", len(e.AgentOutput)),
		slog.Int("log_bytes", len(e.Log)),
		slog.Int("extra_fields", len(e.Extra)),
		slog.Int("raw_bytes", len(e.Raw)),
	)
}

// eventReader reads an Event field by field: a struct with tags would fail as
// a whole where one field is of another type.
type eventReader Event

// UnmarshalJSONFrom is called by the JSON decoder.
func (e *eventReader) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	start, err := decoder.ReadToken()
	if err != nil {
		return err
	}
	if start.Kind() != jsontext.KindBeginObject {
		return fmt.Errorf("%v instead of {", start.Kind())
	}
	for decoder.PeekKind() != jsontext.KindEndObject {
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String() // the token doesn't outlive the next read
		value, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		delete(e.Extra, name)
		if !e.set(name, value) {
			if e.Extra == nil {
				e.Extra = make(map[string]json.RawMessage)
			}
			// Cloned here only, the names of known fields stay on the stack.
			e.Extra[strings.Clone(name)] = json.RawMessage(value.Clone())
		}
	}
	_, err = decoder.ReadToken()
	return err
}

// set reports whether there is a field of that name which the value fits.
func (e *eventReader) set(name string, value jsontext.Value) (ok bool) {
	switch name {
	case "timestamp":
		e.Timestamp, ok = e.time(value)
	case "status":
		var status string
		status, ok = e.text(value)
		e.Status = Status(status)
	case "prompt":
		e.Prompt, ok = e.text(value)
	case "agent_output":
		e.AgentOutput, ok = e.text(value)
	case "log":
		e.Log, ok = e.text(value)
	case "log_id":
		e.LogID, ok = e.integer(value)
	}
	return ok
}

func (e *eventReader) text(value jsontext.Value) (string, bool) {
	switch value.Kind() {
	case jsontext.KindNull:
		return "", true
	case jsontext.KindString:
		return unquote.String(value), true
	}
	return "", false
}

func (e *eventReader) time(value jsontext.Value) (time.Time, bool) {
	text, ok := e.text(value)
	if !ok || value.Kind() == jsontext.KindNull {
		return time.Time{}, ok
	}
	t, err := timestamp.Parse(text)
	return t, err == nil
}

// integer takes 12, "12" and, as Python writes a float, 12.0.
func (e *eventReader) integer(value jsontext.Value) (int64, bool) {
	digits := string(value)
	switch value.Kind() {
	case jsontext.KindNull:
		return 0, true
	case jsontext.KindString:
		digits, _ = e.text(value)
	}
	if whole, fraction, ok := strings.Cut(digits, "."); ok && fraction != "" && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false // and not the nearest that an int64 holds
	}
	return n, true
}
