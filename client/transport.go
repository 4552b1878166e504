package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// transport sends every request of a client: it encodes, authorizes, sends,
// retries, limits and decodes. Nothing else in the SDK sends to the API.
type transport struct {
	base       *url.URL
	httpClient *http.Client
	authorizer *authorizer   // the HTTP client's RoundTripper
	timeout    time.Duration // of the program's HTTP client, or 0
	apiKey     func() string // a closure, so that printing a Client prints no key
	middleware []Middleware
	observers  []func(context.Context, Attempt)
	gate       gate
	buffers    bufferPool
	timedOut   atomic.Pointer[func()] // to call, if no attempt has had a response since one timed out
}

func newTransport(s *clientSettings) *transport {
	httpClient := *s.httpClient
	httpClient.Timeout = 0 // an attempt has it; see attemptTimeout
	httpClient.CheckRedirect = redirectPolicy(s.httpClient.CheckRedirect)
	apiKey, authorization := s.apiKey, strings.TrimSpace(s.authScheme+" "+s.apiKey)
	authorizer := &authorizer{
		next:          s.httpClient.Transport,
		base:          s.base,
		userAgent:     s.userAgent,
		authorization: func() string { return authorization },
	}
	if authorizer.next == nil {
		authorizer.next = newRoundTripper()
	}
	httpClient.Transport = authorizer
	return &transport{
		base:       s.base,
		httpClient: &httpClient,
		authorizer: authorizer,
		timeout:    s.httpClient.Timeout,
		apiKey:     func() string { return apiKey },
		middleware: s.middleware,
		observers:  s.observers,
	}
}

// call is a call in flight.
type call struct {
	*transport
	request  *request
	settings *callSettings
	url      url.URL
	body     []byte
	// These two are not allocated by themselves: the row of the small call in
	// internal/benchmark needs that.
	received  limitedReader
	operation operationContext

	cancelAttempt context.CancelFunc
	sending       *sending // of the attempt, or nil for a method that only reads
	cutOff        bool     // whether the body of the last error response is incomplete

	// outcome is that of the attempts so far.
	outcome Outcome
	// status and header are those of the last response.
	status int
	header http.Header
}

// buildFunc makes the request of an operation.
type buildFunc func(org, userID string) (*request, error)

// do calls an operation and decodes the response into a T.
func do[T any](ctx context.Context, c *Client, opts []CallOption, build buildFunc) (*T, error) {
	s, err := settingsFor(c, opts, CallOption.applyToCall)
	if err != nil {
		return nil, err
	}
	return receive[T](ctx, c, s, build)
}

// receive sends a request and decodes the response into a T.
func receive[T any](ctx context.Context, c *Client, s *callSettings, build buildFunc) (*T, error) {
	out := new(T)
	if _, err := c.send(ctx, s, build, out); err != nil {
		return nil, err
	}
	return out, nil
}

// discard calls an operation whose response has no content.
func (c *Client) discard(ctx context.Context, opts []CallOption, build buildFunc) error {
	s, err := settingsFor(c, opts, CallOption.applyToCall)
	if err != nil {
		return err
	}
	_, err = c.send(ctx, s, build, noContent{})
	return err
}

