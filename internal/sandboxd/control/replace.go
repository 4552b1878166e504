package control

import (
	"context"
	"errors"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// errStopping is returned when the server was closed.
var errStopping = errors.New("the sandbox is stopping")

// replace replaces the sandbox with a new one. The old sandbox still responds
// to requests in flight, but starts no more runs.
func (s *Server) replace(ctx context.Context, create func(old *sandbox.Sandbox) (*seed.Sandbox, error)) error {
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
	defer func() { old.Close() }() // outside the lock, since Close waits for runs and deliveries
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
	s.publishEvents(sb.Sandbox)
	return nil
}

// reset replaces the sandbox with one in the state of the initial seed.
func (s *Server) reset(ctx context.Context) error {
	return s.replace(ctx, func(*sandbox.Sandbox) (*seed.Sandbox, error) { return s.seed.NewSandbox(nil) })
}

// Close closes the sandbox, and ends jobs, deliveries and event streams. If a
// seed is being loaded, it has no effect.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.Sandbox().Close()
}
