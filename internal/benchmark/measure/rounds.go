package measure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// Settings are how long and how often is measured.
type Settings struct {
	// Turn is how long a contestant works before it is the next one's turn.
	Turn time.Duration
	// Turns is how many of them each contestant has in a round.
	Turns int
	// Rounds is how often that is repeated. A round gives one ratio, the middle one of them is the result.
	Rounds int
	// Wall has the time on the wall count, and not that of the processors. The latter is what the work costs, with the
	// collection of its garbage, and the same whatever else the machine is doing; but it stands still where work waits.
	Wall bool
}

// take runs the contestants in short turns, and returns what each needed for the work in each round, in seconds. What
// disturbs the machine for a while disturbs all of them so; and a round is long enough for the garbage that a contestant
// makes to be collected at its expense.
func (s Settings) take(ctx context.Context, contestants []Contestant) ([][]float64, error) {
	times := make([]int, len(contestants))
	for i, c := range contestants {
		var err error
		if times[i], err = s.calibrate(c); err != nil {
			return nil, err
		}
	}
	seconds := make([][]float64, len(contestants))
	for i := range seconds {
		seconds[i] = make([]float64, s.Rounds)
	}
	order := rand.New(rand.NewPCG(1, 1)) // the same in every run
	for turn := range s.Rounds * s.Turns {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, i := range order.Perm(len(contestants)) { // so that none always follows the same other
			took, err := s.turn(contestants[i], times[i])
			if err != nil {
				return nil, err
			}
			seconds[i][turn/s.Turns] += took / float64(s.Turns)
		}
	}
	return seconds, nil
}

// turn is work, after a time that doesn't count: it fills the caches and pools that the others have emptied.
func (s Settings) turn(c Contestant, times int) (float64, error) {
	if s.Turn > 0 {
		if _, err := s.work(c, 1); err != nil {
			return 0, err
		}
	}
	return s.work(c, times)
}

// calibrate warms a contestant up, and returns how often it can do the work in a turn.
func (s Settings) calibrate(c Contestant) (int, error) {
	if s.Turn == 0 {
		return 1, nil
	}
	for times := 1; ; times *= 2 {
		took, err := s.work(c, times)
		if err != nil {
			return 0, err
		}
		if took*float64(times) >= s.Turn.Seconds() {
			return max(1, int(s.Turn.Seconds()/took)), nil
		}
	}
}

// work lets a contestant do the work a number of times, and returns how long it took each time, in seconds.
func (s Settings) work(c Contestant, times int) (float64, error) {
	begin := s.now()
	for range times {
		if _, err := c.Run(); err != nil {
			return 0, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return (s.now() - begin).Seconds() / float64(times), nil
}

// allocations counts what a contestant allocates when it does the work. The runtime allocates now and then too: that is a
// fraction of one each time, and left out.
func (s Settings) allocations(c Contestant) (float64, error) {
	const times = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := s.work(c, times); err != nil {
		return 0, err
	}
	runtime.ReadMemStats(&after)
	return float64((after.Mallocs - before.Mallocs) / times), nil
}