// send sends the request that build makes and decodes the response into out,
// which is noContent for operations whose response has no content.
func (c *Client) send(ctx context.Context, s *callSettings, build buildFunc, out any) (*call, error) {
	if ctx == nil {
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	r, err := build(s.org, s.userID)
	if err != nil {
		return nil, err
	}
	if err := r.setQuery(s.query); err != nil {
		return nil, err
	}
	call := &call{transport: c.transport, request: r, settings: s}
	if call.url, err = r.url(c.transport.base); err != nil {
		return nil, err
	}
	if call.body, err = r.encodeBody(s.fields); err != nil {
		return nil, err
	}
	call.operation = operationContext{ctx, &r.Operation}
	err = call.run(&call.operation, out) //nolint:contextcheck // it wraps ctx
	return call, err
}

// run sends the request, and retries while a retry is safe and may succeed.
func (c *call) run(ctx context.Context, out any) error {
	var failed Attempt
	for number := 1; ; number++ {
		if err := c.waitBefore(ctx, failed); err != nil {
			return c.interrupted(number-1, err, failed.Err)
		}
		attempt := c.attempt(ctx, number, out)
		gone := c.isGone(attempt.Err)
		if attempt.Err != nil && !gone {
			attempt.RetryIn = c.retryIn(ctx, attempt)
		}
		for _, observe := range c.observers {
			observe(ctx, attempt)
		}
		switch {
		case gone:
			return nil
		case attempt.RetryIn == 0:
			return attempt.Err
		}
		failed = attempt
	}
}

// waitBefore waits before an attempt: for the backoff after a failed one, and
// while the service limits the rate of requests.
func (c *call) waitBefore(ctx context.Context, failed Attempt) error {
	if !errors.Is(failed.Err, ErrRateLimited) {
		if err := sleep(ctx, failed.RetryIn); err != nil {
			return err
		}
		failed.RetryIn = 0
	}
	err := c.waitForTurn(ctx, failed.RetryIn)
	if timedOut := c.timedOut.Load(); timedOut != nil {
		(*timedOut)() // once more: net/http may only now have cleaned up
	}
	return err
}

// interrupted returns the error of a call that ended before its first attempt, or
// between two attempts: failure is the error of the earlier one.
func (c *call) interrupted(attempts int, err, failure error) error {
	outcome := OutcomeNotSent
	if failure != nil {
		outcome = c.outcome
		err = fmt.Errorf("%w, while waiting to retry after: %w", err, failure)
	}
	interrupted := &TransportError{Operation: c.request.Operation, Attempts: attempts, Err: err}
	c.setOutcome(interrupted, outcome)
	return interrupted
}

// retryIn returns how long to wait before the next attempt, or 0 if there is to
// be none. If the service limits the rate of requests, all calls have to wait.
func (c *call) retryIn(ctx context.Context, failed Attempt) time.Duration {
	outcome, retryable := classify(failed.Err, c.sending.maybeSent())
	c.outcome = c.outcome.and(outcome)
	c.setOutcome(failed.Err, c.outcome)
	if response, ok := errors.AsType[*Error](failed.Err); ok && errors.Is(response, ErrRateLimited) {
		c.gate.close(response.RetryAfter)
	}
	wait := c.settings.retry.delay(failed.Number, failed.Err)
	if ctx.Err() == nil && retryable && failed.Number < c.settings.retry.MaxAttempts &&
		(outcome != OutcomeMaybeDone || c.isIdempotent()) && fitsDeadline(ctx, wait) {
		return wait
	}
	return 0
}

// isGone reports whether a DELETE that failed has done its work all the same:
// the service finds nothing, after an attempt that may have arrived.
func (c *call) isGone(failure error) bool {
	arrived := c.outcome == OutcomeRefused || c.outcome == OutcomeMaybeDone
	return arrived && c.request.Method == http.MethodDelete && errors.Is(failure, ErrNotFound)
}

// isIdempotent reports whether handling the request twice has the same effect as
// handling it once.
func (c *call) isIdempotent() bool {
	return isIdempotent(c.request.Method) || c.settings.idempotent
}

// attempt sends the request once and reads the response.
func (c *call) attempt(ctx context.Context, number int, out any) Attempt {
	begin := time.Now()
	attemptCtx, cancel := context.WithDeadline(ctx, begin.Add(c.attemptTimeout()))
	defer cancel()
	c.cancelAttempt = cancel
	used := currentTransport(c.authorizer.next)

	attempt := Attempt{Operation: c.request.Operation, Number: number}
	response, err := c.exchange(c.newHTTPRequest(attemptCtx))
	if err == nil {
		if c.timedOut.Load() != nil { // stored only if needed: calls share it
			c.timedOut.Store(nil)
		}
		attempt.StatusCode = response.StatusCode
		err = c.read(response, number, out)
		_ = response.Body.Close() // everything needed has been read
	}
	if err != nil {
		if ctx.Err() == nil && errors.Is(attemptCtx.Err(), context.DeadlineExceeded) {
			drop := func() { dropConnections(c.authorizer, used) }
			drop()
			c.timedOut.Store(&drop)
		}
		attempt.Err = c.attemptError(ctx, attemptCtx, number, err)
	}
	attempt.Duration = time.Since(begin)
	return attempt
}

// attemptTimeout returns the timeout of an attempt.
func (c *call) attemptTimeout() time.Duration {
	if c.timeout > 0 {
		return min(c.timeout, c.settings.attemptTimeout)
	}
	return c.settings.attemptTimeout
}

// attemptTimeoutError returns the error of an attempt that took too long.
func (c *call) attemptTimeoutError() error {
	e := &attemptTimeoutError{timeout: c.attemptTimeout(), option: "WithAttemptTimeout"}
	if e.timeout < c.settings.attemptTimeout {
		e.option = "Timeout of the http.Client"
	}
	return e
}

// attemptError returns the error of a failed attempt. It says if the context or
// the attempt's timeout ended it.
func (c *call) attemptError(ctx, attemptCtx context.Context, number int, err error) error {
	switch err.(type) { //nolint:errorlint // this package returns them unwrapped
	case *Error:
		if !c.cutOff || ctx.Err() == nil {
			return err
		}
		err = fmt.Errorf("%w while reading the response: %w", contextError(ctx), err)
	case *DecodeError:
		return err
	default:
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // without the URL and its query
		}
		switch {
		case ctx.Err() != nil:
			err = contextError(ctx)
		case attemptCtx.Err() != nil:
			err = c.attemptTimeoutError()
		default:
			err = c.redactor().error(err)
		}
	}
	return &TransportError{Operation: c.request.Operation, Attempts: number, Err: err}
}

