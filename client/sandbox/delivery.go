package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

const (
	// deliveryTimeout is how long a receiver may take.
	deliveryTimeout = 10 * time.Second
	// maxDeliveryAnswer is how much of a receiver's answer is kept, in bytes.
	maxDeliveryAnswer = 64 << 10
)

// A Delivery is one POST of a callback, and what came of it.
type Delivery struct {
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
	Err error
	// StartedAt and FinishedAt are times on the sandbox's clock.
	StartedAt, FinishedAt time.Time
}

// Deliveries returns the callbacks that were posted, in the order in which they
// ended.
func (s *Sandbox) Deliveries() []Delivery {
	s.deliveries.mu.Lock()
	defer s.deliveries.mu.Unlock()
	return slices.Clone(s.deliveries.all)
}

// deliveries posts callbacks and keeps what came of it.
type deliveries struct {
	client    *http.Client
	transport *http.Transport // nil if the caller's own client is used
	stopped   context.Context //nolint:containedctx // ends all deliveries at once
	stop      context.CancelFunc

	mu      sync.Mutex // guards what follows
	closed  bool
	running sync.WaitGroup
	all     []Delivery
}

func (d *deliveries) init(c *http.Client) {
	d.stopped, d.stop = context.WithCancel(context.Background())
	if c == nil {
		d.transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
		c = &http.Client{Transport: d.transport}
	}
	copied := *c
	copied.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if copied.Timeout == 0 {
		copied.Timeout = deliveryTimeout
	}
	d.client = &copied
}

// begin starts a run: its context ends with close, which waits for end.
func (d *deliveries) begin(ctx context.Context) (_ context.Context, end func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, ErrClosed
	}
	d.running.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	canceled := make(chan struct{})
	unregister := context.AfterFunc(d.stopped, func() {
		defer close(canceled)
		cancel()
	})
	return ctx, func() {
		if !unregister() {
			<-canceled
		}
		cancel()
		d.running.Done()
	}, nil
}

func (d *deliveries) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.stop()
	d.running.Wait()
	if d.transport != nil {
		d.transport.CloseIdleConnections()
	}
}

// post delivers an event, and keeps what came of it.
func (d *deliveries) post(ctx context.Context, now func() time.Time, e event) *Delivery {
	delivery := &Delivery{URL: e.url, Body: e.payload(), StartedAt: now()}
	delivery.Err = d.send(ctx, e.secret, delivery)
	delivery.FinishedAt = now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, *delivery)
	return delivery
}

func (d *deliveries) send(ctx context.Context, secret string, delivery *Delivery) error {
	request, err := newCallback(ctx, delivery.URL, delivery.Body, secret)
	if err != nil {
		return err
	}
	delivery.Header = request.Header.Clone()
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	delivery.StatusCode = response.StatusCode
	delivery.ResponseBody, err = io.ReadAll(io.LimitReader(response.Body, maxDeliveryAnswer))
	return err
}

func newCallback(ctx context.Context, url string, body []byte, secret string) (*http.Request, error) {
	if secret != "" {
		return callback.NewRequest(ctx, url, body, callback.Secret(secret))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err == nil {
		request.Header.Set("Content-Type", jsonType)
	}
	return request, err
}
