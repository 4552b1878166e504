package crontab

import (
	"cmp"
	"math/bits"
	"slices"
)

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

// A stepRange is a range of values with a step.
type stepRange struct{ first, last, step int }

func (r stepRange) values() (values set) {
	for v := r.first; v <= r.last; v += r.step {
		values |= 1 << v
	}
	return values
}

// split returns ranges of the set's values, in order, and the values that remain.
// Ranges may overlap: those of "*/2,7-20/3" are 0-58/2 and 7-19/6.
func (s set) split() (ranges []stepRange, rest set) {
	rest = s
	for {
		longest, ok := s.longestRange(rest)
		if !ok {
			slices.SortFunc(ranges, func(a, b stepRange) int { return cmp.Compare(a.first, b.first) })
			return ranges, rest
		}
		ranges = append(ranges, longest)
		rest &^= longest.values()
	}
}

// longestRange returns the range of s with the most values of rest and then with the
// smallest step. It starts and ends with values of rest. Ok is false if all ranges
// are short.
func (s set) longestRange(rest set) (longest stepRange, ok bool) {
	const shortest, shortestStepped = 3, 4
	most := 0
	for first := rest.first(); first != none; first = rest.from(first + 1) {
		for step := 1; first+step <= rest.last(); step++ {
			r := stepRange{first, first, step}
			count := 1
			for v := first + step; s.has(v); v += step {
				if rest.has(v) {
					r.last = v
					count++
				}
			}
			better := count > most || count == most && step < longest.step
			if better && (count >= shortestStepped || count >= shortest && step == 1) {
				longest, most = r, count
			}
		}
	}
	return longest, most > 0
}
