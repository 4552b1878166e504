package timeline

import (
	"context"
	"sync"
)

// A lifetime cancels the work of a timeline when it is closed, and waits for it.
type lifetime struct {
	over   context.Context //nolint:containedctx // of all work
	cancel context.CancelFunc

	mu      sync.Mutex // guards what follows
	closed  bool
	working int
	idle    *sync.Cond // signaled when working is 0
}

func newLifetime() *lifetime {
	l := &lifetime{}
	l.idle = sync.NewCond(&l.mu)
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
	l.working++
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
		l.add(-1)
	}, true
}

// outside calls a function in work that has begun. The function may close the
// lifetime, since close doesn't wait for the work meanwhile.
func (l *lifetime) outside(f func()) {
	l.add(-1)
	defer l.add(1)
	f()
}

func (l *lifetime) add(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.working += n
	if l.working == 0 {
		l.idle.Broadcast()
	}
}

func (l *lifetime) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.cancel()
	for l.working > 0 {
		l.idle.Wait()
	}
}
