//go:build !unix

package measure

import "time"

// processorTime stands in where the system can't tell: it is the time on the wall.
func processorTime() time.Duration { return time.Since(began) }
