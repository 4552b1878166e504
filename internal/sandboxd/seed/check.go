package seed

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// A part of a seed can be checked on its own, to find the position of an error, and
// can be added to a sandbox.
type part struct {
	value   *document.Value
	kind    partKind
	time    time.Time               // of a log
	options func() []sandbox.Option // nil if there is nothing to check
	add     func(*Sandbox, *Added) error
}

// A partKind orders the parts of an org: each may refer to those before it.
type partKind int

const (
	accountPart partKind = iota
	mentorPart
	sessionPart
	agentPart
	logPart
)

func (r *reader) addPart(p part) { r.seed.parts = append(r.seed.parts, p) }

// anyOrg is the org in which a part is checked.
const anyOrg = "org"

// anyAccount adds an account, which an org must have before other objects.
func anyAccount() sandbox.Option {
	return sandbox.WithAccount(sandbox.Account{Org: anyOrg, Username: "anybody"})
}

// explain replaces an error of the sandbox with errors that have positions.
func (s *Seed) explain(err error) error {
	if s.document == nil { // the sandbox has accepted the seed before
		return err
	}
	s.checkParts()
	if s.document.Err() == nil {
		s.document.AddError(err.Error())
	}
	return s.document.Err()
}

// checkParts checks each part that has no error yet.
func (s *Seed) checkParts() {
	for _, p := range s.parts {
		if p.options != nil {
			checkOptions(p.value, p.options()...)
		}
	}
}

// checkOptions creates a sandbox with the options of a value, and adds its
// error to the value. It does nothing if the value already has an error.
func checkOptions(v *document.Value, options ...sandbox.Option) {
	if v.Invalid() {
		return
	}
	sb, err := sandbox.New(options...)
	if err == nil {
		sb.Close()
		return
	}
	addError(v, err)
}

// addError adds an error of the sandbox to a value.
func addError(v *document.Value, err error) {
	invalid, ok := errors.AsType[*api.ArgumentError](err)
	if !ok {
		v.Errorf("%v", err)
		return
	}
	var fields map[string]any // the service's validation errors, if the value is an agent
	if invalid.Err != nil && json.Unmarshal([]byte(invalid.Err.Error()), &fields) == nil {
		addFieldErrors(v, fields)
		return
	}
	text, quoted, isQuoted := strings.Cut(invalid.Reason, `"`)
	if text = fieldNames.Replace(text); isQuoted {
		text += `"` + quoted
	}
	goName := invalid.Argument[strings.LastIndexByte(invalid.Argument, '.')+1:] // as in WithFaults[0].Effect.Status
	name := fieldNames.Replace(goName)
	field := v.Field(name)
	if field == v && name != goName { // the value has no field of that name
		text = name + " " + text
	}
	field.Errorf("%s", text)
}

// addFieldErrors adds validation errors, which are nested like the fields.
func addFieldErrors(v *document.Value, fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field := v.Field(name)
		switch errs := fields[name].(type) {
		case map[string]any:
			addFieldErrors(field, errs)
		case []any:
			for _, message := range errs {
				field.Errorf("%v", message)
			}
		}
	}
}

// fieldNames replaces the names of Go's fields with those of the document.
var fieldNames = strings.NewReplacer(
	"Org", "org", "Username", "username", "APIKey", "api_key", "UniqueID", "unique_id",
	"Operation", "operation", "Method", "method", "Path", "path", "AgentID", "agent",
	"Skip", "after", "Times", "times", "Probability", "probability",
	"Latency", "latency", "Status", "status", "RetryAfter", "retry_after", "Body", "body", "ContentType", "content_type",
	"Redirect", "redirect", "Reset", "reset", "Truncate", "truncate", "BytesPerSecond", "bytes_per_second",
	"UnknownFields", "unknown_fields", "UnknownEnums", "unknown_enums", "LinkOrigin", "link_host", "Release", "release", "From", "from", "Until", "until",
	"ID", "id", "MentorID", "mentor",
	"Delay", "delay", "Duplicate", "duplicate", "Reorder", "reorder", "Drop", "drop", "WrongSignature", "wrong_signature",
)
