package control

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

type faultsBody struct {
	Requests   []faultBody         `json:"requests"`
	Deliveries []deliveryFaultBody `json:"deliveries"`
}

// ruleBody has the fields of both kinds of rules. Unset fields are omitted,
// except for the id and the counters.
type ruleBody struct {
	ID          string     `json:"id"`
	Disabled    bool       `json:"disabled,omitempty"`
	After       int        `json:"after,omitempty"`
	Times       int        `json:"times,omitempty"`
	Probability float64    `json:"probability,omitempty"`
	From        *time.Time `json:"from,omitempty"`
	Until       *time.Time `json:"until,omitempty"`
	Matched     int        `json:"matched"`
	Applied     int        `json:"applied"`
	Left        *int       `json:"left"` // null if there is no limit
}

func newRuleBody(id string, disabled bool, s sandbox.Selection, matched, applied int) ruleBody {
	rule := ruleBody{ID: id, Disabled: disabled, After: s.Skip, Times: s.Times, Probability: s.Probability, From: timeOrNil(s.From), Until: timeOrNil(s.Until), Matched: matched, Applied: applied}
	if s.Times > 0 {
		rule.Left = new(s.Times - applied)
	}
	return rule
}

// isActive reports whether the rule can still apply.
func (r *ruleBody) isActive() bool { return !r.Disabled && (r.Left == nil || *r.Left > 0) }

// faultBody is a rule for requests. Unset fields are omitted.
type faultBody struct {
	ruleBody

	Operation      string `json:"operation,omitempty"`
	Method         string `json:"method,omitempty"`
	Path           string `json:"path,omitempty"`
	Latency        string `json:"latency,omitempty"`
	Status         int    `json:"status,omitempty"`
	RetryAfter     string `json:"retry_after,omitempty"`
	Body           string `json:"body,omitempty"`
	ContentType    string `json:"content_type,omitempty"`
	Redirect       string `json:"redirect,omitempty"`
	Reset          string `json:"reset,omitempty"`
	Truncate       bool   `json:"truncate,omitempty"`
	BytesPerSecond int    `json:"bytes_per_second,omitempty"`
	UnknownFields  bool   `json:"unknown_fields,omitempty"`
	UnknownEnums   bool   `json:"unknown_enums,omitempty"`
	LinkHost       string `json:"link_host,omitempty"`
	Release        string `json:"release,omitempty"`
}

// deliveryFaultBody is a rule for deliveries. Unset fields are omitted.
type deliveryFaultBody struct {
	ruleBody

	Agent          int64  `json:"agent,omitempty"`
	Delay          string `json:"delay,omitempty"`
	Duplicate      bool   `json:"duplicate,omitempty"`
	Reorder        bool   `json:"reorder,omitempty"`
	Drop           bool   `json:"drop,omitempty"`
	WrongSignature bool   `json:"wrong_signature,omitempty"`
}

func newFaultsBody(sb *sandbox.Sandbox) faultsBody {
	body := faultsBody{Requests: []faultBody{}, Deliveries: []deliveryFaultBody{}}
	for _, f := range sb.FaultStates() {
		body.Requests = append(body.Requests, faultBody{
			ruleBody:  newRuleBody(f.ID, f.Disabled, f.Selection, f.Matched, f.Applied),
			Operation: string(f.Match.Operation), Method: f.Match.Method, Path: f.Match.Path,
			Latency: durationText(f.Effect.Latency), Status: f.Effect.Status, RetryAfter: durationText(f.Effect.RetryAfter),
			Body: f.Effect.Body, ContentType: f.Effect.ContentType, Redirect: f.Effect.Redirect,
			Reset: string(f.Effect.Reset), Truncate: f.Effect.Truncate, BytesPerSecond: f.Effect.BytesPerSecond,
			UnknownFields: f.Effect.UnknownFields, UnknownEnums: f.Effect.UnknownEnums, LinkHost: f.Effect.LinkOrigin, Release: string(f.Effect.Release),
		})
	}
	for _, f := range sb.DeliveryFaultStates() {
		body.Deliveries = append(body.Deliveries, deliveryFaultBody{
			ruleBody: newRuleBody(f.ID, f.Disabled, f.Selection, f.Matched, f.Applied),
			Agent:    f.Match.AgentID, Delay: durationText(f.Effect.Delay), Duplicate: f.Effect.Duplicate,
			Reorder: f.Effect.Reorder, Drop: f.Effect.Drop, WrongSignature: f.Effect.WrongSignature,
		})
	}
	return body
}

// countActiveFaults returns the number of rules that can still apply.
func countActiveFaults(sb *sandbox.Sandbox) (n int) {
	faults := newFaultsBody(sb)
	for i := range faults.Requests {
		if faults.Requests[i].isActive() {
			n++
		}
	}
	for i := range faults.Deliveries {
		if faults.Deliveries[i].isActive() {
			n++
		}
	}
	return n
}

// durationText returns a duration in Go's format, or an empty string for 0.
func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func (c *call) faults() (any, error) { return newFaultsBody(c.sandbox), nil }

// setFaults replaces all rules.
func (c *call) setFaults() (any, error) {
	var faults seed.Faults
	if err := c.body(func(v *document.Value) { faults = seed.ReadFaults(v) }); err != nil {
		return nil, err
	}
	if err := c.sandbox.SetFaults(faults.Requests...); err != nil {
		return nil, err
	}
	if err := c.sandbox.SetDeliveryFaults(faults.Deliveries...); err != nil {
		return nil, err
	}
	return c.faults()
}

