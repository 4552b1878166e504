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

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
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

// A Delivery is one POST of a callback, and what came of it.
type Delivery struct {
	// ID counts the deliveries, from 1 on, in the order in which they ended.
	ID int64
	// Org, AgentID and LogID tell which run the callback is about.
	Org            string
	AgentID, LogID int64
	// ResentFrom is the ID of the delivery that this one repeats, see
	// [Sandbox.Resend]; 0 for the platform's own.
	ResentFrom int64
	// Fault says what a [DeliveryFault] has done, in words: empty for nothing.
	Fault string
	// URL is the agent's callback_url.
	URL string
	// Header and Body are what was sent. There is no signature where the agent
	// has no callback_secret.
	Header http.Header
	Body   []byte
	// StatusCode and ResponseBody, up to 64 KiB of it, are what the receiver
	// answered; 0 if it did not. A redirect is an answer, and not followed.
	StatusCode   int
	ResponseBody []byte
	// Err is why there was no answer, or not all of it; nil if there was.
	// [ErrDropped] if nothing was sent.
	Err error
	// StartedAt and FinishedAt are times on the sandbox's clock.
	StartedAt, FinishedAt time.Time
}

// Format writes what came of the delivery in a line, whatever the verb: the
// header has a signature, and the body may be long.
func (d Delivery) Format(f fmt.State, _ rune) {
	outcome := strconv.Itoa(d.StatusCode)
	if d.Err != nil {
		outcome = d.Err.Error()
	}
	_, _ = fmt.Fprintf(f, "delivery %d of log %d to %s: %s", d.ID, d.LogID, d.URL, outcome)
}

// Deliveries returns the callbacks that were posted, in the order in which they
// ended: the latest 1,000,000, or less if they take more than 256 MiB together. The
// first ID tells how many came before. What headers and bodies hold is shared, and
// must not be changed.
func (s *Sandbox) Deliveries() []Delivery { return s.deliveries.kept.all() }

// LatestDeliveries yields [Sandbox.Deliveries], the latest first, without copying all of
// them.
func (s *Sandbox) LatestDeliveries() iter.Seq[Delivery] { return s.deliveries.kept.backward() }

// Delivery returns one of [Sandbox.Deliveries] by its ID, and false if it is no
// longer kept, or never was.
func (s *Sandbox) Delivery(id int64) (Delivery, bool) { return s.deliveries.kept.byID(id) }

// A posting is a callback that is to be posted.
type posting struct {
	url            string
	secret         string
	body           []byte
	org            string
	agentID, logID int64

	resent  *Delivery // what it repeats, nil for nothing
	fault   string
	forged  bool // signed with another secret
	dropped bool // not sent
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
		Org: p.org, AgentID: p.agentID, LogID: p.logID, URL: p.url, Body: p.body, Fault: p.fault, StartedAt: s.Now(),
	}
	if p.resent != nil {
		delivery.ResentFrom = p.resent.ID
	}
	delivery.Err = s.deliveries.send(ctx, p, delivery)
	delivery.FinishedAt = s.Now()
	s.deliveries.keep(delivery)
	s.tell(Event{Kind: CallbackDelivered, Org: p.org, AgentID: p.agentID, LogID: p.logID, DeliveryID: delivery.ID})
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
	if p.dropped {
		return ErrDropped
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
	request.Header.Set("Content-Type", jsonType)
	switch secret := p.secret; {
	case secret != "" && p.forged:
		err = sign(request, p.body, "not "+secret)
	case secret != "":
		err = sign(request, p.body, secret)
	case p.resent != nil && p.resent.Header != nil:
		request.Header = p.resent.Header.Clone()
	}
	return request, err
}

func sign(request *http.Request, body []byte, secret string) error {
	signature, err := callback.Sign(body, api.NewSecret(secret))
	if err != nil {
		return err
	}
	request.Header.Set(callback.SignatureHeader, signature)
	return nil
}

// Resend posts a callback once more, byte for byte, and returns what came of it. It
// is signed anew with the agent's callback_secret as it is now, or as it was if the
// agent is gone or has none. An error means that nothing was posted: an
// [*UnknownDeliveryError], or [ErrClosed].
func (s *Sandbox) Resend(ctx context.Context, deliveryID int64) (*Delivery, error) {
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
	p := posting{url: original.URL, body: original.Body, org: original.Org, agentID: original.AgentID, logID: original.LogID, resent: &original}
	s.store.RLock()
	if a := s.store.agent(original.AgentID); a != nil {
		p.secret = a.CallbackSecret
	}
	s.store.RUnlock()
	return s.deliver(ctx, p), nil
}
