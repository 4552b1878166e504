package control

import (
	"errors"

	"github.com/iblai/iblai-go/client/sandbox"
)

// errStopping is returned by replacements after Close.
var errStopping = errors.New("the sandbox is stopping")

// replace replaces the sandbox by a new one. Requests in flight get their response
// from the old one, which starts no more runs.
func (s *Server) replace(create func(old *sandbox.Sandbox) (*sandbox.Sandbox, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errStopping
	}
	sb, err := create(s.Sandbox())
	if err != nil {
		return err
	}
	s.current.Swap(sb).Close()
	return nil
}

// reset replaces the sandbox by one in the state of the first seed.
func (s *Server) reset() error {
	return s.replace(func(*sandbox.Sandbox) (*sandbox.Sandbox, error) { return s.seed.NewSandbox(nil) })
}

// Close closes the sandbox, which ends advances of the clock, deliveries and event
// streams.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.Sandbox().Close()
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
