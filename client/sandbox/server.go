package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/memory"
)

const (
	readHeaderTimeout = 10 * time.Second
	// shutdownTimeout is the maximum time for requests in flight when Close is called.
	shutdownTimeout = 2 * time.Second
)

// A Server is a [Sandbox] that listens on the loopback interface.
type Server struct {
	*Sandbox

	// URL is the base URL for clients, as in http://127.0.0.1:40123.
	URL string

	http     *http.Server
	listener net.Listener
	served   chan struct{} // closed when the server has stopped
	close    sync.Once

	open   gauge      // of connections and requests
	mu     sync.Mutex // guards unused
	unused map[net.Conn]bool
}

// Start returns a sandbox, as [New] does, that listens on a free port of the
// loopback interface until it is closed. An error is an [*api.ArgumentError] for
// an invalid option, or the error of listening.
func Start(opts ...Option) (*Server, error) {
	sandbox, err := New(opts...)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		sandbox.Close()
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Server{
		Sandbox:  sandbox,
		URL:      "http://" + listener.Addr().String(),
		listener: listener,
		served:   make(chan struct{}),
		unused:   map[net.Conn]bool{},
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: readHeaderTimeout, ConnState: s.track, DisableGeneralOptionsHandler: true}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // returns an error after Close
	}()
	return s, nil
}

// serve serves a request, for which Close waits. http.Server doesn't wait for a
// connection that a fault resets.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.open.add(1)
	defer s.open.add(-1)
	s.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), serverKey{}, s)))
}

// serverKey is the context key of the server of a request.
type serverKey struct{}

// outside calls a function of the user while a request is served. Close doesn't wait
// for the request and its connection meanwhile, so the function may call Close.
func outside(r *http.Request, f func()) {
	if s, ok := r.Context().Value(serverKey{}).(*Server); ok {
		s.open.add(-2)
		defer s.open.add(2)
	}
	memory.Outside(r.Context(), f)
}

// A gauge counts what is open.
type gauge struct {
	mu    sync.Mutex // guards what follows
	count int
	empty chan struct{} // closed when count becomes 0; nil if nobody waits
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count += n
	if g.count == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// wait waits until the count is 0, or the context ends.
func (g *gauge) wait(ctx context.Context) {
	g.mu.Lock()
	if g.count == 0 {
		g.mu.Unlock()
		return
	}
	if g.empty == nil {
		g.empty = make(chan struct{})
	}
	empty := g.empty
	g.mu.Unlock()
	select {
	case <-empty:
	case <-ctx.Done():
	}
}

// track keeps track of connections without a request. http.Server.Shutdown would
// wait for their first request.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unused, c)
	switch state {
	case http.StateNew:
		s.open.add(1)
		s.unused[c] = true
	case http.StateClosed, http.StateHijacked:
		s.open.add(-1)
	default:
	}
}

// closeUnused stops listening, and closes the connections without a request.
func (s *Server) closeUnused() {
	_ = s.listener.Close()
	<-s.served
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.unused {
		_ = c.Close()
	}
}

// ClientOptions returns the options for a client of the first account, for
// [client.New].
func (s *Server) ClientOptions() []client.Option {
	return clientOptions(s.service.accounts.first(), client.WithBaseURL(s.URL))
}

// ClientOptionsFor returns the options for a client of an account, for
// [client.New]. If there is no such account, it returns an [*api.ArgumentError].
func (s *Server) ClientOptionsFor(org, username string) ([]client.Option, error) {
	a, err := s.service.accounts.find(org, username)
	if err != nil {
		return nil, err
	}
	return clientOptions(a, client.WithBaseURL(s.URL)), nil
}

// Close closes the sandbox, see [Sandbox.Close], and stops listening. It waits up
// to two seconds for requests in flight, then closes their connections. No
// goroutine and no connection of the server is left when it returns, except for the
// handlers of [Sandbox.HandleOperation]: it doesn't wait for them, and they may call
// it. Close can be called again.
func (s *Server) Close() {
	s.close.Do(func() {
		s.Sandbox.Close()
		s.closeUnused()
		s.shutdown()
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		s.open.wait(ctx) // until the goroutines of closed connections have ended
	})
}

// shutdown finishes the requests in flight and closes all connections.
func (s *Server) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		s.open.wait(ctx)
		cancel()
	})
	defer waiting.Wait()
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}
