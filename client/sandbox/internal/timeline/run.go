package timeline

import (
	"context"
	"time"
)

// Advance moves the clock to the time that to returns for the present one, and runs
// the entries on the way, each at its time. It returns the error of to, or of a
// context that ends meanwhile; the clock stays where it is then. If entries run
// already, it returns the busy error at once. The context is that of Begin.
func (t *Timeline) Advance(ctx context.Context, to func(now time.Time) (time.Time, error)) error {
	select {
	case t.runner <- struct{}{}:
	default:
		return t.busy
	}
	defer t.release()
	t.clock.freeze(true)
	defer t.clock.freeze(false)
	until, err := to(t.clock.now())
	if err != nil {
		return err
	}
	if !t.run(ctx, func() time.Time { return until }, t.clock.reach) {
		return t.cause(ctx)
	}
	t.clock.reach(until)
	return nil
}

// cause returns why a context has ended.
func (t *Timeline) cause(ctx context.Context) error {
	if t.lifetime.over.Err() != nil {
		return t.closed
	}
	return context.Cause(ctx)
}

// RunDue runs the entries that are due. If another goroutine runs entries, it
// returns at once: that one runs them.
func (t *Timeline) RunDue(ctx context.Context) {
	for t.isDue() && t.runDue(ctx) {
	}
}

// runDue runs the entries that are due. It returns false if another goroutine runs
// entries, or if the context ended.
func (t *Timeline) runDue(ctx context.Context) bool {
	select {
	case t.runner <- struct{}{}:
	default:
		return false
	}
	defer t.release()
	return t.run(ctx, t.clock.now, func(time.Time) {})
}

func (t *Timeline) isDue() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := t.agenda.first()
	return first != nil && !first.At.After(t.clock.now())
}

// run runs the entries up to a time, and calls reach with the time of each. It
// returns false if the context ended before.
func (t *Timeline) run(ctx context.Context, until func() time.Time, reach func(time.Time)) bool {
	for ctx.Err() == nil && t.lifetime.over.Err() == nil { // the context ends a little after the lifetime
		e := t.next(until())
		if e == nil {
			return true
		}
		reach(e.At)
		e.Run(ctx)
	}
	return false
}

// next removes and returns the first entry, nil if it is after until.
func (t *Timeline) next(until time.Time) *Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := t.agenda.first()
	if first == nil || first.At.After(until) {
		return nil
	}
	t.agenda.remove(first)
	return first
}

// release lets other goroutines run entries, and the timer.
func (t *Timeline) release() {
	<-t.runner
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resetTimer()
}

// tick runs the entries that are due when the timer fires.
func (t *Timeline) tick() {
	ctx, end, err := t.Begin(context.Background())
	if err != nil {
		return
	}
	defer end()
	t.RunDue(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.runner) == 0 { // otherwise release resets it
		t.resetTimer()
	}
}
