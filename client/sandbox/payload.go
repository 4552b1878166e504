package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A payload is what a callback tells about a run.
type payload struct {
	timestamp   django.DateTime
	status      string
	prompt      string
	agentOutput string
	log         string
	logID       int64
}

// python is the payload as Python's json.dumps writes it: what is signed are
// these very bytes.
func (p payload) python() []byte {
	var b strings.Builder
	for i, field := range []struct{ name, value string }{
		{"timestamp", p.timestamp.String()},
		{"status", p.status},
		{"prompt", p.prompt},
		{"agent_output", p.agentOutput},
		{"log", p.log},
	} {
		if i > 0 {
			b.WriteString(", ")
		} else {
			b.WriteByte('{')
		}
		writePythonString(&b, field.name)
		b.WriteString(": ")
		writePythonString(&b, field.value)
	}
	b.WriteString(`, "log_id": ` + strconv.FormatInt(p.logID, 10) + "}")
	return []byte(b.String())
}

// writePythonString escapes all that is not ASCII, as ensure_ascii does.
func writePythonString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		if i := strings.IndexRune("\"\\\n\r\t\b\f", r); i >= 0 {
			b.WriteByte('\\')
			b.WriteByte(`"\nrtbf`[i])
			continue
		}
		switch high, low := utf16.EncodeRune(r); {
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		}
	}
	b.WriteByte('"')
}
