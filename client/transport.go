package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// maxBody and maxErrorBody are how much of an answer is read, in bytes.
	maxBody      = 64 << 20
	maxErrorBody = 1 << 20
)

// transport is the one road that every request takes: build, sign in, send,
// cap, decode. Nothing else in the SDK sends to the API.
type transport struct {
	base          *url.URL
	httpClient    *http.Client
	userAgent     string
	authorization func() string // a closure, so that printing a Client prints no key
}

func newTransport(s *settings) *transport {
	httpClient := *s.httpClient
	if httpClient.Transport == nil {
		httpClient.Transport = newRoundTripper()
	}
	theirs := httpClient.CheckRedirect
	httpClient.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if err := checkRedirect(next, via); err != nil || theirs == nil {
			return err
		}
		return theirs(next, via)
	}
	authorization := strings.TrimSpace(s.authScheme + " " + s.apiKey)
	return &transport{
		base:          s.base,
		httpClient:    &httpClient,
		userAgent:     s.userAgent,
		authorization: func() string { return authorization },
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

// call sends what build makes, and decodes the answer into a T.
func call[T any](ctx context.Context, c *Client, opts []CallOption, build func(org, userID string) (*request, error)) (*T, error) {
	out := new(T)
	if err := c.send(ctx, opts, build, out); err != nil {
		return nil, err
	}
	return out, nil
}

// send sends what build makes, and decodes the answer into out; nil is for
// operations that answer with nothing.
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
	return c.transport.roundTrip(ctx, r, s, out)
}

func (t *transport) roundTrip(ctx context.Context, r *request, s *callSettings, out any) error {
	request, err := t.newHTTPRequest(ctx, r, s)
	if err != nil {
		return err
	}
	response, err := t.httpClient.Do(request)
	if err != nil {
		return &TransportError{Operation: r.Operation, Attempts: 1, Err: withoutURL(err)}
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return newError(r.Operation, response)
	}
	return decode(r.Operation, response, out)
}

// newHTTPRequest writes r as an HTTP request, signed in.
func (t *transport) newHTTPRequest(ctx context.Context, r *request, s *callSettings) (*http.Request, error) {
	body, err := r.encodeBody(s.fields)
	if err != nil {
		return nil, err
	}
	if err := r.setQuery(s.query); err != nil {
		return nil, err
	}
	u, err := r.url(t.base)
	if err != nil {
		return nil, err
	}
	request := (&http.Request{
		Method:     r.Method,
		URL:        u,
		Host:       u.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     make(http.Header, 4+len(s.header)),
	}).WithContext(ctx)
	request.Header["Accept"] = []string{"application/json"}
	request.Header["User-Agent"] = []string{t.userAgent}
	maps.Copy(request.Header, s.header)
	request.Header["Authorization"] = []string{t.authorization()}
	if body != nil {
		request.Header["Content-Type"] = []string{"application/json"}
		request.ContentLength = int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Body, _ = request.GetBody()
	}
	return request, nil
}

// newError reads an answer that is not a success.
func newError(operation Operation, response *http.Response) *Error {
	// What can't be read of an error's body is not worth losing its status for.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	message, fields := readErrorBody(body)
	return &Error{
		StatusCode: response.StatusCode,
		Operation:  operation,
		Message:    message,
		Fields:     fields,
		RetryAfter: retryAfter(response.Header, time.Now()),
		RequestID:  response.Header.Get("X-Request-Id"),
		Attempts:   1,
		Header:     response.Header,
		Body:       body,
	}
}

// withoutURL takes the address, with its query, off net/http's errors.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
