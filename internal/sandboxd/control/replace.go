package control

import (
	"context"
	"errors"

	"github.com/iblai/iblai-go/client/sandbox"
)

// errStopping is returned by replacements after Close.
var errStopping = errors.New("the sandbox is stopping")

// replace replaces the sandbox by a new one. Requests in flight get their response
// from the old one, which starts no more runs.
func (s *Server) replace(ctx context.Context, create func(old *sandbox.Sandbox) (*sandbox.Sandbox, error)) error {
	s.seeding.Lock()
	defer s.seeding.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	sb, err := create(s.Sandbox())
	if err != nil {
		return err
	}
	old := sb
	defer func() { old.Close() }() // which waits for its jobs
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed {
		return errStopping
	}
	old = s.current.Swap(sb)
	s.inbox.clear()
	s.stops.clear()
	s.feed.publish("replaced", eventBody{At: sb.Now().UTC()})
	s.follow(sb)
	return nil
}

// reset replaces the sandbox by one in the state of the first seed.
func (s *Server) reset(ctx context.Context) error {
	return s.replace(ctx, func(*sandbox.Sandbox) (*sandbox.Sandbox, error) { return s.seed.NewSandbox(nil) })
}

// Close closes the sandbox, which ends jobs, deliveries and event streams. A seed
// that is being read has no effect any more.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.Sandbox().Close()
}
