//go:build !unix

package measure

import "time"

// ProcessorTime returns the wall-clock time, because this system does not
// report the CPU time.
func ProcessorTime() time.Duration { return time.Since(began) }
