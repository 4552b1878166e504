package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrReentrant is returned by [Sandbox.Advance] and [Sandbox.AdvanceTo] if they are
// called with the context of an outcome function for which the clock waits.
var ErrReentrant = errors.New("sandbox: an outcome function must not advance the clock")

// ErrClockBackwards is returned by [Sandbox.Advance] and [Sandbox.AdvanceTo] when
// the clock would move backwards.
var ErrClockBackwards = errors.New("sandbox: the clock would move backwards")

// longestNap is how long the timer sleeps at most, in real time: a clock may be
// set meanwhile.
const longestNap = time.Minute

// Now returns the time on the sandbox's clock.
func (s *Sandbox) Now() time.Time { return s.clock.now() }

// ClockSpeed returns the speed of the clock, see [WithClock]. It is 0 if the clock
// is frozen.
func (s *Sandbox) ClockSpeed() float64 {
	s.clock.mu.RLock()
	defer s.clock.mu.RUnlock()
	return s.clock.speed
}

// SetClockSpeed sets the speed of the clock, see [WithClock]. A speed of 0 freezes
// it. If the speed is negative or above 86400, SetClockSpeed returns an
// [*api.ArgumentError].
func (s *Sandbox) SetClockSpeed(speed float64) error {
	if !(speed >= 0 && speed <= maxClockSpeed) { // NaN is neither
		return invalid("speed", "is %v, but must be from 0 to %d", speed, maxClockSpeed)
	}
	s.clock.change(func(c *clock) { c.speed = speed })
	s.store.Lock()
	s.rearm()
	s.store.Unlock()
	s.tell(Event{Type: EventClockChanged})
	return nil
}

// Advance moves the clock forward by d and runs everything that becomes due, in
// order and each at its time: runs start and finish, and callbacks are posted one
// after another. It returns the number of runs that started, after all receivers
// have responded. Advance(ctx, 0) runs what is due now.
//
// Failed runs and deliveries are not errors: see the logs and
// [Sandbox.Deliveries]. Advance returns [ErrClockBackwards] if d is negative,
// [ErrReentrant] in an outcome function, [ErrClosed] if the sandbox is closed, and
// the context's error if it is done; the clock stays where it was by then.
func (s *Sandbox) Advance(ctx context.Context, d time.Duration) (runs int, err error) {
	return s.advance(ctx, func(now time.Time) time.Time { return now.Add(d) })
}

// AdvanceTo moves the clock forward to t, as [Sandbox.Advance] does. It returns
// [ErrClockBackwards] if the clock is past t.
func (s *Sandbox) AdvanceTo(ctx context.Context, t time.Time) (runs int, err error) {
	return s.advance(ctx, func(time.Time) time.Time { return t })
}

func (s *Sandbox) advance(ctx context.Context, to func(now time.Time) time.Time) (runs int, err error) {
	if ctx.Value(drivenBy{}) == s {
		return 0, ErrReentrant
	}
	ctx, end, err := s.lifetime.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	select {
	case s.driver <- struct{}{}:
	case <-ctx.Done():
		return 0, s.stopped(ctx)
	}
	defer func() {
		s.release()
		s.settle(ctx, s.post) // what came up at the last moment
	}()

	s.clock.hold(true)
	defer s.clock.hold(false)
	now := s.clock.now()
	until := to(now)
	if until.Before(now) {
		return 0, fmt.Errorf("%w, from %s to %s", ErrClockBackwards, now.Format(time.RFC3339Nano), until.Format(time.RFC3339Nano))
	}
	d := &drive{sandbox: s, arrive: s.clock.reach, post: s.post}
	if !d.to(ctx, func() time.Time { return until }) {
		return d.runs, s.stopped(ctx)
	}
	s.clock.reach(until)
	s.tell(Event{Type: EventClockChanged})
	return d.runs, nil
}

// stopped is why a context has ended.
func (s *Sandbox) stopped(ctx context.Context) error {
	if s.lifetime.over.Err() != nil {
		return ErrClosed
	}
	return context.Cause(ctx)
}

// settle lets happen what is due now, unless somebody does so already, who will
// see it too.
func (s *Sandbox) settle(ctx context.Context, post postFunc) {
	for s.isDue() {
		select {
		case s.driver <- struct{}{}:
		default:
			return
		}
		d := &drive{sandbox: s, arrive: func(time.Time) {}, post: post}
		finished := d.to(ctx, s.clock.now)
		s.release()
		if !finished {
			return
		}
	}
}

func (s *Sandbox) isDue() bool {
	s.store.RLock()
	defer s.store.RUnlock()
	first := s.agenda.first()
	return first != nil && !first.at.After(s.clock.now())
}

// release lets others drive, and the timer.
func (s *Sandbox) release() {
	<-s.driver
	s.store.Lock()
	defer s.store.Unlock()
	s.rearm()
}

// rearm sets the timer for what happens next. The caller holds the store's lock.
func (s *Sandbox) rearm() {
	if s.timer == nil {
		return // while the sandbox is being made
	}
	s.timer.Stop()
	first := s.agenda.first()
	if first == nil || s.lifetime.over.Err() != nil {
		return
	}
	if wait, runs := s.clock.wait(first.at); runs {
		s.timer.Reset(min(wait, longestNap))
	}
}

// tick is what the timer does.
func (s *Sandbox) tick() {
	ctx, end, err := s.lifetime.begin(context.Background())
	if err != nil {
		return
	}
	defer end()
	s.settle(ctx, s.postSoon)
	s.store.Lock()
	defer s.store.Unlock()
	if len(s.driver) == 0 { // or else its release will
		s.rearm()
	}
}

// A drive goes through the agenda.
type drive struct {
	sandbox *Sandbox
	arrive  func(time.Time) // at the time of an occurrence
	post    postFunc
	runs    int // that have begun
}

// drivenBy is a key of the contexts that outcome functions get.
type drivenBy struct{}

// to lets happen what is due until a time that may go on. It returns false if the
// context has ended before.
func (d *drive) to(ctx context.Context, until func() time.Time) bool {
	s := d.sandbox
	ctx = context.WithValue(ctx, drivenBy{}, s)
	for {
		if ctx.Err() != nil {
			return false
		}
		s.store.Lock()
		first := s.agenda.first()
		if first == nil || first.at.After(until()) {
			s.store.Unlock()
			return true
		}
		s.agenda.remove(first)
		s.store.Unlock()
		d.arrive(first.at)
		first.do(ctx, d)
	}
}
