package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const (
	// deliveryTimeout is how long a receiver may take.
	deliveryTimeout = 10 * time.Second
	// maxDeliveryAnswer is how much of a receiver's answer is kept, in bytes.
	maxDeliveryAnswer = 64 << 10
	// maxDeliveries and maxDeliveriesSize are how many deliveries are kept, and of
	// how many bytes together.
	maxDeliveries     = 1_000_000
	maxDeliveriesSize = 256 << 20
	// maxPosting is how many callbacks are on their way at once, where the clock
	// does not wait for them.
	maxPosting = 64
)

// A Delivery is one POST of a callback and its response.
type Delivery struct {
	// ID numbers the deliveries from 1 on, in the order in which they ended.
	ID int64
	// Org is the key of the agent's org.
	Org string
	// AgentID is the id of the agent that has run.
	AgentID int64
	// LogID is the id of the run's log.
	LogID int64
	// RedeliveryOf is the ID of the delivery that [Sandbox.Redeliver] repeated, or 0.
	RedeliveryOf int64
	// Effect is the effect of the [DeliveryFault] that applied, or zero.
	Effect DeliveryEffect
	// URL is the agent's callback_url.
	URL string
	// Header is the header of the request. It has no signature if the agent has no
	// callback_secret.
	Header http.Header
	// Body is the body of the request.
	Body []byte
	// StatusCode is the status of the receiver's response, or 0 if there was none.
	// Redirects are not followed.
	StatusCode int
	// ResponseBody is the body of the response, up to 64 KiB of it.
	ResponseBody []byte
	// Err says why there is no complete response. It is nil if there is one, and
	// [ErrDeliveryDropped] if nothing was posted.
	Err error
	// StartedAt is the time at which the delivery started, on the sandbox's clock.
	StartedAt time.Time
	// FinishedAt is the time at which it ended, on the sandbox's clock.
	FinishedAt time.Time
}

// Format writes the id, log, URL and result of the delivery, whatever the verb:
// the header has a signature, and the body may be long.
func (d Delivery) Format(f fmt.State, _ rune) {
	outcome := strconv.Itoa(d.StatusCode)
	if d.Err != nil {
		outcome = d.Err.Error()
	}
	_, _ = fmt.Fprintf(f, "delivery %d of log %d to %s: %s", d.ID, d.LogID, d.URL, outcome)
}

// Deliveries yields the recorded deliveries of callbacks, the oldest first, up to
// the latest at the start of the loop. The sandbox keeps the latest 1,000,000, or
// fewer if they exceed 256 MiB; the ID of the first one tells how many came
// before. The loop may use the sandbox. Headers and bodies are shared and must not
// be changed.
func (s *Sandbox) Deliveries() iter.Seq[Delivery] { return s.deliveries.kept.forward() }

// DeliveriesBackward yields the same deliveries as [Sandbox.Deliveries], the
// latest first.
func (s *Sandbox) DeliveriesBackward() iter.Seq[Delivery] { return s.deliveries.kept.backward() }

// Delivery returns the recorded delivery with an ID. It returns false if there is
// none, or none any more.
func (s *Sandbox) Delivery(id int64) (Delivery, bool) { return s.deliveries.kept.byID(id) }

// A posting is a callback that is to be posted.
type posting struct {
	url            string
	secret         string
	body           []byte
	org            string
	agentID, logID int64

	repeated *Delivery // nil unless this is a redelivery
	effect   DeliveryEffect
}

// postFunc delivers a callback.
type postFunc func(context.Context, posting)

// deliveries posts callbacks and keeps what came of it.
type deliveries struct {
	client    *http.Client
	transport *http.Transport // nil if the caller's own client is used
	slots     chan struct{}

	faults deliveryFaults // guarded by the store's lock
	kept   journal[Delivery]
}

func (d *deliveries) init(c *http.Client) {
	d.slots = make(chan struct{}, maxPosting)
	d.kept.maxCount, d.kept.maxSize = maxDeliveries, maxDeliveriesSize
	if c == nil {
		d.transport = &http.Transport{MaxIdleConnsPerHost: maxPosting, IdleConnTimeout: time.Minute}
		c = &http.Client{Transport: d.transport}
	}
	copied := *c
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if copied.Timeout == 0 {
		copied.Timeout = deliveryTimeout
	}
	d.client = &copied
}

