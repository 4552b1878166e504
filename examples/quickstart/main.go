// Command quickstart shows the whole story of a periodic agent: it is created on
// a schedule, runs, its signed callback is received and verified, and its log
// and the statistics are read back.
//
//	go run ./examples/quickstart
//
// It needs no account and no network: the platform is a sandbox in the process.
// With IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME set, it reads mentors, agents,
// logs and statistics from the real service instead, and changes nothing there.
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

	story := inSandbox
	if os.Getenv(client.EnvAPIKey) != "" {
		story = againstService
	}
	if err := story(ctx, &report{w: os.Stdout}); err != nil {
		log.Fatal("quickstart: ", err)
	}
}
