package sandbox

import (
	"fmt"
	"math/rand/v2"
)

// A chance decides which of the occasions that it is asked about are struck.
type chance struct {
	after, times int
	probability  float64

	passed, struck int
}

// check returns what is wrong with a chance.
func (c *chance) check() string {
	switch {
	case c.after < 0:
		return fmt.Sprintf("has After %d, but it must not be negative", c.after)
	case c.times < 0:
		return fmt.Sprintf("has Times %d, but it must not be negative", c.times)
	case !(c.probability >= 0 && c.probability <= 1): // NaN is neither
		return fmt.Sprintf("has the Probability %v, but it must be from 0 to 1", c.probability)
	}
	return ""
}

func (c *chance) strikes(random *rand.Rand) bool {
	if c.passed < c.after {
		c.passed++
		return false
	}
	if c.times > 0 && c.struck >= c.times || c.probability > 0 && random.Float64() >= c.probability {
		return false
	}
	c.struck++
	return true
}
