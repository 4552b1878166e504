//go:build unix

package measure

import (
	"syscall"
	"time"
)

// ProcessorTime is how long processors have worked for this program, its garbage collection included.
func ProcessorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it fails for wrong arguments only
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
