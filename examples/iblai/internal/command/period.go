package command

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// A period is the value of a flag: a duration such as 90m, 2h, 30d or 1d12h.
type period time.Duration

func (p *period) Type() string { return "duration" }

func (p *period) String() string {
	d := time.Duration(*p)
	switch {
	case d == 0:
		return "0"
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}

// Set parses a duration that is at least 0.
func (p *period) Set(text string) error {
	invalid := errors.New("must be a duration such as 90m, 2h or 30d")
	var total time.Duration
	rest := text
	if days, after, found := strings.Cut(text, "d"); found {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > uint64(math.MaxInt64/day)/2 {
			return invalid
		}
		total, rest = time.Duration(n)*day, after
	}
	if rest != "" || total == 0 && text != "0d" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > math.MaxInt64/2 {
			return invalid
		}
		total += d
	}
	*p = period(total)
	return nil
}
