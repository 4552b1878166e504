package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// transport sends every request of a client: it encodes, authorizes, sends,
// retries, limits and decodes. Nothing else in the SDK sends to the API.
type transport struct {
	base          *url.URL
	httpClient    *http.Client
	userAgent     string
	authorization func() string // closures, so that printing a Client prints no key
	apiKey        func() string
	middleware    []Middleware
	observers     []func(context.Context, Attempt)
	gate          gate
	buffers       bufferPool
}

func newTransport(s *clientSettings) *transport {
	httpClient := *s.httpClient
	if httpClient.Transport == nil {
		httpClient.Transport = newRoundTripper()
	}
	httpClient.CheckRedirect = redirectPolicy(s.httpClient.CheckRedirect)
	apiKey, authorization := s.apiKey, strings.TrimSpace(s.authScheme+" "+s.apiKey)
	return &transport{
		base:          s.base,
		httpClient:    &httpClient,
		userAgent:     s.userAgent,
		authorization: func() string { return authorization },
		apiKey:        func() string { return apiKey },
		middleware:    s.middleware,
		observers:     s.observers,
	}
}

// newRoundTripper returns a copy of http.DefaultTransport that keeps many idle
// connections to one host. If the program has replaced the default, it returns
// the replacement.
func newRoundTripper() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := standard.Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = 256
	return t
}

// call is a call in flight.
type call struct {
	*transport
	request  *request
	settings *callSettings
	url      url.URL
	body     []byte
	received limitedReader // not allocated by itself

	// maybeHandled is whether the service may have handled one of the attempts.
	maybeHandled bool
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

// write calls an operation that writes a schedule, and decodes the response
// into a T.
func write[T any](ctx context.Context, c *Client, opts []WriteOption, build buildFunc) (*T, error) {
	s, err := settingsFor(c, opts, WriteOption.applyToWrite)
	if err != nil {
		return nil, err
	}
	return receive[T](ctx, c, s, build)
}

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
	_, err = c.send(ctx, s, build, nil)
	return err
}

// send sends the request that build makes and decodes the response into out,
// which is nil for operations whose response has no content.
func (c *Client) send(ctx context.Context, s *callSettings, build buildFunc, out any) (*call, error) {
	if ctx == nil {
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	r, err := build(s.org, s.userID)
	if err != nil {
		return nil, err
	}
	if body, ok := r.body.(scheduled); ok && !s.allowUnrunnable {
		if err := checkSchedule(body.crontab()); err != nil {
			return nil, err
		}
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
	err = call.run(context.WithValue(ctx, operationKey{}, &r.Operation), out)
	return call, err
}

// run sends the request, and retries while a retry is safe and may succeed.
func (c *call) run(ctx context.Context, out any) error {
	var failure error
	for number := 1; ; number++ {
		if err := c.waitForRateLimit(ctx); err != nil {
			return c.interrupted(number-1, err, failure)
		}
		attempt, sent := c.attempt(ctx, number, out)
		failure = attempt.Err
		gone := c.isGone(failure)
		if failure != nil && !gone {
			attempt.RetryIn = c.retryIn(ctx, attempt, sent)
		}
		for _, observe := range c.observers {
			observe(ctx, attempt)
		}
		switch {
		case gone:
			return nil
		case attempt.RetryIn == 0:
			return failure
		}
		if err := sleep(ctx, attempt.RetryIn); err != nil {
			return c.interrupted(number, err, failure)
		}
	}
}

// waitForRateLimit waits until the client's calls are no longer held back.
func (c *call) waitForRateLimit(ctx context.Context) error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	for wait := c.gate.remaining(); wait > 0; wait = c.gate.remaining() {
		if !fitsDeadline(ctx, wait) {
			return fmt.Errorf("%w, which is past the context's deadline", &HeldBackError{RetryIn: wait})
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("%w while %w", err, &HeldBackError{RetryIn: c.gate.remaining()})
		}
	}
	return nil
}

// interrupted returns the error of a call that ended before its first attempt, or
// between two attempts: failure is the error of the earlier one.
func (c *call) interrupted(attempts int, err, failure error) error {
	if failure != nil {
		err = fmt.Errorf("%w, while waiting to retry after: %w", err, failure)
	}
	return &TransportError{Operation: c.request.Operation, Attempts: attempts, Err: err}
}

// retryIn returns how long to wait before the next attempt, or 0 if there is to
// be none. If the service limits the rate of requests, all calls have to wait.
func (c *call) retryIn(ctx context.Context, failed Attempt, sent bool) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	outcome := classify(failed.Err, sent)
	c.maybeHandled = c.maybeHandled || outcome.handled
	wait := c.settings.retry.delay(failed.Number, failed.Err)
	if errors.Is(failed.Err, ErrRateLimited) {
		c.gate.close(wait)
	}
	if outcome.retryable && failed.Number < c.settings.retry.MaxAttempts &&
		(!outcome.handled || isIdempotent(c.request.Method)) && fitsDeadline(ctx, wait) {
		return wait
	}
	return 0
}

