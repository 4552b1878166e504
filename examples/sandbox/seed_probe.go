package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A probe is a part of a seed that can be tried alone.
type probe struct {
	at      *value
	options func() []sandbox.Option
}

func (r *seedReader) probe(at *value, options func() []sandbox.Option) {
	r.probes = append(r.probes, probe{at, options})
}

const anyOrg = "org"

// anybody is an account that an org needs before it can have anything else.
func anybody() sandbox.Option {
	return sandbox.WithAccount(sandbox.Account{Org: anyOrg, Username: "anybody"})
}

// explain finds out what the sandbox does not take.
func (r *seedReader) explain(err error) error {
	r.tryAll()
	if len(r.document.faults) == 0 {
		r.document.fault(0, err.Error())
	}
	return r.document.err()
}

// tryAll tries each part that has no fault yet, alone.
func (r *seedReader) tryAll() {
	for _, p := range r.probes {
		if p.at.faulty {
			continue
		}
		if refusal := try(p.options()...); refusal != nil {
			p.at.refuse(refusal)
		}
	}
}

// try makes a sandbox, and returns why it can't be made, if it can't.
func try(options ...sandbox.Option) *api.ArgumentError {
	sb, err := sandbox.New(options...)
	if err == nil {
		sb.Close()
		return nil
	}
	if refusal, ok := errors.AsType[*api.ArgumentError](err); ok {
		return refusal
	}
	return &api.ArgumentError{Reason: err.Error()}
}

// refuse reports an error of the sandbox at the field that it is about. Errors of
// an agent are those of the API.
func (v *value) refuse(refusal *api.ArgumentError) {
	var faults map[string]any
	if refusal.Err != nil && json.Unmarshal([]byte(refusal.Err.Error()), &faults) == nil {
		v.refuseFields(faults)
		return
	}
	text, quoted, isQuoted := strings.Cut(refusal.Reason, `"`)
	if text = fieldsInText.Replace(text); isQuoted {
		text += `"` + quoted
	}
	name := fieldNames[refusal.Argument[strings.LastIndexByte(refusal.Argument, '.')+1:]]
	at := v.field(name)
	if at == v && name != "" {
		text = name + " " + text
	}
	at.fault("%s", text)
}

// fieldNames are the names of fields in documents, by their names in Go.
var fieldNames = map[string]string{
	"Org": "org", "Username": "username", "APIKey": "api_key", "UniqueID": "unique_id", "AgentID": "agent",
	"Operation": "operation", "Method": "method", "Path": "path",
	"Skip": "after", "Times": "times", "Probability": "probability",
	"Latency": "latency", "Status": "status", "RetryAfter": "retry_after", "Body": "body", "ContentType": "content_type",
	"Redirect": "redirect", "Reset": "reset", "Truncate": "truncate", "BytesPerSecond": "bytes_per_second",
	"UnknownFields": "unknown_fields", "UnknownEnums": "unknown_enums", "LinkOrigin": "link_host", "OlderRelease": "older_release",
	"Delay": "delay", "Duplicate": "duplicate", "Reorder": "reorder", "Drop": "drop", "WrongSignature": "wrong_signature",
}

// fieldsInText replaces the names of fields in Go, the longest first: RetryAfter
// has After in it.
var fieldsInText = func() *strings.Replacer {
	names := slices.SortedFunc(maps.Keys(fieldNames), func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, name := range names {
		pairs = append(pairs, name, fieldNames[name])
	}
	return strings.NewReplacer(pairs...)
}()

// refuseFields takes the service's faults of fields, which are messages, or
// faults of the fields below.
func (v *value) refuseFields(faults map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		at := v.field(name)
		switch fault := faults[name].(type) {
		case map[string]any:
			at.refuseFields(fault)
		case []any:
			for _, message := range fault {
				at.fault("%v", message)
			}
		}
	}
}

// field is the field of an object, or the object itself where it has none of the
// name.
func (v *value) field(name string) *value {
	for pair := range slices.Chunk(v.node.Content, 2) {
		if pair[0].Value == name {
			return &value{document: v.document, node: pair[1], line: pair[0].Line, parent: v, step: "." + name}
		}
	}
	return v
}