func (d *deliveries) close() {
	if d.transport != nil {
		d.transport.CloseIdleConnections()
	}
}

// post delivers a callback while the clock waits.
func (s *Sandbox) post(ctx context.Context, p posting) { s.deliver(ctx, p) }

// postSoon delivers a callback while the clock goes on.
func (s *Sandbox) postSoon(ctx context.Context, p posting) {
	select {
	case s.deliveries.slots <- struct{}{}:
	case <-ctx.Done():
		s.deliver(ctx, p) // fails, and is kept
		return
	}
	posting, end, err := s.lifetime.begin(context.WithoutCancel(ctx))
	if err != nil {
		<-s.deliveries.slots
		s.deliver(ctx, p) // as above: the sandbox was closed meanwhile
		return
	}
	go func() {
		defer end()
		defer func() { <-s.deliveries.slots }()
		s.deliver(posting, p)
	}()
}

// deliver posts a callback, and keeps what came of it.
func (s *Sandbox) deliver(ctx context.Context, p posting) *Delivery {
	delivery := &Delivery{
		Org: p.org, AgentID: p.agentID, LogID: p.logID, URL: p.url, Body: p.body, Effect: p.effect, StartedAt: s.Now(),
	}
	if p.repeated != nil {
		delivery.RedeliveryOf = p.repeated.ID
	}
	delivery.Err = s.deliveries.send(ctx, p, delivery)
	delivery.FinishedAt = s.Now()
	s.deliveries.keep(delivery)
	s.tell(Event{Type: EventDeliveryFinished, Org: p.org, AgentID: p.agentID, LogID: p.logID, DeliveryID: delivery.ID})
	return delivery
}

func (d *deliveries) keep(delivery *Delivery) {
	const fixed = 1 << 10 // header and all
	d.kept.add(fixed+cap(delivery.Body)+cap(delivery.ResponseBody), func(id int64) Delivery {
		delivery.ID = id
		return *delivery
	})
}

func (d *deliveries) send(ctx context.Context, p posting, delivery *Delivery) error {
	request, err := p.request(ctx)
	if err != nil {
		return err
	}
	delivery.Header = request.Header.Clone()
	if p.effect.Drop {
		return ErrDeliveryDropped
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	delivery.StatusCode = response.StatusCode
	delivery.ResponseBody, err = io.ReadAll(io.LimitReader(response.Body, maxDeliveryAnswer))
	return err
}

func (p *posting) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", django.JSONType)
	switch secret := p.secret; {
	case secret != "" && p.effect.WrongSignature:
		request.Header.Set(callback.SignatureHeader, callback.Sign(p.body, callback.Secret("not "+secret)))
	case secret != "":
		request.Header.Set(callback.SignatureHeader, callback.Sign(p.body, callback.Secret(secret)))
	case p.repeated != nil && p.repeated.Header != nil:
		request.Header = p.repeated.Header.Clone()
	}
	return request, nil
}

// Redeliver posts the callback of a recorded delivery again, byte for byte and
// without faults, and returns the new delivery. It signs the body with the agent's
// present callback_secret. If the agent has none or is deleted, it repeats the
// header of the recorded delivery.
//
// If it returns an error, nothing was posted: an [*UnknownDeliveryError],
// [ErrClosed] or the context's error. A failed delivery is not an error, see
// [Delivery].Err.
func (s *Sandbox) Redeliver(ctx context.Context, deliveryID int64) (*Delivery, error) {
	ctx, end, err := s.lifetime.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	original, ok := s.Delivery(deliveryID)
	if !ok {
		return nil, &UnknownDeliveryError{ID: deliveryID}
	}
	p := posting{url: original.URL, body: original.Body, org: original.Org, agentID: original.AgentID, logID: original.LogID, repeated: &original}
	s.store.RLock()
	if a := s.store.agent(original.AgentID); a != nil {
		p.secret = a.CallbackSecret
	}
	s.store.RUnlock()
	return s.deliver(ctx, p), nil
}
