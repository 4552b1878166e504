package callback

import (
	"bytes"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
	"github.com/iblai/iblai-go/internal/timestamp"
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
	d := scan.Decoder{Strict: true}
	d.Reset(body)
	event.decode(&d)
	if err := d.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformedPayload, err)
	}
	return event, nil
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

func (e *Event) decode(d *scan.Decoder) {
	for _, name := range d.Fields(&e.Unknown) {
		switch name {
		case "timestamp":
			e.Timestamp = readTime(d)
		case "status":
			e.Status = api.Status(readText(d))
		case "prompt":
			e.Prompt = readText(d)
		case "agent_output":
			e.AgentOutput = readText(d)
		case "log":
			e.Log = readText(d)
		case "log_id":
			e.LogID = readInteger(d)
		default:
			d.Keep()
		}
	}
}

// readText decodes a string or null.
func readText(d *scan.Decoder) string {
	if kind := d.Kind(); kind == scan.KindString || kind == scan.KindNull {
		return d.String()
	}
	d.Keep()
	return ""
}

func readTime(d *scan.Decoder) time.Time {
	if d.Kind() == scan.KindNull {
		d.Null()
		return time.Time{}
	}
	t, err := timestamp.Parse(readText(d))
	if err != nil {
		d.Misfit()
	}
	return t
}

// readInteger decodes 12, "12" and 12.0, which is how Python writes a float.
func readInteger(d *scan.Decoder) int64 {
	var digits string
	switch d.Kind() {
	case scan.KindNull:
		d.Null()
		return 0
	case scan.KindNumber, scan.KindString:
		digits = d.String()
	default:
		d.Keep()
		return 0
	}
	if whole, fraction, ok := strings.Cut(digits, "."); ok && fraction != "" && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		d.Misfit()
		return 0 // and not the nearest that an int64 holds
	}
	return n
}
