//go:build unix

package measure

import (
	"syscall"
	"time"
)

// ProcessorTime returns the CPU time of this program, including its garbage
// collection.
func ProcessorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it fails for invalid arguments only
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
