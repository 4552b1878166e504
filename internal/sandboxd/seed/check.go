package seed

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/document"
)

// A part of a seed can be checked alone, so that an error gets its position.
type part struct {
	value   *document.Value
	options func() []sandbox.Option
}

func (r *reader) addPart(v *document.Value, options func() []sandbox.Option) {
	r.seed.parts = append(r.seed.parts, part{v, options})
}

const anyOrg = "org"

// anyAccount is the account that an org needs before it can have anything else.
func anyAccount() sandbox.Option {
	return sandbox.WithAccount(sandbox.Account{Org: anyOrg, Username: "anybody"})
}

// explain replaces an error of the sandbox by errors with positions.
func (s *Seed) explain(err error) error {
	if s.document == nil { // it was accepted before
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
		if p.value.Invalid() {
			continue
		}
		if reason := check(p.options()...); reason != "" {
			addErrors(p.value, reason)
		}
	}
}

// check returns why no sandbox has these options, or nothing.
func check(options ...sandbox.Option) (reason string) {
	sb, err := sandbox.New(options...)
	if err == nil {
		sb.Close()
		return ""
	}
	if invalid, ok := errors.AsType[*sandbox.OptionError](err); ok {
		return invalid.Reason
	}
	return err.Error()
}

// addErrors adds the errors of a sandbox, which are the service's validation
// errors if the value is an agent.
func addErrors(v *document.Value, reason string) {
	text, isAgent := strings.CutPrefix(reason, "0 is refused: ") // the index
	var fields map[string]any
	if !isAgent || json.Unmarshal([]byte(text), &fields) != nil {
		v.Errorf("%s", reason)
		return
	}
	addFieldErrors(v, fields)
}

// addFieldErrors adds validation errors, which nest as the fields do.
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
