//go:build !unix

package measure

import "time"

// ProcessorTime stands in where the system can't tell: it is the time on the wall.
func ProcessorTime() time.Duration { return time.Since(began) }
