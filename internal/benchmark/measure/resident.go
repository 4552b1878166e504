package measure

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// ResidentPeakKB returns the peak of resident memory since the program started,
// on Linux. The value of getrusage would include the parent's.
func ResidentPeakKB() (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kb int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			return kb, nil
		}
	}
	return 0, errors.New("no VmHWM in /proc/self/status")
}
