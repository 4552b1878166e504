package timeline

import (
	"context"
	"sync"
)

// A lifetime cancels the work of a timeline when it is closed, and waits for it.
type lifetime struct {
	over   context.Context //nolint:containedctx // of all work
	cancel context.CancelFunc

	mu      sync.Mutex // guards closed, and working.Add
	closed  bool
	working sync.WaitGroup
}

func newLifetime() *lifetime {
	l := &lifetime{}
	l.over, l.cancel = context.WithCancel(context.Background())
	return l
}

// begin starts work with a context that close cancels. It returns false if the
// lifetime is over. The caller must call end.
func (l *lifetime) begin(ctx context.Context) (_ context.Context, end func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, false
	}
	l.working.Add(1)
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
		l.working.Done()
	}, true
}

func (l *lifetime) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.working.Wait()
}
