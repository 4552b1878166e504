package seed

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

const (
	maxFaultRules = 100
	maxCount      = 1_000_000_000
)

// Faults are the fault rules of a sandbox.
type Faults struct {
	Requests   []sandbox.Fault
	Deliveries []sandbox.DeliveryFault
}

// ReadFaultsFile reads fault rules from a file. The formats are those of
// [ReadFile].
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

// ReadFaults reads fault rules. It adds an error for each rule that the sandbox
// rejects.
func ReadFaults(v *document.Value) (faults Faults) {
	v.Object(document.Fields{
		"requests": func(v *document.Value) {
			seen := map[string]bool{}
			v.List(maxFaultRules, func(v *document.Value) {
				f := ReadFault(v)
				faults.Requests = append(faults.Requests, f)
				checkUnique(v, f.ID, seen)
			})
		},
		"deliveries": func(v *document.Value) {
			seen := map[string]bool{}
			v.List(maxFaultRules, func(v *document.Value) {
				f := ReadDeliveryFault(v)
				faults.Deliveries = append(faults.Deliveries, f)
				checkUnique(v, f.ID, seen)
			})
		},
	})
	if v.Invalid() {
		return faults
	}
	for i, id := range assignIDs(len(faults.Requests), func(i int) string { return faults.Requests[i].ID }) {
		faults.Requests[i].ID = id
	}
	for i, id := range assignIDs(len(faults.Deliveries), func(i int) string { return faults.Deliveries[i].ID }) {
		faults.Deliveries[i].ID = id
	}
	return faults
}

// checkUnique adds an error if another rule has the same id.
func checkUnique(v *document.Value, id string, seen map[string]bool) {
	if id != "" && seen[id] {
		v.Field("id").Errorf("%s is the id of another rule", document.Quote(id))
	}
	seen[id] = true
}

var ruleID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// IsRuleID reports whether id is a valid id of a rule.
func IsRuleID(id string) bool { return ruleID.MatchString(id) }

func readRuleID(v *document.Value) string {
	id := v.Text(maxText)
	if !IsRuleID(id) && !v.Invalid() {
		v.Errorf("must have 1 to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or digit")
	}
	return id
}

// assignIDs returns the ids of n rules. A rule without an id gets the lowest
// unused number.
func assignIDs(n int, given func(i int) string) []string {
	ids := make([]string, n)
	taken := map[string]bool{}
	for i := range ids {
		ids[i] = given(i)
		taken[ids[i]] = true
	}
	next := 1
	for i := range ids {
		for ids[i] == "" {
			if text := strconv.Itoa(next); !taken[text] {
				ids[i] = text
			}
			next++
		}
	}
	return ids
}

// ReadFault reads a fault rule for requests.
func ReadFault(v *document.Value) (f sandbox.Fault) {
	v.Object(document.Fields{
		"id":               func(v *document.Value) { f.ID = readRuleID(v) },
		"disabled":         func(v *document.Value) { f.Disabled = v.Bool() },
		"matched":          ignoreCounter,
		"applied":          ignoreCounter,
		"left":             ignoreCounter,
		"operation":        func(v *document.Value) { f.Match.Operation = sandbox.OperationID(v.Text(maxText)) },
		"method":           func(v *document.Value) { f.Match.Method = v.Text(maxText) },
		"path":             func(v *document.Value) { f.Match.Path = v.Text(maxText) },
		"after":            func(v *document.Value) { f.Selection.Skip = int(v.Int(0, maxCount)) },
		"times":            func(v *document.Value) { f.Selection.Times = int(v.Int(0, maxCount)) },
		"probability":      func(v *document.Value) { f.Selection.Probability = v.Float(0, 1) },
		"from":             func(v *document.Value) { f.Selection.From = v.Time() },
		"until":            func(v *document.Value) { f.Selection.Until = v.Time() },
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
		"release":          func(v *document.Value) { f.Effect.Release = sandbox.Release(v.OneOf(releases...)) },
	})
	checkOptions(v, sandbox.WithFaults(f))
	return f
}

// ignoreCounter ignores a counter, so that a rule from a response is accepted
// in a request.
func ignoreCounter(*document.Value) {}

var releases = []string{string(sandbox.Release359), string(sandbox.Release490), string(sandbox.Release495), string(sandbox.Release4205)}

var beats = []string{string(sandbox.Beat24), string(sandbox.Beat29)}

var resetPoints = []string{string(sandbox.ResetBefore), string(sandbox.ResetDuring), string(sandbox.ResetAfter)}

// ReadDeliveryFault reads a fault rule for deliveries.
func ReadDeliveryFault(v *document.Value) (f sandbox.DeliveryFault) {
	v.Object(document.Fields{
		"id":              func(v *document.Value) { f.ID = readRuleID(v) },
		"disabled":        func(v *document.Value) { f.Disabled = v.Bool() },
		"matched":         ignoreCounter,
		"applied":         ignoreCounter,
		"left":            ignoreCounter,
		"agent":           func(v *document.Value) { f.Match.AgentID = v.Int(1, math.MaxInt64) },
		"after":           func(v *document.Value) { f.Selection.Skip = int(v.Int(0, maxCount)) },
		"times":           func(v *document.Value) { f.Selection.Times = int(v.Int(0, maxCount)) },
		"probability":     func(v *document.Value) { f.Selection.Probability = v.Float(0, 1) },
		"from":            func(v *document.Value) { f.Selection.From = v.Time() },
		"until":           func(v *document.Value) { f.Selection.Until = v.Time() },
		"delay":           func(v *document.Value) { f.Effect.Delay = v.Duration(maxRun) },
		"duplicate":       func(v *document.Value) { f.Effect.Duplicate = v.Bool() },
		"reorder":         func(v *document.Value) { f.Effect.Reorder = v.Bool() },
		"drop":            func(v *document.Value) { f.Effect.Drop = v.Bool() },
		"wrong_signature": func(v *document.Value) { f.Effect.WrongSignature = v.Bool() },
	})
	checkOptions(v, sandbox.WithDeliveryFaults(f))
	return f
}
