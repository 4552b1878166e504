package callback

import (
	"context"
	"net/http"
	"time"
)

// retryAfter, in seconds, is sent with a 503.
const retryAfter = "10"

type handler struct {
	verifier    *Verifier
	handle      func(context.Context, *Event) error
	maxBody     int64
	readTimeout time.Duration // 0: the server's
	maxAge      time.Duration // 0: any age
	now         func() time.Time
	store       Store                          // nil: no deduplication
	observe     func(context.Context, Outcome) // nil: nobody
}

// Handler returns a handler that receives callbacks: it calls handle with each
// event whose signature is right, and with no other. It works under every
// router that takes an [http.Handler], and behind middleware that buffers the
// body as long as it leaves the bytes as they were sent.
//
// Handle gets the request's context, which ends when the sender hangs up: what
// takes longer than the platform waits belongs into a queue. It is called
// concurrently, and may keep the event. If it panics, so does ServeHTTP: what
// is answered then is up to the server.
//
// These are the answers, each with a fixed text that shows nothing of the
// reason. [WithObserver] is told the reason.
//
//	204  handle has returned nil; or a duplicate (see WithDeduplication)
//	400  not a JSON object, a body that broke off, or one refused by WithMaxAge
//	401  signature absent, malformed, there twice, or wrong
//	405  not a POST
//	408  body slower than the read timeout
//	413  body above the limit of WithMaxBody
//	500  handle has returned an error: the sender may try again
//	503  the event is being handled, or the store failed: the same
//
// The signature is checked before the body is parsed. The Content-Type is not
// checked at all: it isn't signed, so it could only turn away what is genuine.
//
// Handler panics if v or handle is nil, as [http.Handle] does: that is a
// mistake of the program, and shows when it starts.
func Handler(v *Verifier, handle func(context.Context, *Event) error, opts ...Option) http.Handler {
	mustBe(v.usable(), "Handler: nil Verifier: make one with NewVerifier")
	mustBe(handle != nil, "Handler: nil function")
	h := &handler{verifier: v, handle: handle, maxBody: defaultMaxBody, now: time.Now}
	for _, opt := range opts {
		opt(h)
	}
	return h
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	outcome := Outcome{Err: ErrPanicked} // until receive returns
	if h.observe != nil {
		start := time.Now()
		defer func() { //nolint:contextcheck // it is the request's
			outcome.Duration = time.Since(start)
			h.observe(r.Context(), outcome)
		}()
	}
	status, err := h.receive(w, r, &outcome)
	outcome.StatusCode, outcome.Err = status, err
	answer(w, status)
}

// receive takes a request through all checks to the function, and returns the
// status to answer with.
func (h *handler) receive(w http.ResponseWriter, r *http.Request, outcome *Outcome) (status int, err error) {
	h.setReadDeadline(w)
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, ErrMethodNotAllowed
	}
	// The header first: without a signature the body isn't worth reading.
	sum, err := signature(r.Header)
	if err != nil {
		return http.StatusUnauthorized, err
	}
	body, status, err := h.readBody(w, r)
	outcome.BodyBytes = len(body)
	if err != nil {
		return status, err
	}
	// If middleware has buffered the body, the server already reads on to notice
	// when the sender leaves: at a deadline it would cancel the context.
	h.clearReadDeadline(w)
	if err := h.verifier.verifySum(body, sum); err != nil {
		return http.StatusUnauthorized, err
	}
	event, err := parseOwned(body)
	if err != nil {
		return http.StatusBadRequest, err
	}
	outcome.LogID, outcome.Status = event.LogID, event.Status
	if err := h.checkAge(event.Timestamp); err != nil {
		return http.StatusBadRequest, err
	}
	return h.once(r.Context(), event)
}

func (h *handler) checkAge(timestamp time.Time) error {
	if h.maxAge == 0 {
		return nil
	}
	if timestamp.IsZero() {
		return ErrNoTimestamp
	}
	switch age := h.now().Sub(timestamp); {
	case age > h.maxAge:
		return ErrTooOld
	case age < -maxSkew:
		return ErrInFuture
	}
	return nil
}

func answer(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusNoContent:
		w.WriteHeader(status)
		return
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	}
	http.Error(w, http.StatusText(status), status)
}
