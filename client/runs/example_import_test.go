package runs_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// How are the logs of a year imported? CatchUp returns when all finished runs are
// handled. With WithPositionFile or WithPositionStore, it continues after a crash
// where it stopped, and the next call imports only what is new.
func ExampleWithStart() {
	ctx := context.Background()
	lastYear := time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(lastYear),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title: "Morning digest",
			Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	if _, err := sb.Advance(ctx, 365*24*time.Hour); err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}

	// Without callbacks, the secret is never used.
	verifier, err := callback.NewVerifier(api.NewSecret("an importer gets no callbacks"))
	if err != nil {
		log.Fatal(err)
	}
	imported := 0
	importer, err := runs.NewReceiver(c, verifier, func(context.Context, *runs.Run) error {
		imported++
		return nil
	}, runs.WithStart(lastYear), runs.WithConcurrency(1)) // 1: oldest first, one at a time
	if err != nil {
		log.Fatal(err)
	}
	if err := importer.CatchUp(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(imported, "runs")
	// Output: 365 runs
}
