package doctor

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
)

// A probe is a request without the key, and a record of its steps. The key is
// sent only to a server that responds to a probe as the service does.
type probe struct {
	proxy *url.URL // nil for none

	mu        sync.Mutex // the trace is called by several goroutines
	lookup    step
	addresses []string
	dial      step
	handshake step
	peer      net.Addr // nil before the connection

	sent, received time.Time
	clock          time.Time // of this machine when the response was received
	response       *client.Response
	tls            *tls.ConnectionState
	err            error
}

// A step is a part of a request.
type step struct{ begin, end time.Time }

func (s step) took() time.Duration { return s.end.Sub(s.begin) }
func (s step) done() bool          { return !s.end.IsZero() }

// probe sends a request without the key. It follows no redirects.
func (e *examination) probe(ctx context.Context, address string) *probe {
	p := &probe{}
	ctx = httptrace.WithClientTrace(ctx, p.trace())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		p.err = err
		return p
	}
	request.Header.Set("Accept", "application/json")
	p.proxy = e.proxyFor(request)
	httpClient := *e.HTTPClient
	httpClient.Timeout = e.Timeout
	httpClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	p.sent = time.Now()
	response, err := httpClient.Do(request)
	if err != nil {
		p.err = err
		return p
	}
	defer response.Body.Close()
	p.received, p.clock = time.Now(), e.Now()
	const limit = 1 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, limit))
	p.tls = response.TLS
	p.response = &client.Response{StatusCode: response.StatusCode, Header: response.Header, Body: redact(body, e.APIKey)}
	p.err = err
	return p
}

// proxyFor returns the proxy of a request, or nil.
func (e *examination) proxyFor(request *http.Request) *url.URL {
	find := http.ProxyFromEnvironment
	switch transport := e.HTTPClient.Transport.(type) {
	case nil:
	case *http.Transport:
		find = transport.Proxy
	default:
		return nil
	}
	if find == nil {
		return nil
	}
	proxy, err := find(request)
	if err != nil {
		return nil // the request fails with the same error
	}
	return proxy
}

func (p *probe) trace() *httptrace.ClientTrace {
	locked := func(f func()) {
		p.mu.Lock()
		defer p.mu.Unlock()
		f()
	}
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { locked(func() { p.lookup.begin = time.Now() }) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			locked(func() {
				if info.Err != nil {
					return
				}
				p.lookup.end = time.Now()
				for _, address := range info.Addrs {
					p.addresses = append(p.addresses, address.String())
				}
			})
		},
		ConnectStart: func(string, string) {
			locked(func() {
				if p.dial.begin.IsZero() { // several addresses may be tried
					p.dial.begin = time.Now()
				}
			})
		},
		ConnectDone: func(_, _ string, err error) {
			locked(func() {
				if err == nil && !p.dial.done() {
					p.dial.end = time.Now()
				}
			})
		},
		TLSHandshakeStart: func() { locked(func() { p.handshake.begin = time.Now() }) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			locked(func() {
				if err == nil {
					p.handshake.end = time.Now()
				}
			})
		},
		GotConn: func(info httptrace.GotConnInfo) { locked(func() { p.peer = info.Conn.RemoteAddr() }) },
	}
}
