package sandbox

import (
	"math/rand/v2"

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
}

// Times returns Selection{Times: n}, which selects the first n matches.
func Times(n int) Selection { return Selection{Times: n} }

// check returns the first field that is invalid.
func (s *Selection) check() *api.ArgumentError {
	switch {
	case s.Skip < 0:
		return invalid("Selection.Skip", "is %d, but must not be negative", s.Skip)
	case s.Times < 0:
		return invalid("Selection.Times", "is %d, but must not be negative", s.Times)
	case !(s.Probability >= 0 && s.Probability <= 1): // NaN is neither
		return invalid("Selection.Probability", "is %v, but must be from 0 to 1", s.Probability)
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
