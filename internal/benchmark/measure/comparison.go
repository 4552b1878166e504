// Package measure compares the times of pieces of work. Its results are ratios:
// the machine and its load change the times of all contestants alike, and
// hardly the ratios.
package measure

// Contestant is one implementation of a piece of work.
type Contestant struct {
	Name string
	// Run does the work once. It returns the result, so that a test can check
	// that all contestants do the same.
	Run func() (any, error)
}

// Opponent is a contestant that is compared with ours.
type Opponent struct {
	Contestant

	targets []Target
}

// Against returns an opponent with the targets of the comparison.
func Against(c Contestant, targets ...Target) Opponent {
	return Opponent{Contestant: c, targets: targets}
}

// Comparison is a piece of work for our implementation and others.
type Comparison struct {
	Work string
	// Items is the number of items that the work produces, for the allocations
	// of each. 0 means one.
	Items int
	Ours  Contestant
	// Targets are the absolute targets of our implementation.
	Targets []Target
	Others  []Opponent
	// Rounds is for work that takes long: the number of rounds, of a single
	// turn each, which does the work once. With 0, the settings apply.
	Rounds int
	// Waits is for work that waits: it is measured in wall-clock time.
	Waits bool
}

// Contestants returns our contestant and the others.
func (c *Comparison) Contestants() []Contestant {
	all := []Contestant{c.Ours}
	for _, other := range c.Others {
		all = append(all, other.Contestant)
	}
	return all
}

func (c *Comparison) items() float64 { return float64(max(1, c.Items)) }