// read decodes a response, or returns it as an error.
func (c *call) read(response *http.Response, attempt int, out any) error {
	c.status, c.header = response.StatusCode, response.Header
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.newError(response, attempt)
	}
	err := c.decode(response, attempt, out)
	if err != nil && isCutOff(response, err) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// isCutOff reports whether the connection may have been lost in the middle of a
// body: nothing but its close says where the body ends, and the JSON is not
// complete.
func isCutOff(response *http.Response, err error) bool {
	endsWithConnection := response.ProtoMajor == 1 && response.ContentLength < 0 &&
		len(response.TransferEncoding) == 0 && !response.Uncompressed
	_, ok := errors.AsType[*DecodeError](err)
	return ok && endsWithConnection && errors.Is(err, io.ErrUnexpectedEOF)
}

// newHTTPRequest returns the request of one attempt, without the headers that the
// authorizer adds. Middleware sees all but the key.
func (c *call) newHTTPRequest(ctx context.Context) *http.Request {
	if !isReadOnly(c.request.Method) {
		c.sending = new(sending)
		ctx = c.sending.trace(ctx)
	}
	header := http.Header{}
	address := &c.url
	if len(c.middleware) > 0 {
		c.authorizer.setDefaults(header)
		address = new(c.url) // middleware may change it, for this attempt
	}
	request := (&http.Request{
		Method:     c.request.Method,
		URL:        address,
		Host:       c.url.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     header,
	}).WithContext(ctx)
	if c.body != nil {
		sending := c.sending
		body := func() io.ReadCloser { return sending.body(newBody(c.body)) }
		header["Content-Type"] = []string{"application/json"}
		request.ContentLength = int64(len(c.body))
		request.GetBody = func() (io.ReadCloser, error) { return body(), nil }
		request.Body = body()
	}
	for name, values := range c.settings.header {
		header[name] = slices.Clone(values)
	}
	return request
}
