package main

import (
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	maxFaultRules = 100
	maxCount      = 1_000_000_000
)

// faultRules are what goes wrong.
type faultRules struct {
	requests   []sandbox.Fault
	deliveries []sandbox.DeliveryFault
}

// readFaults reads rules, which say what a sandbox takes.
func readFaults(v *value) (rules faultRules) {
	v.object(fields{
		"requests": func(v *value) {
			v.list(maxFaultRules, func(v *value) {
				f := readFault(v)
				rules.requests = append(rules.requests, f)
				v.tryRule(sandbox.WithFaults(f))
			})
		},
		"deliveries": func(v *value) {
			v.list(maxFaultRules, func(v *value) {
				f := readDeliveryFault(v)
				rules.deliveries = append(rules.deliveries, f)
				v.tryRule(sandbox.WithDeliveryFaults(f))
			})
		},
	})
	return rules
}

// readFaultsFile reads what the -faults flag names.
func readFaultsFile(from source, text []byte, as format) (faultRules, error) {
	var rules faultRules
	document, top := parse(from, text, as)
	if top != nil {
		rules = readFaults(top)
	}
	return rules, document.err()
}

func readFault(v *value) (f sandbox.Fault) {
	v.object(fields{
		"operation":        func(v *value) { f.Operation = v.text(maxText) },
		"method":           func(v *value) { f.Method = v.text(maxText) },
		"path":             func(v *value) { f.Path = v.text(maxText) },
		"after":            func(v *value) { f.After = int(v.whole(0, maxCount)) },
		"times":            func(v *value) { f.Times = int(v.whole(0, maxCount)) },
		"probability":      func(v *value) { f.Probability = v.number(0, 1) },
		"latency":          func(v *value) { f.Latency = v.duration(time.Hour) },
		"status":           func(v *value) { f.Status = int(v.whole(200, 599)) },
		"retry_after":      func(v *value) { f.RetryAfter = v.duration(maxRun) },
		"body":             func(v *value) { f.Body = v.text(maxText) },
		"content_type":     func(v *value) { f.ContentType = v.text(maxText) },
		"redirect":         func(v *value) { f.Redirect = v.text(maxText) },
		"reset":            func(v *value) { f.Reset = sandbox.ResetPoint(v.oneOf(resetPoints...)) },
		"truncate":         func(v *value) { f.Truncate = v.boolean() },
		"bytes_per_second": func(v *value) { f.BytesPerSecond = int(v.whole(1, maxCount)) },
		"unknown_fields":   func(v *value) { f.UnknownFields = v.boolean() },
		"unknown_enums":    func(v *value) { f.UnknownEnums = v.boolean() },
		"link_host":        func(v *value) { f.LinkHost = v.text(maxText) },
		"older_release":    func(v *value) { f.OlderRelease = v.boolean() },
	})
	return f
}

var resetPoints = []string{string(sandbox.ResetBefore), string(sandbox.ResetDuring), string(sandbox.ResetAfter)}

func readDeliveryFault(v *value) (f sandbox.DeliveryFault) {
	v.object(fields{
		"agent":           func(v *value) { f.AgentID = v.whole(1, maxID) },
		"after":           func(v *value) { f.After = int(v.whole(0, maxCount)) },
		"times":           func(v *value) { f.Times = int(v.whole(0, maxCount)) },
		"probability":     func(v *value) { f.Probability = v.number(0, 1) },
		"delay":           func(v *value) { f.Delay = v.duration(maxRun) },
		"duplicate":       func(v *value) { f.Duplicate = v.boolean() },
		"reorder":         func(v *value) { f.Reorder = v.boolean() },
		"drop":            func(v *value) { f.Drop = v.boolean() },
		"wrong_signature": func(v *value) { f.WrongSignature = v.boolean() },
	})
	return f
}

// tryRule has a sandbox judge a rule that has no fault yet.
func (v *value) tryRule(rule sandbox.Option) {
	if v.faulty {
		return
	}
	reason := try(rule)
	if reason == "" {
		return
	}
	reason = strings.TrimPrefix(reason, "0 ")               // the first, and only one
	reason = strings.TrimSuffix(reason, ": see Operations") // which is for programs in Go
	words, quoted, isQuoted := strings.Cut(reason, `"`)
	if words = ruleNames.Replace(words); isQuoted {
		words += `"` + quoted
	}
	v.fault("%s", words)
}

// ruleNames are the names of rules' fields as documents have them, in place of
// Go's.
var ruleNames = strings.NewReplacer(
	"RetryAfter", "retry_after", "ContentType", "content_type", "BytesPerSecond", "bytes_per_second",
	"UnknownFields", "unknown_fields", "UnknownEnums", "unknown_enums", "LinkHost", "link_host",
	"OlderRelease", "older_release", "WrongSignature", "wrong_signature",
	"Operation", "operation", "Method", "method", "Path", "path", "After", "after", "Times", "times",
	"Probability", "probability", "Latency", "latency", "Status", "status", "Body", "body", "Redirect", "redirect",
	"Reset", "reset", "Truncate", "truncate", "Delay", "delay", "Duplicate", "duplicate", "Reorder", "reorder", "Drop", "drop",
)
