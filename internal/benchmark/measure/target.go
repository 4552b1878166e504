package measure

import (
	"fmt"
	"time"
)

// Target is a requirement of a comparison.
type Target struct {
	text string
	met  func(outcome) bool
	cost bool // the target limits how much more time ours takes
	goal bool
	why  string
}

// An outcome is the result of ours and one other contestant.
type outcome struct {
	seconds     float64
	speedup     spread // the other's time divided by ours
	allocations float64
	more        float64 // allocations than the other
}

// TimesAsFast is met when ours needs at most 1/n of the other's time.
func TimesAsFast(n float64) Target {
	return Target{text: fmt.Sprintf("≥ %g×", n), met: func(o outcome) bool { return o.speedup.median >= n }}
}

// TimesItsTime is met when ours needs at most n times the other's time.
func TimesItsTime(n float64) Target {
	return Target{text: fmt.Sprintf("≤ %g× its time", n), met: func(o outcome) bool { return 1/o.speedup.median <= n }, cost: true}
}

// Within is met when ours needs at most that time.
func Within(limit time.Duration) Target {
	return Target{text: fmt.Sprintf("≤ %s", limit), met: func(o outcome) bool { return o.seconds <= limit.Seconds() }}
}

// Allocations is met when ours makes at most n allocations for an item.
func Allocations(n float64) Target {
	return Target{text: fmt.Sprintf("≤ %g allocations", n), met: func(o outcome) bool { return o.allocations <= n }}
}

// MoreAllocations is met when ours makes at most n more allocations than the
// other.
func MoreAllocations(n float64) Target {
	return Target{text: fmt.Sprintf("≤ %g allocations more", n), met: func(o outcome) bool { return o.more <= n }}
}

// Goal turns a target into a goal, which is desirable but not required.
func Goal(t Target) Target {
	t.text, t.goal = "goal: "+t.text, true
	return t
}

// Because adds a note that explains why the target is missed.
func (t Target) Because(why string) Target {
	t.why = why
	return t
}

// verdict returns whether the target is met.
func (t Target) verdict(o outcome) Verdict {
	switch {
	case t.met(o):
		return Met
	case t.goal:
		return Open
	}
	return Missed
}
