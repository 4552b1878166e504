package seed

import (
	"math"
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
				checkOptions(v, sandbox.WithFaults(f))
			})
		},
		"deliveries": func(v *document.Value) {
			v.List(maxFaultRules, func(v *document.Value) {
				f := readDeliveryFault(v)
				faults.Deliveries = append(faults.Deliveries, f)
				checkOptions(v, sandbox.WithDeliveryFaults(f))
			})
		},
	})
	return faults
}

func readFault(v *document.Value) (f sandbox.Fault) {
	v.Object(document.Fields{
		"operation":        func(v *document.Value) { f.Match.Operation = sandbox.OperationID(v.Text(maxText)) },
		"method":           func(v *document.Value) { f.Match.Method = v.Text(maxText) },
		"path":             func(v *document.Value) { f.Match.Path = v.Text(maxText) },
		"after":            func(v *document.Value) { f.Selection.Skip = int(v.Int(0, maxCount)) },
		"times":            func(v *document.Value) { f.Selection.Times = int(v.Int(0, maxCount)) },
		"probability":      func(v *document.Value) { f.Selection.Probability = v.Float(0, 1) },
		"latency":          func(v *document.Value) { f.Effect.Latency = v.Duration(time.Hour) },
		"status":           func(v *document.Value) { f.Effect.Status = int(v.Int(200, 599)) },
		"retry_after":      func(v *document.Value) { f.Effect.RetryAfter = v.Duration(maxRun) },
		"body":             func(v *document.Value) { f.Effect.Body = v.Text(maxText) },
		"content_type":     func(v *document.Value) { f.Effect.ContentType = v.Text(maxText) },
		"redirect":         func(v *document.Value) { f.Effect.Redirect = v.Text(maxText) },
		"reset":            func(v *document.Value) { f.Effect.Reset = sandbox.ResetPoint(v.OneOf(resetPoints...)) },
		"truncate":         func(v *document.Value) { f.Effect.Truncate = v.Bool() },
		"bytes_per_second": func(v *document.Value) { f.Effect.BytesPerSecond = int(v.Int(1, maxCount)) },
		"unknown_fields":   func(v *document.Value) { f.Effect.UnknownFields = v.Bool() },
		"unknown_enums":    func(v *document.Value) { f.Effect.UnknownEnums = v.Bool() },
		"link_host":        func(v *document.Value) { f.Effect.LinkOrigin = v.Text(maxText) },
		"older_release": func(v *document.Value) {
			if v.Bool() {
				f.Effect.Release = sandbox.Release359
			}
		},
	})
	return f
}

var resetPoints = []string{string(sandbox.ResetBefore), string(sandbox.ResetDuring), string(sandbox.ResetAfter)}

func readDeliveryFault(v *document.Value) (f sandbox.DeliveryFault) {
	v.Object(document.Fields{
		"agent":           func(v *document.Value) { f.Match.AgentID = v.Int(1, math.MaxInt64) },
		"after":           func(v *document.Value) { f.Selection.Skip = int(v.Int(0, maxCount)) },
		"times":           func(v *document.Value) { f.Selection.Times = int(v.Int(0, maxCount)) },
		"probability":     func(v *document.Value) { f.Selection.Probability = v.Float(0, 1) },
		"delay":           func(v *document.Value) { f.Effect.Delay = v.Duration(maxRun) },
		"duplicate":       func(v *document.Value) { f.Effect.Duplicate = v.Bool() },
		"reorder":         func(v *document.Value) { f.Effect.Reorder = v.Bool() },
		"drop":            func(v *document.Value) { f.Effect.Drop = v.Bool() },
		"wrong_signature": func(v *document.Value) { f.Effect.WrongSignature = v.Bool() },
	})
	return f
}
