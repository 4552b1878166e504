package measure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// Settings say how long and how often work is measured.
type Settings struct {
	// Turn is how long a contestant works before the next one.
	Turn time.Duration
	// Turns is the number of turns of each contestant in a round.
	Turns int
	// Rounds is the number of rounds. A round gives one ratio; the result is
	// the median.
	Rounds int
	// Wall selects wall-clock time instead of CPU time. CPU time includes the
	// collection of the work's garbage and does not depend on the machine's
	// load, but excludes waiting.
	Wall bool
}

// take runs the contestants in short turns, and returns the seconds that each
// needed for the work in each round. A disturbance of the machine affects all
// contestants. A round is long enough that a contestant pays for the collection
// of its own garbage.
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
		for _, i := range order.Perm(len(contestants)) { // so that no contestant always follows the same other one
			took, err := s.turn(contestants[i], times[i])
			if err != nil {
				return nil, err
			}
			seconds[i][turn/s.Turns] += took / float64(s.Turns)
		}
	}
	return seconds, nil
}

// turn does the work after an unmeasured run, which fills the caches and pools
// that the others have emptied.
func (s Settings) turn(c Contestant, times int) (float64, error) {
	if s.Turn > 0 {
		if _, err := s.work(c, 1); err != nil {
			return 0, err
		}
	}
	return s.work(c, times)
}

// calibrate warms up a contestant, and returns how often it can do the work in
// a turn.
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

// work does the work a number of times, and returns the seconds that it took on
// average.
func (s Settings) work(c Contestant, times int) (float64, error) {
	begin := s.now()
	for range times {
		if _, err := c.Run(); err != nil {
			return 0, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return (s.now() - begin).Seconds() / float64(times), nil
}

// allocations counts a contestant's allocations for the work. The division
// rounds down, which omits the runtime's occasional allocations.
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
