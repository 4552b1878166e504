// Package memory serves HTTP to clients in the same process, without a network.
package memory

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// errClosed is the error of requests to a closed server.
var errClosed = errors.New("sandbox: in-memory server closed")

const readHeaderTimeout = 10 * time.Second

// A Server serves a handler over pipes. It works in the bubbles of package
// testing/synctest.
type Server struct {
	http      *http.Server
	transport *http.Transport
	cancel    context.CancelFunc // ends the contexts of requests
	pipes     chan net.Conn      // to accept
	closed    chan struct{}
	close     sync.Once
	served    chan struct{} // closed when the server has stopped

	mu       sync.Mutex
	changed  *sync.Cond
	handling map[net.Conn]bool // whether the handler serves a request of an open connection
}

// connKey is the context key of the connection of a request.
type connKey struct{}

// Serve starts a server of a handler. The caller must close it.
func Serve(handler http.Handler) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		cancel:   cancel,
		pipes:    make(chan net.Conn),
		closed:   make(chan struct{}),
		served:   make(chan struct{}),
		handling: map[net.Conn]bool{},
	}
	s.changed = sync.NewCond(&s.mu)
	s.http = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handle(handler, w, r) }),
		ReadHeaderTimeout: readHeaderTimeout,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState:         s.track,
	}
	s.transport = &http.Transport{DialContext: s.dial, DialTLSContext: s.dial, DisableCompression: true}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(s) // returns an error after Close
	}()
	return s
}

// Transport returns a transport whose requests the server serves, whatever their
// host is.
func (s *Server) Transport() http.RoundTripper { return s.transport }

// handle serves a request.
func (s *Server) handle(handler http.Handler, w http.ResponseWriter, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	s.setHandling(c, true)
	defer s.setHandling(c, false)
	handler.ServeHTTP(w, r)
}

// setHandling says whether the handler serves a request of a connection. A hijacked
// connection is no longer the server's.
func (s *Server) setHandling(c net.Conn, handling bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.handling[c]; open {
		s.handling[c] = handling
		s.changed.Broadcast()
	}
}

// track keeps track of open connections.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.handling[c] = false
	case http.StateClosed, http.StateHijacked:
		delete(s.handling, c)
		s.changed.Broadcast()
	default:
	}
}

// Stop closes the server and its connections. It waits for them, since net/http delays
// the end of a connection whose last request was not read, but not for a handler, which
// may have called it.
func (s *Server) Stop() {
	_ = s.http.Close() // closes s too
	s.cancel()         // net/http notices no end of a connection before a handler has read the body
	<-s.served
	s.transport.CloseIdleConnections()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, handling := range s.handling {
		if !handling {
			_ = c.Close() // it may have been accepted while the server was being closed
		}
	}
	for slices.Contains(slices.Collect(maps.Values(s.handling)), false) {
		s.changed.Wait()
	}
}

func (s *Server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case s.pipes <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closed:
		return nil, errClosed
	}
}

// Accept implements [net.Listener], as Close and Addr do: it returns the other end of
// a client's pipe.
func (s *Server) Accept() (net.Conn, error) {
	select {
	case c := <-s.pipes:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

// Close stops accepting pipes.
func (s *Server) Close() error {
	s.close.Do(func() { close(s.closed) })
	return nil
}

// Addr returns an address without meaning.
func (s *Server) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "memory" }
