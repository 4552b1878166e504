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

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/timestamp"
	"github.com/iblai/iblai-go/internal/unquote"
)

// An Event is the content of a callback: the result of one run of a periodic
// agent. A field that was missing or null is zero.
type Event struct {
	// Timestamp is the time at which the run completed. A time without an offset
	// is read as UTC.
	Timestamp time.Time
	// Status is the state of the run.
	Status api.Status
	// Prompt is the input prompt of the agent.
	Prompt string
	// AgentOutput is the final response of the agent.
	AgentOutput string
	// Log is the full log of the run.
	Log string
	// LogID is the id of the run's periodic agent log. It is sent as a number or
	// as a string of digits.
	LogID int64

	// Unknown holds the fields that Event doesn't have, and those whose value
	// doesn't fit, such as a log that is an object or a timestamp that can't be
	// parsed. It is nil if there are none.
	Unknown *api.Fields

	// Raw is the body as received and signed. To store an event or to pass it on,
	// write Raw and parse it with ParseEvent later. The event owns these bytes.
	Raw []byte
}

// ParseEvent parses the body of a callback. If the body isn't one JSON object,
// the error wraps [ErrMalformedPayload]; the object's fields never cause an
// error. Invalid UTF-8 and half surrogates are read as U+FFFD. Of several fields
// with the same name the last one counts.
//
// ParseEvent doesn't check the signature: call [Verifier.Verify] first.
func ParseEvent(body []byte) (*Event, error) {
	return parseOwned(bytes.Clone(body))
}

// parseOwned is ParseEvent for a body that nothing else writes to.
func parseOwned(body []byte) (*Event, error) {
	event := &Event{Raw: body}
	err := jsonv2.Unmarshal(body, (*eventReader)(event), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedPayload, reason(err))
	}
	return event, nil
}

// reason removes what the JSON decoder adds to an error: the types of this
// package, and the names of the payload's fields, which don't belong in a log.
func reason(err error) error {
	if semantic, ok := errors.AsType[*jsonv2.SemanticError](err); ok {
		err = semantic.Err
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		err = fmt.Errorf("%w after byte %d", syntactic.Err, syntactic.ByteOffset)
	}
	return err
}

// LogValue identifies the event. It has the sizes of the texts instead of the
// texts, which may be long and confidential, and the names of unknown fields.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.Int64("log_id", e.LogID),
		slog.String("status", string(e.Status)),
		slog.Time("timestamp", e.Timestamp),
		slog.Int("prompt_bytes", len(e.Prompt)),
		slog.Int("agent_output_bytes", len(e.AgentOutput)),
		slog.Int("log_bytes", len(e.Log)),
		slog.Int("raw_bytes", len(e.Raw)),
	}
	if e.Unknown.Len() > 0 {
		attrs = append(attrs, slog.Any("unknown", e.Unknown))
	}
	return slog.GroupValue(attrs...)
}

// eventReader parses an Event field by field: with struct tags, one field of
// another type would fail the whole event.
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
		if e.set(name, value) {
			e.Unknown.Delete(name)
			continue
		}
		if e.Unknown == nil {
			e.Unknown = new(api.Fields)
		}
		// Cloned only here, the names of known fields stay on the stack.
		e.Unknown.Set(strings.Clone(name), json.RawMessage(value.Clone()))
	}
	if e.Unknown.Len() == 0 {
		e.Unknown = nil
	}
	_, err = decoder.ReadToken()
	return err
}

// set reports whether Event has a field of that name that the value fits.
func (e *eventReader) set(name string, value jsontext.Value) (ok bool) {
	switch name {
	case "timestamp":
		e.Timestamp, ok = e.time(value)
	case "status":
		var status string
		status, ok = e.text(value)
		e.Status = api.Status(status)
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

// integer accepts 12, "12" and 12.0, which is how Python writes a float.
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
