package handling

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// timeout is the timeout of calls of a store.
	timeout = 10 * time.Second
	// gracePeriod is how long a store may continue after its context has ended.
	gracePeriod = time.Second
	// maxHanging limits the number of calls that have not returned in time.
	maxHanging = 100
)

// Caller calls a store with a timeout. It waits no longer even if the store
// ignores the end of its context.
type Caller struct {
	// Name is the name of the package that calls the store.
	Name string
	// Hangs is the error for a call that hasn't returned after its context ended.
	Hangs error
	// NewPanicError returns the error for the value of a panic.
	NewPanicError func(value any) error

	hanging atomic.Int64
}

// Call calls a method of the store. It ignores the end of ctx, since a result
// must be recorded even if the sender of a callback has left. If too many
// earlier calls hang, Call returns Hangs immediately.
func (c *Caller) Call(ctx context.Context, call func(context.Context) error) error {
	if c.hanging.Load() >= maxHanging {
		return c.Hangs
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	returned, abandoned := make(chan error), make(chan struct{})
	go func() {
		defer cancel()
		err := c.NewPanicError("runtime.Goexit was called")
		defer func() {
			if value := recover(); value != nil {
				err = c.NewPanicError(value)
			}
			select {
			case returned <- err:
			case <-abandoned:
				c.hanging.Add(-1)
			}
		}()
		err = call(ctx)
	}()
	select {
	case err := <-returned:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(gracePeriod)
	defer timer.Stop()
	select {
	case err := <-returned:
		return err
	case <-timer.C:
		c.hanging.Add(1)
		close(abandoned)
		return c.Hangs
	}
}
