package measure

import "time"

var began = time.Now()

// now returns the time since a fixed moment, on the clock of the settings.
func (s Settings) now() time.Duration {
	if s.Wall {
		return time.Since(began)
	}
	return ProcessorTime()
}
