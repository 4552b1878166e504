package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// transport is the one road that every request takes: build, sign in, send,
// retry, cap, decode. Nothing else in the SDK sends to the API.
type transport struct {
	base          *url.URL
	httpClient    *http.Client
	userAgent     string
	authorization func() string // closures, so that printing a Client prints no key
	apiKey        func() string
	middleware    []Middleware
	logger        *slog.Logger
	gate          gate
	buffers       bufferPool
}

func newTransport(s *settings) *transport {
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
		logger:        s.logger,
	}
}

// newRoundTripper is net/http's default transport, but with as many idle
// connections to the one host as there may be concurrent calls. A program that
// has put something else in the default's place gets that.
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

// call is one call on its way.
type call struct {
	*transport
	request  *request
	settings *callSettings
	url      url.URL
	body     []byte
	answer   limitedReader // in here, so as not to be allocated by itself
}

// do sends what build makes, and decodes the answer into a T.
func do[T any](ctx context.Context, c *Client, opts []CallOption, build func(org, userID string) (*request, error)) (*T, error) {
	out := new(T)
	if err := c.send(ctx, opts, build, out); err != nil {
		return nil, err
	}
	return out, nil
}

// send sends what build makes, and decodes the answer into out, which is nil
// for operations that answer with nothing.
func (c *Client) send(ctx context.Context, opts []CallOption, build func(org, userID string) (*request, error), out any) error {
	if ctx == nil {
		return &ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	s, err := c.settingsFor(opts)
	if err != nil {
		return err
	}
	r, err := build(s.org, s.userID)
	if err != nil {
		return err
	}
	if body, ok := r.body.(scheduled); ok && !s.allowUnrunnable {
		if err := checkSchedule(body.crontab()); err != nil {
			return err
		}
	}
	if err := r.setQuery(s.query); err != nil {
		return err
	}
	call := &call{transport: c.transport, request: r, settings: s}
	if call.url, err = r.url(c.transport.base); err != nil {
		return err
	}
	if call.body, err = r.encodeBody(s.fields); err != nil {
		return err
	}
	return call.run(context.WithValue(ctx, operationKey{}, &r.Operation), out)
}

// run sends the request until it is answered, and again as long as that is safe
// and may help.
func (c *call) run(ctx context.Context, out any) error {
	maybeHandled := false
	for attempt := 1; ; attempt++ {
		if err := c.pass(ctx, attempt); err != nil {
			return err
		}
		sent, failure := c.attempt(ctx, attempt, out)
		if failure == nil {
			return nil
		}
		if ctx.Err() != nil {
			return failure
		}
		if maybeHandled && c.isGone(failure) {
			return nil
		}
		outcome := judge(failure, sent)
		maybeHandled = maybeHandled || outcome.handled
		wait := c.settings.retry.delay(attempt, failure)
		if errors.Is(failure, ErrRateLimited) {
			c.gate.close(wait)
		}
		again := outcome.retryable && attempt < c.settings.retry.MaxAttempts &&
			(!outcome.handled || isIdempotent(c.request.Method)) && fitsDeadline(ctx, wait)
		if !again {
			return failure
		}
		c.logRetry(ctx, attempt, failure, wait)
		if err := sleep(ctx, wait); err != nil {
			return &TransportError{Operation: c.request.Operation, Attempts: attempt, Err: fmt.Errorf("%w, while waiting to send it again after: %w", err, failure)}
		}
	}
}

// pass waits until no limit of the service holds calls back any more.
func (c *call) pass(ctx context.Context, attempt int) error {
	refuse := func(err error) error {
		return &TransportError{Operation: c.request.Operation, Attempts: attempt - 1, Err: err}
	}
	if ctx.Err() != nil {
		return refuse(contextError(ctx))
	}
	for wait := c.gate.remaining(); wait > 0; wait = c.gate.remaining() {
		if !fitsDeadline(ctx, wait) {
			return refuse(fmt.Errorf("%w, and the wait of %s would pass the context's deadline: %w", ErrRateLimited, wait, context.DeadlineExceeded))
		}
		if err := sleep(ctx, wait); err != nil {
			return refuse(fmt.Errorf("%w, while the service's limit held the call back: %w", err, ErrRateLimited))
		}
	}
	return nil
}

// isGone reports whether what a DELETE asked for is so: an earlier attempt
// whose answer was lost has done it.
func (c *call) isGone(failure error) bool {
	return c.request.Method == http.MethodDelete && errors.Is(failure, ErrNotFound)
}

// attempt sends the request once and reads the answer. It tells whether the
// request may have left the machine, and what failed.
func (c *call) attempt(ctx context.Context, number int, out any) (sent bool, failure error) {
	begin := time.Now()
	attemptCtx, cancel := context.WithDeadline(ctx, begin.Add(c.settings.timeout))
	defer cancel()

	sent = true
	if c.request.Method != http.MethodGet {
		attemptCtx = httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
			GetConn: func(string) { sent = false },
			GotConn: func(httptrace.GotConnInfo) { sent = true },
		})
	}
	response, err := c.exchange(c.newHTTPRequest(attemptCtx))
	status := 0
	if err == nil {
		status = response.StatusCode
		err = c.read(response, number, out)
		_ = response.Body.Close() // what was needed of it has been read
	}
	if err != nil {
		failure = c.explain(ctx, attemptCtx, number, err)
	}
	c.logAttempt(ctx, number, status, begin, failure)
	return sent, failure
}

// explain makes what went wrong on the wire a TransportError that says whose
// time ran out.
func (c *call) explain(ctx, attemptCtx context.Context, number int, err error) error {
	switch err.(type) { //nolint:errorlint // they are made here, unwrapped
	case *Error, *DecodeError:
		return err
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address and its query
	}
	switch {
	case ctx.Err() != nil:
		err = contextError(ctx)
	case attemptCtx.Err() != nil:
		err = &attemptTimeoutError{timeout: c.settings.timeout, cause: context.DeadlineExceeded}
	}
	return &TransportError{Operation: c.request.Operation, Attempts: number, Err: err}
}

// read takes the answer as what it is.
func (c *call) read(response *http.Response, attempt int, out any) error {
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.newError(response, attempt)
	}
	return c.decode(response, attempt, out)
}

// newHTTPRequest is one attempt's request, not signed in yet.
func (c *call) newHTTPRequest(ctx context.Context) *http.Request {
	values := []string{"application/json", c.userAgent}
	header := http.Header{"Accept": values[0:1:1], "User-Agent": values[1:2:2]}
	address := &c.url
	if len(c.middleware) > 0 { // which may change it, for this attempt
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
