package main

import (
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
		"operation":        func(v *value) { f.Match.Operation = sandbox.OperationID(v.text(maxText)) },
		"method":           func(v *value) { f.Match.Method = v.text(maxText) },
		"path":             func(v *value) { f.Match.Path = v.text(maxText) },
		"after":            func(v *value) { f.Selection.Skip = int(v.whole(0, maxCount)) },
		"times":            func(v *value) { f.Selection.Times = int(v.whole(0, maxCount)) },
		"probability":      func(v *value) { f.Selection.Probability = v.number(0, 1) },
		"latency":          func(v *value) { f.Effect.Latency = v.duration(time.Hour) },
		"status":           func(v *value) { f.Effect.Status = int(v.whole(200, 599)) },
		"retry_after":      func(v *value) { f.Effect.RetryAfter = v.duration(maxRun) },
		"body":             func(v *value) { f.Effect.Body = v.text(maxText) },
		"content_type":     func(v *value) { f.Effect.ContentType = v.text(maxText) },
		"redirect":         func(v *value) { f.Effect.Redirect = v.text(maxText) },
		"reset":            func(v *value) { f.Effect.Reset = sandbox.ResetPoint(v.oneOf(resetPoints...)) },
		"truncate":         func(v *value) { f.Effect.Truncate = v.boolean() },
		"bytes_per_second": func(v *value) { f.Effect.BytesPerSecond = int(v.whole(1, maxCount)) },
		"unknown_fields":   func(v *value) { f.Effect.UnknownFields = v.boolean() },
		"unknown_enums":    func(v *value) { f.Effect.UnknownEnums = v.boolean() },
		"link_host":        func(v *value) { f.Effect.LinkOrigin = v.text(maxText) },
		"older_release":    func(v *value) { f.Effect.OlderRelease = v.boolean() },
	})
	return f
}

var resetPoints = []string{string(sandbox.ResetBefore), string(sandbox.ResetDuring), string(sandbox.ResetAfter)}

func readDeliveryFault(v *value) (f sandbox.DeliveryFault) {
	v.object(fields{
		"agent":           func(v *value) { f.Match.AgentID = v.whole(1, maxID) },
		"after":           func(v *value) { f.Selection.Skip = int(v.whole(0, maxCount)) },
		"times":           func(v *value) { f.Selection.Times = int(v.whole(0, maxCount)) },
		"probability":     func(v *value) { f.Selection.Probability = v.number(0, 1) },
		"delay":           func(v *value) { f.Effect.Delay = v.duration(maxRun) },
		"duplicate":       func(v *value) { f.Effect.Duplicate = v.boolean() },
		"reorder":         func(v *value) { f.Effect.Reorder = v.boolean() },
		"drop":            func(v *value) { f.Effect.Drop = v.boolean() },
		"wrong_signature": func(v *value) { f.Effect.WrongSignature = v.boolean() },
	})
	return f
}

// tryRule has a sandbox judge a rule that has no fault yet.
func (v *value) tryRule(rule sandbox.Option) {
	if v.faulty {
		return
	}
	if refusal := try(rule); refusal != nil {
		v.refuse(refusal)
	}
}
