package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// ErrAdvancing is returned by [Sandbox.Advance] and [Sandbox.AdvanceTo] while
// another call advances the clock or starts due runs. An outcome function and a
// receiver of callbacks get it if the clock waits for them.
var ErrAdvancing = errors.New("sandbox: the clock is being advanced")

// ErrClockBackwards is returned by [Sandbox.Advance] and [Sandbox.AdvanceTo] when
// the clock would move backwards.
var ErrClockBackwards = errors.New("sandbox: the clock would move backwards")

// Now returns the time on the sandbox's clock.
func (s *Sandbox) Now() time.Time { return s.timeline.Now() }

// ClockSpeed returns the speed of the clock, see [WithClock]. It is 0 if the clock
// is frozen.
func (s *Sandbox) ClockSpeed() float64 { return s.timeline.Speed() }

// SetClockSpeed sets the speed of the clock, see [WithClock]. A speed of 0 freezes
// it. If the speed is negative or above 86400, SetClockSpeed returns an
// [*api.ArgumentError].
func (s *Sandbox) SetClockSpeed(speed float64) error {
	if !(speed >= 0 && speed <= maxClockSpeed) { // NaN is neither
		return invalid("speed", "is %v, but must be from 0 to %d", speed, maxClockSpeed)
	}
	s.timeline.SetSpeed(speed)
	s.events.publish(Event{Type: EventClockChanged})
	return nil
}

// Advance moves the clock forward by d and runs everything that becomes due, in
// order and each at its time: runs start and finish, and callbacks are posted one
// after another. It returns the number of runs that started, after all receivers
// have responded. Advance(ctx, 0) runs what is due now.
//
// Failed runs and deliveries are not errors: see the logs and
// [Sandbox.Deliveries]. Advance returns [ErrClockBackwards] if d is negative,
// [ErrAdvancing] at once if another call advances the clock, [ErrClosed] if the
// sandbox is closed, an [*api.ArgumentError] if the clock would pass the year
// 9999, and the context's error when the context ends; the clock then stays at
// the time that it has reached.
func (s *Sandbox) Advance(ctx context.Context, d time.Duration) (runs int, err error) {
	return s.advance(ctx, func(now time.Time) time.Time { return now.Add(d) })
}

// AdvanceTo moves the clock forward to t, as [Sandbox.Advance] does. It returns
// [ErrClockBackwards] if the clock is past t.
func (s *Sandbox) AdvanceTo(ctx context.Context, t time.Time) (runs int, err error) {
	return s.advance(ctx, func(time.Time) time.Time { return t })
}

func (s *Sandbox) advance(ctx context.Context, to func(now time.Time) time.Time) (runs int, err error) {
	ctx, end, err := s.timeline.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	defer s.runs.runDue(ctx) // entries that were added at the end
	err = s.timeline.Advance(countRuns(withBlockingDeliveries(ctx), &runs), func(now time.Time) (time.Time, error) {
		until := to(now)
		if until.Before(now) {
			return now, fmt.Errorf("%w, from %s to %s", ErrClockBackwards, now.Format(time.RFC3339Nano), until.Format(time.RFC3339Nano))
		}
		if !django.IsRepresentable(until) {
			return now, invalid("clock", "would be at %v, but must be before the year 10000", until)
		}
		return until, nil
	})
	s.events.publish(Event{Type: EventClockChanged}) // it may have moved in spite of an error
	return runs, err
}
