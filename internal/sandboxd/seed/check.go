package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

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
		if reason := try(p.options()...); reason != "" {
			p.at.refuse(reason)
		}
	}
}

// try makes a sandbox, and returns why it can't be made, if it can't.
func try(options ...sandbox.Option) (reason string) {
	sb, err := sandbox.New(options...)
	if err == nil {
		sb.Close()
		return ""
	}
	if refusal, ok := errors.AsType[*sandbox.OptionError](err); ok {
		return refusal.Reason
	}
	return err.Error()
}

// refuse takes the words of the sandbox for faults. It tells those of an agent as
// the service does.
func (v *value) refuse(reason string) {
	text, isAgent := strings.CutPrefix(reason, "0 is refused: ") // the first, and only one
	var faults map[string]any
	if !isAgent || json.Unmarshal([]byte(text), &faults) != nil {
		v.fault("%s", reason)
		return
	}
	v.refuseFields(faults)
}

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
