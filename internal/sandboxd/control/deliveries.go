package control

import (
	"context"
	"errors"
	"iter"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	defaultPageSize = 50
	maxPageSize     = 500
)

type deliveriesBody struct {
	Deliveries []deliveryBody `json:"deliveries"`
	Total      int            `json:"total"` // number of matching deliveries
	Before     *int64         `json:"before"`
}

type deliveryBody struct {
	ID         int64     `json:"id"`
	AgentID    int64     `json:"agent_id"`
	Title      string    `json:"title"` // title of the agent
	LogID      int64     `json:"log_id"`
	URL        string    `json:"url"`
	StatusCode int       `json:"status_code"`
	Error      string    `json:"error"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	Sent       bool      `json:"sent"`
	Fault      string    `json:"fault"`
	FaultID    string    `json:"fault_id"`
	ResentFrom *int64    `json:"resent_from"`
	Signature  string    `json:"signature"`
}

type fullDeliveryBody struct {
	deliveryBody

	Header       http.Header `json:"header"`
	Body         string      `json:"body"`
	ResponseBody string      `json:"response_body"`
}

// deliveries lists matching deliveries, newest first.
func (c *call) deliveries() (any, error) {
	limit := c.query.integer("limit", defaultPageSize, 1, maxPageSize)
	before := c.query.integer("before", math.MaxInt64, 1, math.MaxInt64)
	agent := c.query.integer("agent", 0, 1, math.MaxInt64)
	log := c.query.integer("log", 0, 1, math.MaxInt64)
	lowest, highest := c.query.statuses("status")
	text := strings.ToLower(c.query.values.Get("text"))
	if c.query.err != nil {
		return nil, c.query.err
	}
	body := deliveriesBody{Deliveries: []deliveryBody{}}
	page, total, next := paginate(c.sandbox.DeliveriesBackward(), int(limit), before,
		func(d *sandbox.Delivery) int64 { return d.ID },
		func(d *sandbox.Delivery) bool {
			return (agent == 0 || agent == d.AgentID) && (log == 0 || log == d.LogID) &&
				d.StatusCode >= lowest && d.StatusCode <= highest &&
				(text == "" || containsText(text, d.URL, d.Body, d.ResponseBody))
		})
	for i := range page {
		body.Deliveries = append(body.Deliveries, c.delivery(&page[i]))
	}
	body.Total, body.Before = total, next
	return body, nil
}

// paginate returns the page of matching items before an id, the total number of
// matching items, and the id before which the next page begins. If there is no
// next page, next is nil.
func paginate[T any](latest iter.Seq[T], limit int, before int64, id func(*T) int64, match func(*T) bool) (page []T, total int, next *int64) {
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

// resend redelivers a callback.
func (c *call) resend() (any, error) {
	if err := c.emptyBody(); err != nil {
		return nil, err
	}
	if _, ok := c.sandbox.Delivery(c.id); !ok {
		return nil, &sandbox.UnknownDeliveryError{ID: c.id}
	}
	return c.runJob("resend", c.id, nil, func(ctx context.Context) (any, error) {
		d, err := c.sandbox.Redeliver(ctx, c.id)
		if err != nil {
			return nil, err
		}
		return c.fullDelivery(d), nil
	})
}

func (c *call) delivery(d *sandbox.Delivery) deliveryBody {
	body := deliveryBody{
		ID:         d.ID,
		AgentID:    d.AgentID,
		Title:      c.title(d.AgentID),
		LogID:      d.LogID,
		URL:        d.URL,
		StatusCode: d.StatusCode,
		StartedAt:  d.StartedAt.UTC(),
		FinishedAt: d.FinishedAt.UTC(),
		Sent:       !errors.Is(d.Err, sandbox.ErrDeliveryDropped),
		Fault:      d.Effect.String(),
		FaultID:    d.FaultID,
		Signature:  verifySignature(c.sandbox, d.AgentID, d.Body, d.Header.Get(callback.SignatureHeader)),
	}
	if d.Header.Get(callback.SignatureHeader) == "" { // the callback was not sent, or the agent had no secret
		body.Signature = "none"
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
