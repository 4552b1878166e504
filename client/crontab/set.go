package crontab

import "math/bits"

// set holds the values of one field: bit v is set for the value v.
type set uint64

// none is returned by first and from if there is no such value. It is above every
// value.
const none = 64

func rangeSet(first, last int) set {
	return set(1)<<(last+1) - set(1)<<first
}

func (s set) has(v int) bool { return s>>v&1 != 0 }

func (s set) count() int { return bits.OnesCount64(uint64(s)) }

func (s set) first() int { return bits.TrailingZeros64(uint64(s)) }

func (s set) last() int { return 63 - bits.LeadingZeros64(uint64(s)) }

// from returns the lowest value that is at least v.
func (s set) from(v int) int { return (s >> v << v).first() }

// step returns the distance between adjacent values. Ok is false if it differs.
func (s set) step() (step int, ok bool) {
	first, last := s.first(), s.last()
	second := s.from(first + 1)
	if second == none {
		return 0, false
	}
	step = second - first
	var same set
	for v := first; v <= last; v += step {
		same |= 1 << v
	}
	return step, s == same
}

// contiguous reports whether s has all values from its first to its last.
func (s set) contiguous() bool { return s == rangeSet(s.first(), s.last()) }

// long reports whether s is easier to read as a range with a step than as a list.
func (s set) long() bool {
	step, ok := s.step()
	return ok && step > 1 && s.count() > 3
}