// rules are the rules for requests, or those for deliveries.
type rules interface {
	// find returns the rule with an id, or nil.
	find(id string) any
	// put decodes a rule. It returns a function that replaces the rule with the
	// id, or adds it.
	put(id string, v *document.Value) func() error
	delete(id string) error
}

// faultRoutes returns the operations on single rules.
func (s *Server) faultRoutes() map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{}
	for name, kind := range map[string]func(*sandbox.Sandbox) rules{
		"requests":   func(sb *sandbox.Sandbox) rules { return requestRules{sb} },
		"deliveries": func(sb *sandbox.Sandbox) rules { return deliveryRules{sb} },
	} {
		for method, operation := range map[string]func(*call, rules) (any, error){
			http.MethodGet:    (*call).faultByID,
			http.MethodPut:    (*call).putFault,
			http.MethodPatch:  (*call).patchFault,
			http.MethodDelete: (*call).deleteFault,
		} {
			routes[method+" /_sandbox/faults/"+name+"/{id}"] = s.handle(func(c *call) (any, error) { return operation(c, kind(c.sandbox)) })
		}
	}
	return routes
}

func (c *call) unknownFault() error {
	return errorf(http.StatusNotFound, "there is no fault with the id %s", document.Quote(c.request.PathValue("id")))
}

func (c *call) faultByID(kind rules) (any, error) {
	if found := kind.find(c.request.PathValue("id")); found != nil {
		return found, nil
	}
	return nil, c.unknownFault()
}

// putFault creates or replaces a rule.
func (c *call) putFault(kind rules) (any, error) {
	id := c.request.PathValue("id")
	if !seed.IsRuleID(id) {
		return nil, errorf(http.StatusBadRequest, "the id %s of a fault must have 1 to 64 letters, digits, dots, hyphens and underscores, and begin with a letter or digit", document.Quote(id))
	}
	var put func() error
	if err := c.body(func(v *document.Value) { put = kind.put(id, v) }); err != nil {
		return nil, err
	}
	if err := put(); err != nil {
		return nil, err
	}
	return kind.find(id), nil
}

// patchFault changes fields of a rule. A null unsets a field.
func (c *call) patchFault(kind rules) (any, error) {
	text, err := c.jsonBody()
	if err != nil {
		return nil, err
	}
	if err := parseBody(text, (*document.Value).AnyObject); err != nil {
		return nil, err
	}
	var patch, fields map[string]json.RawMessage
	_ = json.Unmarshal(text, &patch) // parseBody has checked that it is an object
	id := c.request.PathValue("id")
	present := kind.find(id)
	if present == nil {
		return nil, c.unknownFault()
	}
	text, _ = json.Marshal(present) // a rule can always be encoded and decoded
	_ = json.Unmarshal(text, &fields)
	for name, value := range patch {
		fields[name] = value
		if string(value) == "null" {
			delete(fields, name)
		}
	}
	text, _ = json.Marshal(fields)
	var put func() error
	if err := parseBody(text, func(v *document.Value) { put = kind.put(id, v) }); err != nil {
		return nil, err
	}
	if err := put(); err != nil {
		return nil, err
	}
	return kind.find(id), nil
}

func (c *call) deleteFault(kind rules) (any, error) {
	found := kind.find(c.request.PathValue("id"))
	if found == nil {
		return nil, c.unknownFault()
	}
	if err := kind.delete(c.request.PathValue("id")); err != nil {
		return nil, err
	}
	return found, nil
}

type requestRules struct{ sandbox *sandbox.Sandbox }

func (r requestRules) find(id string) any {
	faults := newFaultsBody(r.sandbox).Requests
	if i := slices.IndexFunc(faults, func(f faultBody) bool { return f.ID == id }); i >= 0 {
		return faults[i]
	}
	return nil
}

func (r requestRules) put(id string, v *document.Value) func() error {
	fault := seed.ReadFault(v)
	fault.ID = id
	return func() error {
		return r.sandbox.EditFaults(func(faults []sandbox.Fault) []sandbox.Fault {
			if i := slices.IndexFunc(faults, func(f sandbox.Fault) bool { return f.ID == id }); i >= 0 {
				faults[i] = fault
				return faults
			}
			return append(faults, fault)
		})
	}
}

func (r requestRules) delete(id string) error {
	return r.sandbox.EditFaults(func(faults []sandbox.Fault) []sandbox.Fault {
		return slices.DeleteFunc(faults, func(f sandbox.Fault) bool { return f.ID == id })
	})
}

type deliveryRules struct{ sandbox *sandbox.Sandbox }

func (r deliveryRules) find(id string) any {
	faults := newFaultsBody(r.sandbox).Deliveries
	if i := slices.IndexFunc(faults, func(f deliveryFaultBody) bool { return f.ID == id }); i >= 0 {
		return faults[i]
	}
	return nil
}

func (r deliveryRules) put(id string, v *document.Value) func() error {
	fault := seed.ReadDeliveryFault(v)
	fault.ID = id
	return func() error {
		return r.sandbox.EditDeliveryFaults(func(faults []sandbox.DeliveryFault) []sandbox.DeliveryFault {
			if i := slices.IndexFunc(faults, func(f sandbox.DeliveryFault) bool { return f.ID == id }); i >= 0 {
				faults[i] = fault
				return faults
			}
			return append(faults, fault)
		})
	}
}

func (r deliveryRules) delete(id string) error {
	return r.sandbox.EditDeliveryFaults(func(faults []sandbox.DeliveryFault) []sandbox.DeliveryFault {
		return slices.DeleteFunc(faults, func(f sandbox.DeliveryFault) bool { return f.ID == id })
	})
}
