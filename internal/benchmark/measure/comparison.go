// Package measure times pieces of work against each other. What it finds are ratios: the machine, its other tenants and
// the hour change the times of all contestants alike, and the ratios little.
package measure

// Contestant does a piece of work in its own way.
type Contestant struct {
	Name string
	// Run does the work once. It returns what it made, by which a test checks that all contestants do the same.
	Run func() (any, error)
}

// Opponent is a contestant that ours is compared with.
type Opponent struct {
	Contestant

	targets []Target
}

// Against is an opponent, with what was promised of the comparison.
func Against(c Contestant, targets ...Target) Opponent {
	return Opponent{Contestant: c, targets: targets}
}

// Comparison is a piece of work, done by ours and by others.
type Comparison struct {
	Work string
	// Items is how many things the work makes; allocations are counted for each. 0 is one.
	Items int
	Ours  Contestant
	// Targets are those that ours must meet whatever the others do.
	Targets []Target
	Others  []Opponent
	// Rounds is how many there are of a single turn each, in which the work is done once, since it takes long. 0 leaves
	// all that to the settings.
	Rounds int
	// Waits says that time passes by waiting: then the clock on the wall counts.
	Waits bool
}

// Contestants are ours and the others.
func (c *Comparison) Contestants() []Contestant {
	all := []Contestant{c.Ours}
	for _, other := range c.Others {
		all = append(all, other.Contestant)
	}
	return all
}

func (c *Comparison) items() float64 { return float64(max(1, c.Items)) }
