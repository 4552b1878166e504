package seed

import (
	"math"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/document"
)

const (
	maxFaultRules = 100
	maxCount      = 1_000_000_000
)

// Faults are the rules by which a sandbox injects faults.
type Faults struct {
	Requests   []sandbox.Fault
	Deliveries []sandbox.DeliveryFault
}

// ReadFaultsFile reads faults from a file, as [ReadFile] reads a seed.
func ReadFaultsFile(name string) (faults Faults, err error) {
	text, format, err := load(name)
	if err != nil {
		return Faults{}, err
	}
	d, root := document.Parse(document.File(name), text, format)
	if root != nil {
		faults = ReadFaults(root)
	}
	return faults, d.Err()
}

// ReadFaults reads faults. Rules that the sandbox rejects are errors.
func ReadFaults(v *document.Value) (faults Faults) {
	v.Object(document.Fields{
		"requests": func(v *document.Value) {
			v.List(maxFaultRules, func(v *document.Value) {
				f := readFault(v)
				faults.Requests = append(faults.Requests, f)
				checkRule(v, sandbox.WithFaults(f))
			})
		},
		"deliveries": func(v *document.Value) {
			v.List(maxFaultRules, func(v *document.Value) {
				f := readDeliveryFault(v)
				faults.Deliveries = append(faults.Deliveries, f)
				checkRule(v, sandbox.WithDeliveryFaults(f))
			})
		},
	})
	return faults
}

func readFault(v *document.Value) (f sandbox.Fault) {
	v.Object(document.Fields{
		"operation":        func(v *document.Value) { f.Operation = v.Text(maxText) },
		"method":           func(v *document.Value) { f.Method = v.Text(maxText) },
		"path":             func(v *document.Value) { f.Path = v.Text(maxText) },
		"after":            func(v *document.Value) { f.After = int(v.Int(0, maxCount)) },
		"times":            func(v *document.Value) { f.Times = int(v.Int(0, maxCount)) },
		"probability":      func(v *document.Value) { f.Probability = v.Float(0, 1) },
		"latency":          func(v *document.Value) { f.Latency = v.Duration(time.Hour) },
		"status":           func(v *document.Value) { f.Status = int(v.Int(200, 599)) },
		"retry_after":      func(v *document.Value) { f.RetryAfter = v.Duration(maxRun) },
		"body":             func(v *document.Value) { f.Body = v.Text(maxText) },
		"content_type":     func(v *document.Value) { f.ContentType = v.Text(maxText) },
		"redirect":         func(v *document.Value) { f.Redirect = v.Text(maxText) },
		"reset":            func(v *document.Value) { f.Reset = sandbox.ResetPoint(v.OneOf(resetPoints...)) },
		"truncate":         func(v *document.Value) { f.Truncate = v.Bool() },
		"bytes_per_second": func(v *document.Value) { f.BytesPerSecond = int(v.Int(1, maxCount)) },
		"unknown_fields":   func(v *document.Value) { f.UnknownFields = v.Bool() },
		"unknown_enums":    func(v *document.Value) { f.UnknownEnums = v.Bool() },
		"link_host":        func(v *document.Value) { f.LinkHost = v.Text(maxText) },
		"older_release":    func(v *document.Value) { f.OlderRelease = v.Bool() },
	})
	return f
}

var resetPoints = []string{string(sandbox.ResetBefore), string(sandbox.ResetDuring), string(sandbox.ResetAfter)}

func readDeliveryFault(v *document.Value) (f sandbox.DeliveryFault) {
	v.Object(document.Fields{
		"agent":           func(v *document.Value) { f.AgentID = v.Int(1, math.MaxInt64) },
		"after":           func(v *document.Value) { f.After = int(v.Int(0, maxCount)) },
		"times":           func(v *document.Value) { f.Times = int(v.Int(0, maxCount)) },
		"probability":     func(v *document.Value) { f.Probability = v.Float(0, 1) },
		"delay":           func(v *document.Value) { f.Delay = v.Duration(maxRun) },
		"duplicate":       func(v *document.Value) { f.Duplicate = v.Bool() },
		"reorder":         func(v *document.Value) { f.Reorder = v.Bool() },
		"drop":            func(v *document.Value) { f.Drop = v.Bool() },
		"wrong_signature": func(v *document.Value) { f.WrongSignature = v.Bool() },
	})
	return f
}

// checkRule adds the sandbox's error about a rule that has no error yet.
func checkRule(v *document.Value, rule sandbox.Option) {
	if v.Invalid() {
		return
	}
	reason := check(rule)
	if reason == "" {
		return
	}
	reason = strings.TrimPrefix(reason, "0 ")               // the index
	reason = strings.TrimSuffix(reason, ": see Operations") // advice for Go programs
	words, quoted, isQuoted := strings.Cut(reason, `"`)
	if words = fieldNames.Replace(words); isQuoted {
		words += `"` + quoted
	}
	v.Errorf("%s", words)
}

// fieldNames replaces the names of Go's fields by those of the document.
var fieldNames = strings.NewReplacer(
	"RetryAfter", "retry_after", "ContentType", "content_type", "BytesPerSecond", "bytes_per_second",
	"UnknownFields", "unknown_fields", "UnknownEnums", "unknown_enums", "LinkHost", "link_host",
	"OlderRelease", "older_release", "WrongSignature", "wrong_signature",
	"Operation", "operation", "Method", "method", "Path", "path", "After", "after", "Times", "times",
	"Probability", "probability", "Latency", "latency", "Status", "status", "Body", "body", "Redirect", "redirect",
	"Reset", "reset", "Truncate", "truncate", "Delay", "delay", "Duplicate", "duplicate", "Reorder", "reorder", "Drop", "drop",
)
