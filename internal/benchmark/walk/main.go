// Command walk iterates over all logs of the service at the given address, and
// prints their number and its own peak of resident memory. It is a separate
// program so that the server's memory is not counted.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/iblai/iblai-go/client"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
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
	if walked.PeakKB, err = measure.ResidentPeakKB(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(walked)
}
