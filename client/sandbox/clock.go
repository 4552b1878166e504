package sandbox

import (
	"math"
	"sync"
	"time"
)

// maxClockSpeed is a day a second.
const maxClockSpeed = 86400

// A clock is the sandbox's time. It stands still, or runs at a multiple of real
// time.
type clock struct {
	mu    sync.RWMutex
	at    time.Time // what it showed at since
	since time.Time // on the machine's clock
	speed float64
	held  bool // it stands, whatever its speed is
}

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

// read goes by the wall's clock, not by the monotonic one, which stops where a
// machine sleeps.
func (c *clock) read(now time.Time) time.Time {
	if c.held || c.speed == 0 {
		return c.at
	}
	elapsed := float64(now.Round(0).Sub(c.since.Round(0))) * c.speed
	return c.at.Add(time.Duration(min(max(0, elapsed), math.MaxInt64/2)))
}

// wait is how long the clock takes until it shows t. It is false if it stands.
func (c *clock) wait(t time.Time) (time.Duration, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.held || c.speed == 0 {
		return 0, false
	}
	left := float64(t.Sub(c.read(time.Now()))) / c.speed
	return time.Duration(math.Ceil(max(0, left))), true
}

// change has the clock go on from now, or from what f makes of it.
func (c *clock) change(f func(c *clock)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.at, c.since = c.read(now), now
	f(c)
}

// reach has the clock show t, unless it is later already.
func (c *clock) reach(t time.Time) {
	c.change(func(c *clock) {
		if t.After(c.at) {
			c.at = t
		}
	})
}

func (c *clock) hold(held bool) { c.change(func(c *clock) { c.held = held }) }
