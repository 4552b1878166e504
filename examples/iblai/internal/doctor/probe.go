package main

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

// probe is a request without the key, and what was seen on its way. Who answers
// it as the service does may be sent the key.
type probe struct {
	proxy *url.URL // nil for none

	mu        sync.Mutex // the trace is told by several goroutines
	lookup    step
	addresses []string
	dial      step
	handshake step
	peer      net.Addr // nil before there is a connection

	sent, answered time.Time
	response       *client.Response
	tls            *tls.ConnectionState
	err            error
}

// step is a part of the way to an answer.
type step struct{ begin, end time.Time }

func (s step) took() time.Duration { return s.end.Sub(s.begin) }
func (s step) done() bool          { return !s.end.IsZero() }

// probe asks for address without the key, and follows no redirect.
func (d *doctor) probe(ctx context.Context, address string) *probe {
	p := &probe{}
	ctx = httptrace.WithClientTrace(ctx, p.trace())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		p.err = err
		return p
	}
	request.Header.Set("Accept", "application/json")
	p.proxy = d.proxy(request)
	httpClient := *d.httpClient
	httpClient.Timeout = d.timeout
	httpClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	p.sent = time.Now()
	response, err := httpClient.Do(request)
	if err != nil {
		p.err = err
		return p
	}
	defer response.Body.Close()
	p.answered = time.Now()
	const enough = 1 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, enough))
	p.tls = response.TLS
	p.response = &client.Response{StatusCode: response.StatusCode, Header: response.Header, Body: redact(body, d.apiKey)}
	p.err = err
	return p
}

// proxy is what the request goes through.
func (d *doctor) proxy(request *http.Request) *url.URL {
	ask := http.ProxyFromEnvironment
	switch transport := d.httpClient.Transport.(type) {
	case nil:
	case *http.Transport:
		ask = transport.Proxy
	default:
		return nil
	}
	if ask == nil {
		return nil
	}
	proxy, err := ask(request)
	if err != nil {
		return nil // the request will tell
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
