package client

import (
	"net/http"
	"sync/atomic"
	"time"
)

// connections is the RoundTripper of a client without one of its own: a copy of
// http.DefaultTransport for many calls to one host, which is replaced when its
// connections may be dead.
type connections struct {
	current atomic.Pointer[http.Transport]
}

// newRoundTripper returns the RoundTripper for a program that sets none. If the
// program has replaced http.DefaultTransport, it returns the replacement.
func newRoundTripper() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := standard.Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = 256
	t.MaxResponseHeaderBytes = 1 << 20
	// A dead HTTP/2 connection is closed before an attempt's default timeout.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}
	c := new(connections)
	c.current.Store(t)
	return c
}

func (c *connections) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.current.Load().RoundTrip(r)
}

func (c *connections) CloseIdleConnections() { c.current.Load().CloseIdleConnections() }

// replace has later requests use new connections instead of those of used.
// Requests in flight are not affected.
func (c *connections) replace(used *http.Transport) {
	if c.current.CompareAndSwap(used, used.Clone()) {
		used.CloseIdleConnections()
	}
}

// currentTransport returns the transport that the next attempt uses, or nil if
// the program has set a RoundTripper.
func currentTransport(roundTripper http.RoundTripper) *http.Transport {
	if own, ok := roundTripper.(*connections); ok {
		return own.current.Load()
	}
	return nil
}

// dropConnections is called if an attempt that used a transport has timed out,
// since its connection may be dead: without it, every attempt might use that
// connection, as HTTP/2 has one for all.
func dropConnections(a *authorizer, used *http.Transport) {
	if own, ok := a.next.(*connections); ok {
		own.replace(used)
	} else {
		a.CloseIdleConnections()
	}
}

// CloseIdleConnections closes the connections that no call uses. A program that
// makes many clients should call it for each that it no longer needs: idle
// connections stay open for 90 s. The client stays usable.
func (c *Client) CloseIdleConnections() {
	if c.transport != nil {
		c.transport.httpClient.CloseIdleConnections()
	}
}
