package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/journal"
	"github.com/iblai/iblai-go/client/sandbox/internal/memory"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

const (
	// deliveryTimeout is the default timeout for a receiver.
	deliveryTimeout = 10 * time.Second
	// maxReceiverBody is the maximum size of a recorded response, in bytes.
	maxReceiverBody = 64 << 10
	// maxDeliveries and maxDeliveriesSize limit the recorded deliveries; the size is
	// in bytes.
	maxDeliveries     = 1_000_000
	maxDeliveriesSize = 256 << 20
	// maxInFlight is the maximum number of deliveries in the background.
	maxInFlight = 64
)

// A pendingCallback is a callback that has not been posted yet.
type pendingCallback struct {
	url            string
	secret         string
	body           []byte
	org            string
	agentID, logID int64

	repeated *Delivery // nil unless this is a redelivery
	effect   DeliveryEffect
	faultID  string // of the fault that has the effect
}

// deliveries posts callbacks and records their deliveries.
type deliveries struct {
	timeline *timeline.Timeline
	events   *events
	client   *http.Client
	close    func()        // closes the client's connections
	slots    chan struct{} // of deliveries in the background
	recorded *journal.Journal[Delivery]

	mu       sync.Mutex // guards what follows
	faults   deliveryFaults
	heldBack []pendingCallback // until the next callback is posted
}

// newDeliveries posts with a client, or to a handler in memory if there is one.
func newDeliveries(t *timeline.Timeline, e *events, c *http.Client, callbacks http.Handler, faults deliveryFaults) *deliveries {
	d := &deliveries{
		timeline: t,
		events:   e,
		client:   &http.Client{},
		close:    func() {},
		slots:    make(chan struct{}, maxInFlight),
		recorded: journal.New[Delivery](maxDeliveries, maxDeliveriesSize),
		faults:   faults,
	}
	switch {
	case callbacks != nil:
		server := memory.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			memory.Outside(r.Context(), func() { callbacks.ServeHTTP(w, r) })
		}))
		d.client.Transport, d.close = server.Transport(), server.Stop
	case c != nil:
		*d.client = *c
	default:
		transport := &http.Transport{MaxIdleConnsPerHost: maxInFlight, IdleConnTimeout: time.Minute}
		d.client.Transport, d.close = transport, transport.CloseIdleConnections
	}
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	setDefault(&d.client.Timeout, deliveryTimeout)
	return d
}

// blockingKey is the context key of calls that wait for deliveries.
type blockingKey struct{}

// withBlockingDeliveries returns a context with which post waits for the receiver.
func withBlockingDeliveries(ctx context.Context) context.Context {
	return context.WithValue(ctx, blockingKey{}, true)
}

// post delivers a callback: in the background, unless the context is one of
// withBlockingDeliveries.
func (d *deliveries) post(ctx context.Context, c pendingCallback) {
	if ctx.Value(blockingKey{}) != nil {
		d.deliver(ctx, c)
		return
	}
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		d.deliver(ctx, c) // records that it failed
		return
	}
	background, end, err := d.timeline.Begin(context.WithoutCancel(ctx))
	if err != nil {
		<-d.slots
		d.deliver(ctx, c) // records that it failed
		return
	}
	go func() {
		defer end()
		defer func() { <-d.slots }()
		d.deliver(background, c)
	}()
}

// deliver posts a callback, and records and returns the delivery.
func (d *deliveries) deliver(ctx context.Context, c pendingCallback) *Delivery {
	delivery := &Delivery{
		Org: c.org, AgentID: c.agentID, LogID: c.logID, URL: c.url, Body: c.body, Effect: c.effect, FaultID: c.faultID, StartedAt: d.timeline.Now(),
	}
	if c.repeated != nil {
		delivery.RedeliveryOf = c.repeated.ID
	}
	delivery.Err = d.send(ctx, c, delivery)
	delivery.FinishedAt = d.timeline.Now()
	const overhead = 1 << 10 // of a delivery and its header, in bytes
	d.recorded.Add(overhead+cap(delivery.Body)+cap(delivery.ResponseBody), func(id int64) Delivery {
		delivery.ID = id
		return *delivery
	})
	d.events.publish(Event{Type: EventDeliveryFinished, Org: c.org, AgentID: c.agentID, LogID: c.logID, DeliveryID: delivery.ID})
	return delivery
}

