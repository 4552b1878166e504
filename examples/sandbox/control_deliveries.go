package main

import (
	"iter"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	defaultPage = 50
	maxPage     = 500
)

type deliveriesBody struct {
	Deliveries []deliveryBody `json:"deliveries"`
	Total      int            `json:"total"` // that match
	Before     *int64         `json:"before"`
}

type deliveryBody struct {
	ID         int64     `json:"id"`
	AgentID    int64     `json:"agent_id"`
	LogID      int64     `json:"log_id"`
	URL        string    `json:"url"`
	StatusCode int       `json:"status_code"`
	Error      string    `json:"error"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	Fault      string    `json:"fault"`
	ResentFrom *int64    `json:"resent_from"`
	Signature  string    `json:"signature"`
}

type fullDeliveryBody struct {
	deliveryBody

	Header       http.Header `json:"header"`
	Body         string      `json:"body"`
	ResponseBody string      `json:"response_body"`
}

// deliveries lists callbacks, the newest first.
func (c *call) deliveries() (any, error) {
	limit := c.query.whole("limit", defaultPage, 1, maxPage)
	before := c.query.whole("before", maxID, 1, maxID)
	agent := c.query.whole("agent", 0, 1, maxID)
	log := c.query.whole("log", 0, 1, maxID)
	if c.query.err != nil {
		return nil, c.query.err
	}
	body := deliveriesBody{Deliveries: []deliveryBody{}}
	page, total, next := newestFirst(c.sandbox.DeliveriesBackward(), int(limit), before,
		func(d *sandbox.Delivery) int64 { return d.ID },
		func(d *sandbox.Delivery) bool {
			return (agent == 0 || agent == d.AgentID) && (log == 0 || log == d.LogID)
		})
	for i := range page {
		body.Deliveries = append(body.Deliveries, c.delivery(&page[i]))
	}
	body.Total, body.Before = total, next
	return body, nil
}

// newestFirst is a page of those that match, from the one before an id on, how many
// match at all, and the id that the next page is before, nil if there is none.
func newestFirst[T any](latest iter.Seq[T], limit int, before int64, id func(*T) int64, match func(*T) bool) (page []T, total int, next *int64) {
	more := false
	for item := range latest {
		if !match(&item) {
			continue
		}
		total++
		switch {
		case id(&item) >= before:
		case len(page) < limit:
			page = append(page, item)
		default:
			more = true
		}
	}
	if more {
		next = new(id(&page[len(page)-1]))
	}
	return page, total, next
}

func (c *call) deliveryByID() (any, error) {
	d, ok := c.sandbox.Delivery(c.id)
	if !ok {
		return nil, &sandbox.UnknownDeliveryError{ID: c.id}
	}
	return c.fullDelivery(&d), nil
}

// resend posts a callback once more.
func (c *call) resend() (any, error) {
	if err := c.body(func(v *value) { v.object(nil) }); err != nil {
		return nil, err
	}
	d, err := c.sandbox.Redeliver(c.request.Context(), c.id)
	if err != nil {
		return nil, err
	}
	return c.fullDelivery(d), nil
}

func (c *call) delivery(d *sandbox.Delivery) deliveryBody {
	body := deliveryBody{
		ID:         d.ID,
		AgentID:    d.AgentID,
		LogID:      d.LogID,
		URL:        d.URL,
		StatusCode: d.StatusCode,
		StartedAt:  d.StartedAt.UTC(),
		FinishedAt: d.FinishedAt.UTC(),
		Fault:      d.Effect.String(),
		Signature:  c.signature(d),
	}
	if d.Err != nil {
		body.Error = d.Err.Error()
	}
	if d.RedeliveryOf != 0 {
		body.ResentFrom = &d.RedeliveryOf
	}
	return body
}

func (c *call) fullDelivery(d *sandbox.Delivery) fullDeliveryBody {
	return fullDeliveryBody{c.delivery(d), d.Header, string(d.Body), string(d.ResponseBody)}
}

// signature tells whether a receiver would take the callback that knows the secret
// which the agent has now.
func (c *call) signature(d *sandbox.Delivery) string {
	signature := d.Header.Get(callback.SignatureHeader)
	if signature == "" {
		return "none"
	}
	agent, err := c.sandbox.PeriodicAgent(d.AgentID)
	if err != nil { // it is gone, and its secret with it
		return "invalid"
	}
	verifier, err := callback.NewVerifierAllowShort(callback.Secret(agent.CallbackSecret.Reveal()))
	if err != nil || verifier.Verify(d.Body, signature) != nil {
		return "invalid"
	}
	return "valid"
}
