package callback

import (
	"context"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/internal/handling"
)

// retryAfter, in seconds, is sent with a 503.
const retryAfter = "10"

// A Handler is an [http.Handler] that receives callbacks. It calls a function
// with each event whose signature is right, and with no other.
//
// It works with every router that takes an [http.Handler], and behind
// middleware that buffers the body, provided that the bytes stay as they were
// sent. A handler is safe for concurrent use, and shows no secret however it is
// printed. The zero Handler responds to every request with 500 and logs
// [ErrNoSecret].
//
// These are the responses. Their bodies are fixed texts that don't show the
// reason; the [Outcome] has it.
//
//	204  the function has returned nil, or the event is a duplicate
//	400  the body is incomplete or not a JSON object, or WithMaxAge refuses it
//	401  the signature is missing, malformed, repeated or wrong
//	405  the method is not POST
//	408  the body was slower than the read timeout
//	413  the body exceeds the limit of WithMaxBody
//	500  the function has returned an error or panicked; the sender may retry
//	503  the event is in progress, the store failed, or bodies exceed
//	     WithMaxUnverified; the sender may retry
//
// The signature is verified before the body is parsed. The Content-Type isn't
// checked: it isn't signed, so a check could only refuse genuine callbacks.
type Handler struct {
	// A func hides the secrets and what a store holds from printers.
	serve http.HandlerFunc
}

// NewHandler returns a handler that calls handle with the events that the
// verifier accepts. Without [WithLogger] and [WithObserver] it logs to
// [slog.Default]. If an argument is nil, the verifier is the zero Verifier, or
// an option is invalid, it returns an [*api.ArgumentError].
//
// Handle is called concurrently and may keep the event. Its context is that of
// the request, which ends when the sender hangs up: put work that takes longer
// than the platform waits into a queue. If handle returns an error or panics, the
// response is 500.
func NewHandler(verifier *Verifier, handle func(context.Context, *Event) error, opts ...Option) (*Handler, error) {
	if !verifier.usable() {
		return nil, &api.ArgumentError{Argument: "verifier", Reason: "is nil or zero; make one with NewVerifier"}
	}
	if handle == nil {
		return nil, &api.ArgumentError{Argument: "handle", Reason: "is nil"}
	}
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	c := &receiver{settings: s, verifier: verifier, handle: handle, handling: newHandling(s.store)}
	c.unverified.free.Store(s.maxUnverified)
	return &Handler{c.serve}, nil
}

// ServeHTTP receives a callback.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h == nil || h.serve == nil {
		respond(w, http.StatusInternalServerError)
		logToDefault(r.Context(), Outcome{StatusCode: http.StatusInternalServerError, Err: ErrNoSecret})
		return
	}
	h.serve(w, r)
}

// A receiver is the inside of a [Handler].
type receiver struct {
	settings
	verifier   *Verifier
	handle     func(context.Context, *Event) error
	handling   *handling.Handler
	unverified budget
}

func (c *receiver) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	outcome := Outcome{Err: ErrPanicked} // until receive returns
	defer func() {                       //nolint:contextcheck // it is the request's
		outcome.Duration = time.Since(start)
		for _, report := range c.reports {
			callReport(r.Context(), report, outcome)
		}
	}()
	outcome.StatusCode, outcome.Err = c.receive(w, r, &outcome)
	respond(w, outcome.StatusCode)
}

// receive verifies and parses a request, calls the function, and returns the
// status of the response.
func (c *receiver) receive(w http.ResponseWriter, r *http.Request, outcome *Outcome) (status int, err error) {
	timeout := c.bodyTimeout(r)
	setReadDeadline(w, timeout)
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, ErrMethodNotAllowed
	}
	// The header first: without a signature the body isn't worth reading.
	sum, err := signature(r.Header)
	if err != nil {
		return http.StatusUnauthorized, err
	}
	buffer := buffer{budget: &c.unverified}
	defer buffer.release()
	body, status, err := c.readBody(w, r, &buffer)
	outcome.BodyBytes = len(body)
	if err != nil {
		return status, err
	}
	// If middleware has buffered the body, the server already reads on to notice
	// when the sender leaves: at a deadline it would cancel the context.
	clearReadDeadline(w, timeout)
	if err := c.verifier.verifySum(body, sum); err != nil {
		return http.StatusUnauthorized, err
	}
	buffer.release()
	event, err := parseOwned(body)
	if err != nil {
		return http.StatusBadRequest, err
	}
	outcome.LogID, outcome.Status = event.LogID, event.Status
	if err := c.checkAge(event.Timestamp); err != nil {
		return http.StatusBadRequest, err
	}
	return c.handleOnce(r.Context(), event)
}

func (s *settings) checkAge(timestamp time.Time) error {
	if s.maxAge == 0 {
		return nil
	}
	if timestamp.IsZero() {
		return ErrNoTimestamp
	}
	switch age := s.now().Sub(timestamp); {
	case age > s.maxAge:
		return ErrTooOld
	case age < -maxSkew:
		return ErrInFuture
	}
	return nil
}

func respond(w http.ResponseWriter, status int) {
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
