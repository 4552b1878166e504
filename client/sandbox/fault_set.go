package sandbox

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// A Selection selects some of the requests that match a [Fault], or of the
// callbacks that match a [DeliveryFault]. The zero Selection selects all of them.
type Selection struct {
	// Skip is the number of matches at the start that are not selected.
	Skip int
	// Times is the maximum number of matches that are selected; 0 means all.
	Times int
	// Probability is the probability with which a match after Skip is selected; 0
	// means always. Random numbers are drawn from [WithRandomSeed].
	Probability float64
	// From and Until are times on the sandbox's clock. Before From, and from Until on,
	// nothing is selected or skipped. A zero time is no limit.
	From, Until time.Time
}

// Times returns Selection{Times: n}, which selects the first n matches.
func Times(n int) Selection { return Selection{Times: n} }

// Between returns Selection{From: from, Until: until}, which selects the matches at
// these times of the sandbox's clock, as in an outage from 08:00 to 08:05.
func Between(from, until time.Time) Selection { return Selection{From: from, Until: until} }

// isOpen reports whether a time is between From and Until.
func (s *Selection) isOpen(now time.Time) bool {
	return !now.Before(s.From) && (s.Until.IsZero() || now.Before(s.Until))
}

// check returns the first field that is invalid.
func (s *Selection) check() *api.ArgumentError {
	switch {
	case s.Skip < 0:
		return invalid("Selection.Skip", "is %d, but must not be negative", s.Skip)
	case s.Times < 0:
		return invalid("Selection.Times", "is %d, but must not be negative", s.Times)
	case !(s.Probability >= 0 && s.Probability <= 1): // NaN is neither
		return invalid("Selection.Probability", "is %v, but must be from 0 to 1", s.Probability)
	case !s.Until.IsZero() && !s.Until.After(s.From):
		return invalid("Selection.Until", "is %v, but must be after From", s.Until)
	}
	return nil
}

// A selector applies selections to one match after another.
type selector struct {
	matched, skipped, selected int
}

// next reports whether the next match is selected.
func (s *selector) next(selection Selection, random *rand.Rand) bool {
	s.matched++
	if s.skipped < selection.Skip {
		s.skipped++
		return false
	}
	if selection.Times > 0 && s.selected >= selection.Times || selection.Probability > 0 && random.Float64() >= selection.Probability {
		return false
	}
	s.selected++
	return true
}

// A faultSet has the faults of requests or of callbacks, in order.
type faultSet[F comparable] []*countedFault[F]

type countedFault[F comparable] struct {
	fault    F
	selector selector
}

func (s faultSet[F]) faults() []F {
	var faults []F
	for _, c := range s {
		faults = append(faults, c.fault)
	}
	return faults
}

// newFaultSet returns a set whose counters are 0.
func newFaultSet[F comparable](faults []F) faultSet[F] {
	return faultSet[F]{}.replace(faults)
}

// replace returns a set of other faults. Those that s has too keep their counters.
func (s faultSet[F]) replace(faults []F) faultSet[F] {
	kept := map[F][]*countedFault[F]{}
	for _, c := range s {
		kept[c.fault] = append(kept[c.fault], c)
	}
	var set faultSet[F]
	for _, fault := range faults {
		if same := kept[fault]; len(same) > 0 {
			set = append(set, same[0])
			kept[fault] = same[1:]
			continue
		}
		set = append(set, &countedFault[F]{fault: fault})
	}
	return set
}

// next returns the first fault that matches and selects at a time. The function
// returns whether a fault matches, and its selection.
func (s faultSet[F]) next(now time.Time, random *rand.Rand, match func(*F) (bool, Selection)) *F {
	for _, c := range s {
		if matches, selection := match(&c.fault); matches && selection.isOpen(now) && c.selector.next(selection, random) {
			return &c.fault
		}
	}
	return nil
}

// checkFaultIDs returns an error if two faults have the same ID.
func checkFaultIDs(argument string, ids []string) error {
	seen := map[string]bool{}
	for i, id := range ids {
		if id != "" && seen[id] {
			return &api.ArgumentError{Argument: fmt.Sprintf("%s[%d].ID", argument, i), Reason: fmt.Sprintf("is %q, which another fault has already", id)}
		}
		seen[id] = true
	}
	return nil
}
