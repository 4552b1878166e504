package sandbox

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is returned by calls that run agents, advance the clock or post
// callbacks on a closed sandbox.
var ErrClosed = errors.New("sandbox: closed")

// A lifetime ends all that a sandbox does when it is closed.
type lifetime struct {
	over context.Context //nolint:containedctx // of all that is done, at once
	end  context.CancelFunc

	mu      sync.Mutex // guards closed, and with it the start of what runs
	closed  bool
	running sync.WaitGroup
}

func newLifetime() *lifetime {
	l := &lifetime{}
	l.over, l.end = context.WithCancel(context.Background())
	return l
}

// begin starts something: its context ends with close, which waits for end.
func (l *lifetime) begin(ctx context.Context) (_ context.Context, end func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, ErrClosed
	}
	l.running.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	canceled := make(chan struct{})
	unregister := context.AfterFunc(l.over, func() {
		defer close(canceled)
		cancel()
	})
	return ctx, func() {
		if !unregister() {
			<-canceled
		}
		cancel()
		l.running.Done()
	}, nil
}

func (l *lifetime) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.end()
	l.running.Wait()
}
