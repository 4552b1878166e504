// Package timeline runs functions when a clock reaches their times. The clock runs
// at a multiple of real time, or is frozen and advanced by hand.
package timeline

import (
	"context"
	"sync"
	"time"
)

// maxSleep is the maximum time that the timer sleeps. The wall clock may be set
// meanwhile.
const maxSleep = time.Minute

// A Timeline has a clock and the entries that it runs, one at a time and in order.
// It is safe for concurrent use.
type Timeline struct {
	clock    *clock
	closed   error // returned after Close
	busy     error // returned while entries run
	lifetime *lifetime
	runner   chan struct{} // full while a goroutine runs entries

	mu     sync.Mutex // guards what follows
	agenda agenda
	timer  *time.Timer // for the first entry; nil before Start
}

// New returns a timeline whose clock starts at a time, the present one if start is
// zero, and runs at a multiple of real time; it is frozen if speed is 0. After
// Close, methods that return an error return closed. While entries run, Advance
// returns busy.
func New(start time.Time, speed float64, closed, busy error) *Timeline {
	return &Timeline{
		clock:    newClock(start, speed),
		closed:   closed,
		busy:     busy,
		lifetime: newLifetime(),
		runner:   make(chan struct{}, 1),
	}
}

// Start starts to run entries by themselves.
func (t *Timeline) Start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timer = time.AfterFunc(maxSleep, t.tick)
	t.resetTimer()
}

// Close cancels all work and waits until it ends, except for functions that Outside
// calls. No more entries run.
func (t *Timeline) Close() {
	t.lifetime.close()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
}

// Done returns a channel that Close closes.
func (t *Timeline) Done() <-chan struct{} { return t.lifetime.over.Done() }

// Begin starts work that Close waits for: the caller must call end. Close cancels
// the context that it returns.
func (t *Timeline) Begin(ctx context.Context) (_ context.Context, end func(), err error) {
	ctx, end, ok := t.lifetime.begin(ctx)
	if !ok {
		return nil, nil, t.closed
	}
	return ctx, end, nil
}

// Outside calls a function of the user in work that Begin has started. Close doesn't
// wait for it, so it may call Close.
func (t *Timeline) Outside(f func()) { t.lifetime.outside(f) }

// Now returns the time on the clock.
func (t *Timeline) Now() time.Time { return t.clock.now() }

// Speed returns the speed of the clock.
func (t *Timeline) Speed() float64 { return t.clock.currentSpeed() }

// SetSpeed sets the speed of the clock.
func (t *Timeline) SetSpeed(speed float64) {
	t.clock.setSpeed(speed)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.resetTimer()
}

// Add adds an entry.
func (t *Timeline) Add(e *Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.agenda.add(e)
	t.resetTimer()
}

// Remove removes an entry if it has not started. It does nothing if e is nil.
func (t *Timeline) Remove(e *Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.agenda.remove(e)
}

// resetTimer sets the timer to the time of the first entry. The caller holds the
// lock.
func (t *Timeline) resetTimer() {
	if t.timer == nil {
		return
	}
	t.timer.Stop()
	first := t.agenda.first()
	if first == nil || t.lifetime.over.Err() != nil {
		return
	}
	if wait, ok := t.clock.wait(first.At); ok {
		t.timer.Reset(min(wait, maxSleep))
	}
}
