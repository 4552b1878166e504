package timeline

import (
	"math"
	"sync"
	"time"
)

// lastTime returns the time at which a clock stops. JSON has no years after it.
func lastTime() time.Time { return time.Date(10000, time.January, 1, 0, 0, 0, -1, time.UTC) }

// A clock runs at a multiple of real time, or is frozen.
type clock struct {
	mu     sync.RWMutex // guards what follows
	at     time.Time    // the clock's time at since
	since  time.Time    // in real time
	speed  float64
	frozen bool // whatever the speed is
}

// newClock returns a clock that starts at a time, the present one if start is zero.
func newClock(start time.Time, speed float64) *clock {
	now := time.Now()
	if start.IsZero() {
		start = now
	}
	return &clock{at: start, since: now, speed: speed}
}

func (c *clock) now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.read(time.Now())
}

// read returns the clock's time at a real time. It uses the wall clock, since the
// monotonic one stops while a machine sleeps.
func (c *clock) read(now time.Time) time.Time {
	if c.frozen || c.speed == 0 {
		return c.at
	}
	elapsed := float64(now.Round(0).Sub(c.since.Round(0))) * c.speed
	t := c.at.Add(time.Duration(min(max(0, elapsed), math.MaxInt64/2)))
	if last := lastTime(); t.After(last) {
		return last.In(t.Location())
	}
	return t
}

// wait returns the real time until the clock reaches t. It returns false if the
// clock never does.
func (c *clock) wait(t time.Time) (time.Duration, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.frozen || c.speed == 0 || t.After(lastTime()) {
		return 0, false
	}
	left := float64(t.Sub(c.read(time.Now()))) / c.speed
	return time.Duration(math.Ceil(max(0, left))), true
}

// change changes the clock, which is at the present time when f is called.
func (c *clock) change(f func(c *clock)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.at, c.since = c.read(now), now
	f(c)
}

// reach sets the clock to t unless it is past t.
func (c *clock) reach(t time.Time) {
	c.change(func(c *clock) {
		if t.After(c.at) {
			c.at = t
		}
	})
}

func (c *clock) freeze(frozen bool) { c.change(func(c *clock) { c.frozen = frozen }) }

func (c *clock) setSpeed(speed float64) { c.change(func(c *clock) { c.speed = speed }) }

func (c *clock) currentSpeed() float64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.speed
}