// send sends the request of a callback, and sets the header and the response of
// its delivery.
func (d *deliveries) send(ctx context.Context, c pendingCallback, delivery *Delivery) error {
	request, err := c.request(ctx)
	if err != nil {
		return err
	}
	if c.effect.Drop {
		return ErrDeliveryDropped
	}
	delivery.Header = request.Header.Clone()
	response, err := d.do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	delivery.StatusCode = response.StatusCode
	delivery.ResponseBody, err = io.ReadAll(io.LimitReader(response.Body, maxReceiverBody))
	return err
}

// do sends a request. It returns when the request's context ends, even if the
// transport does not: that may be a function of the user that calls Close.
func (d *deliveries) do(request *http.Request) (*http.Response, error) {
	type result struct {
		response *http.Response
		err      error
	}
	results := make(chan result)
	go func() {
		r := result{err: errTransportExited}
		defer func() {
			select {
			case results <- r:
			case <-request.Context().Done():
				if r.err == nil {
					r.response.Body.Close()
				}
			}
		}()
		r.response, r.err = d.client.Do(request) //nolint:bodyclose // send closes it, or the function above
	}()
	select {
	case r := <-results:
		return r.response, r.err
	case <-request.Context().Done():
		return nil, &url.Error{Op: "Post", URL: request.URL.String(), Err: request.Context().Err()}
	}
}

// errTransportExited is the error of a delivery whose transport ended its goroutine,
// as the FailNow of a test does.
var errTransportExited = errors.New("sandbox: the transport of the callback exited")

func (c *pendingCallback) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", django.JSONType)
	switch secret := c.secret; {
	case secret != "" && c.effect.WrongSignature:
		err = sign(request, c.body, "not "+secret)
	case secret != "":
		err = sign(request, c.body, secret)
	case c.repeated != nil && c.repeated.Header != nil:
		request.Header = c.repeated.Header.Clone()
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

// maxHeldBack is the maximum time for which a reordered callback waits for the
// next one.
const maxHeldBack = time.Minute

// The ranks of entries at the same time: runs that finish let others start.
const (
	rankFinish = iota
	rankDelivery
	rankStart
)

// schedule applies the faults to a callback that is due at a time. It returns the
// callbacks to post now, and schedules those to post later.
func (d *deliveries) schedule(c pendingCallback, at time.Time) []pendingCallback {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := d.faults.next(at, c.agentID)
	c.effect, c.faultID = fault.Effect, fault.ID
	copies := []pendingCallback{c}
	if c.effect.Duplicate {
		copies = append(copies, c)
	}
	switch {
	case c.effect.Reorder:
		d.holdBack(copies, at)
		return nil
	case c.effect.Delay > 0:
		d.postAt(at.Add(c.effect.Delay), c.logID, func() []pendingCallback { return copies })
		return nil
	}
	now := slices.Concat(copies, d.heldBack)
	d.heldBack = nil
	return now
}

// holdBack holds the copies of a callback back until another one is posted, or for
// maxHeldBack. The caller holds the lock.
func (d *deliveries) holdBack(copies []pendingCallback, at time.Time) {
	d.heldBack = append(d.heldBack, copies...)
	logID := copies[0].logID
	d.postAt(at.Add(maxHeldBack), logID, func() []pendingCallback {
		d.mu.Lock()
		defer d.mu.Unlock()
		isCopy := func(c pendingCallback) bool { return c.logID == logID }
		if !slices.ContainsFunc(d.heldBack, isCopy) {
			return nil
		}
		d.heldBack = slices.DeleteFunc(d.heldBack, isCopy)
		return copies
	})
}

// postAt posts at a time the callbacks that take returns then.
func (d *deliveries) postAt(at time.Time, logID int64, take func() []pendingCallback) {
	d.timeline.Add(&timeline.Entry{At: at, Rank: rankDelivery, ID: logID, Run: func(ctx context.Context) {
		for _, c := range take() {
			d.post(ctx, c)
		}
	}})
}
