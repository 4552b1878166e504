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

	mu      sync.Mutex
	changed *sync.Cond
	outside map[net.Conn]int // calls of Outside by open connection
}

// connection is the connection of a request.
type connection struct {
	server *Server
	conn   net.Conn
}

// connectionKey is the context key of a connection.
type connectionKey struct{}

// Serve starts a server of a handler. The caller must close it.
func Serve(handler http.Handler) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		cancel:  cancel,
		pipes:   make(chan net.Conn),
		closed:  make(chan struct{}),
		served:  make(chan struct{}),
		outside: map[net.Conn]int{},
	}
	s.changed = sync.NewCond(&s.mu)
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, connection{s, c})
		},
		ConnState: s.track,
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

// Outside calls a function of the user while a request with the context is served.
// Stop doesn't wait for the request's connection meanwhile, so the function may call
// it.
func Outside(ctx context.Context, f func()) {
	if c, ok := ctx.Value(connectionKey{}).(connection); ok {
		c.server.addOutside(c.conn, 1)
		defer c.server.addOutside(c.conn, -1)
	}
	f()
}

// addOutside counts calls of Outside. A hijacked connection is no longer the server's.
func (s *Server) addOutside(c net.Conn, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, open := s.outside[c]; open {
		s.outside[c] += n
		s.changed.Broadcast()
	}
}

// track keeps track of open connections.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.outside[c] = 0
	case http.StateClosed, http.StateHijacked:
		delete(s.outside, c)
		s.changed.Broadcast()
	default:
	}
}

// Stop closes the server and its connections. It waits for them, since net/http delays
// the end of a connection whose last request was not read, but not for those whose
// requests are in [Outside].
func (s *Server) Stop() {
	_ = s.http.Close() // closes s too
	s.cancel()         // net/http notices no end of a connection before a handler has read the body
	<-s.served
	s.transport.CloseIdleConnections()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, calls := range s.outside {
		if calls == 0 {
			_ = c.Close() // it may have been accepted while the server was being closed
		}
	}
	for slices.Contains(slices.Collect(maps.Values(s.outside)), 0) {
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
