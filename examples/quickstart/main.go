// Command quickstart shows the life of a periodic agent. It creates an agent on
// a schedule, runs it, receives and verifies its signed callback, and reads its
// log and the statistics.
//
//	go run ./examples/quickstart
//
// It needs no account and no network, because it starts a sandbox of the
// platform in its process. If IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME are
// set, it reads mentors, agents, logs and statistics from the real service
// instead, and changes nothing there.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"

	"github.com/iblai/iblai-go/client"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	example := inSandbox
	if os.Getenv(client.EnvAPIKey) != "" {
		example = againstService
	}
	if err := example(ctx, &report{w: os.Stdout}); err != nil {
		log.Fatal("quickstart: ", err)
	}
}
