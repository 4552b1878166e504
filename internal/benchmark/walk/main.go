// Command walk goes over all logs of the service at the address that is its argument, and prints how many there were and
// how much memory it had in use at the most, as the system counts it. It is a program of its own so that nothing else is
// counted: neither the server nor the other packages of the benchmark.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/iblai/iblai-go/client"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "walk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address string) error {
	c, err := client.New(client.WithBaseURL(address), client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"))
	if err != nil {
		return err
	}
	var walked struct{ Logs, PeakKB int }
	for _, err := range c.PeriodicAgentLogs.All(ctx, nil) {
		if err != nil {
			return err
		}
		walked.Logs++
	}
	if walked.PeakKB, err = peakKB(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(walked)
}

// peakKB is the most that was resident since the program began. What getrusage tells would have the parent's in it.
func peakKB() (int, error) {
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
