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
			Operation: f.Operation, Method: f.Method, Path: f.Path,
			After: f.After, Times: f.Times, Probability: f.Probability,
			Latency: durationText(f.Latency), Status: f.Status, RetryAfter: durationText(f.RetryAfter),
			Body: f.Body, ContentType: f.ContentType, Redirect: f.Redirect,
			Reset: string(f.Reset), Truncate: f.Truncate, BytesPerSecond: f.BytesPerSecond,
			UnknownFields: f.UnknownFields, UnknownEnums: f.UnknownEnums, LinkHost: f.LinkHost, OlderRelease: f.OlderRelease,
		})
	}
	for _, f := range c.sandbox.DeliveryFaults() {
		body.Deliveries = append(body.Deliveries, deliveryFaultBody{
			Agent: f.AgentID, After: f.After, Times: f.Times, Probability: f.Probability, Delay: durationText(f.Delay),
			Duplicate: f.Duplicate, Reorder: f.Reorder, Drop: f.Drop, WrongSignature: f.WrongSignature,
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