// isGone reports whether a DELETE that failed has done its work all the same:
// nothing is found, after an attempt that may have deleted it.
func (c *call) isGone(failure error) bool {
	return c.maybeHandled && c.request.Method == http.MethodDelete && errors.Is(failure, ErrNotFound)
}

// attempt sends the request once and reads the response. It also reports
// whether the request may have left the machine.
func (c *call) attempt(ctx context.Context, number int, out any) (attempt Attempt, sent bool) {
	begin := time.Now()
	attemptCtx, cancel := context.WithDeadline(ctx, begin.Add(c.settings.attemptTimeout))
	defer cancel()

	sent = true
	if c.request.Method != http.MethodGet {
		attemptCtx = httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
			GetConn: func(string) { sent = false },
			GotConn: func(httptrace.GotConnInfo) { sent = true },
		})
	}
	attempt = Attempt{Operation: c.request.Operation, Number: number}
	response, err := c.exchange(c.newHTTPRequest(attemptCtx))
	if err == nil {
		attempt.StatusCode = response.StatusCode
		err = c.read(response, number, out)
		_ = response.Body.Close() // everything needed has been read
	}
	if err != nil {
		attempt.Err = c.attemptError(ctx, attemptCtx, number, err)
	}
	attempt.Duration = time.Since(begin)
	return attempt, sent
}

// attemptError returns the error of a failed attempt. It says if the context or
// the attempt's timeout ended it.
func (c *call) attemptError(ctx, attemptCtx context.Context, number int, err error) error {
	switch err.(type) { //nolint:errorlint // this package returns them unwrapped
	case *Error, *DecodeError:
		return err
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL and its query
	}
	switch {
	case ctx.Err() != nil:
		err = contextError(ctx)
	case attemptCtx.Err() != nil:
		err = &attemptTimeoutError{timeout: c.settings.attemptTimeout}
	}
	return &TransportError{Operation: c.request.Operation, Attempts: number, Err: err}
}

// read decodes a response, or returns it as an error.
func (c *call) read(response *http.Response, attempt int, out any) error {
	c.status, c.header = response.StatusCode, response.Header
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.newError(response, attempt)
	}
	return c.decode(response, attempt, out)
}

// newHTTPRequest returns the request of one attempt, without the key.
func (c *call) newHTTPRequest(ctx context.Context) *http.Request {
	values := []string{"application/json", c.userAgent}
	header := http.Header{"Accept": values[0:1:1], "User-Agent": values[1:2:2]}
	address := &c.url
	if len(c.middleware) > 0 { // middleware may change it, for this attempt
		address = new(c.url)
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
		header["Content-Type"] = []string{"application/json"}
		request.ContentLength = int64(len(c.body))
		request.GetBody = func() (io.ReadCloser, error) { return newBody(c.body), nil }
		request.Body = newBody(c.body)
	}
	for name, values := range c.settings.header {
		header[name] = slices.Clone(values)
	}
	return request
}
