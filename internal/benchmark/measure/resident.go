package measure

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// ResidentPeakKB is the most that was resident since the program began, on Linux. What getrusage tells would have the
// parent's in it.
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
