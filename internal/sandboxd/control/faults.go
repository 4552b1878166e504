package control

import (
	"time"

	"github.com/iblai/iblai-go/internal/sandboxd/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

type faultsBody struct {
	Requests   []faultBody         `json:"requests"`
	Deliveries []deliveryFaultBody `json:"deliveries"`
}

// faultBody omits fields that are not set.
type faultBody struct {
	Operation      string  `json:"operation,omitempty"`
	Method         string  `json:"method,omitempty"`
	Path           string  `json:"path,omitempty"`
	After          int     `json:"after,omitempty"`
	Times          int     `json:"times,omitempty"`
	Probability    float64 `json:"probability,omitempty"`
	Latency        string  `json:"latency,omitempty"`
	Status         int     `json:"status,omitempty"`
	RetryAfter     string  `json:"retry_after,omitempty"`
	Body           string  `json:"body,omitempty"`
	ContentType    string  `json:"content_type,omitempty"`
	Redirect       string  `json:"redirect,omitempty"`
	Reset          string  `json:"reset,omitempty"`
	Truncate       bool    `json:"truncate,omitempty"`
	BytesPerSecond int     `json:"bytes_per_second,omitempty"`
	UnknownFields  bool    `json:"unknown_fields,omitempty"`
	UnknownEnums   bool    `json:"unknown_enums,omitempty"`
	LinkHost       string  `json:"link_host,omitempty"`
	OlderRelease   bool    `json:"older_release,omitempty"`
}

type deliveryFaultBody struct {
	Agent          int64   `json:"agent,omitempty"`
	After          int     `json:"after,omitempty"`
	Times          int     `json:"times,omitempty"`
	Probability    float64 `json:"probability,omitempty"`
	Delay          string  `json:"delay,omitempty"`
	Duplicate      bool    `json:"duplicate,omitempty"`
	Reorder        bool    `json:"reorder,omitempty"`
	Drop           bool    `json:"drop,omitempty"`
	WrongSignature bool    `json:"wrong_signature,omitempty"`
}

func (c *call) faults() (any, error) {
	body := faultsBody{Requests: []faultBody{}, Deliveries: []deliveryFaultBody{}}
	for _, f := range c.sandbox.Faults() {
		body.Requests = append(body.Requests, faultBody{
			Operation: string(f.Match.Operation), Method: f.Match.Method, Path: f.Match.Path,
			After: f.Selection.Skip, Times: f.Selection.Times, Probability: f.Selection.Probability,
			Latency: durationText(f.Effect.Latency), Status: f.Effect.Status, RetryAfter: durationText(f.Effect.RetryAfter),
			Body: f.Effect.Body, ContentType: f.Effect.ContentType, Redirect: f.Effect.Redirect,
			Reset: string(f.Effect.Reset), Truncate: f.Effect.Truncate, BytesPerSecond: f.Effect.BytesPerSecond,
			UnknownFields: f.Effect.UnknownFields, UnknownEnums: f.Effect.UnknownEnums, LinkHost: f.Effect.LinkOrigin, OlderRelease: f.Effect.Release != "",
		})
	}
	for _, f := range c.sandbox.DeliveryFaults() {
		body.Deliveries = append(body.Deliveries, deliveryFaultBody{
			Agent: f.Match.AgentID, After: f.Selection.Skip, Times: f.Selection.Times, Probability: f.Selection.Probability, Delay: durationText(f.Effect.Delay),
			Duplicate: f.Effect.Duplicate, Reorder: f.Effect.Reorder, Drop: f.Effect.Drop, WrongSignature: f.Effect.WrongSignature,
		})
	}
	return body, nil
}

func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

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
