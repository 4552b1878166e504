package measure

import "time"

var began = time.Now()

// now is how much time has passed since some moment, by the clock that the settings say.
func (s Settings) now() time.Duration {
	if s.Wall {
		return time.Since(began)
	}
	return ProcessorTime()
}
