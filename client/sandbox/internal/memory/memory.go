// Package memory serves HTTP to clients in the same process, without a network.
package memory

import (
	"context"
	"errors"
	"net"
	"net/http"
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
	pipes     chan net.Conn // to accept
	closed    chan struct{}
	close     sync.Once
	served    chan struct{} // closed when the server has stopped
}

// Serve starts a server of a handler. The caller must close it.
func Serve(handler http.Handler) *Server {
	s := &Server{
		http:   &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout},
		pipes:  make(chan net.Conn),
		closed: make(chan struct{}),
		served: make(chan struct{}),
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

// Stop closes the server and its connections.
func (s *Server) Stop() {
	_ = s.http.Close() // closes s too
	<-s.served
	s.transport.CloseIdleConnections()
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
