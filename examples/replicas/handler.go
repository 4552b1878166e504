package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/callback"
)

const (
	// Callbacks older than maxAge are refused. Handled ones are remembered for
	// longer, so every replay is detected.
	maxAge = 24 * time.Hour
	ttl    = maxAge + time.Hour

	// lease is how long a claim lasts. If a replica is killed, its run can be
	// handled by another replica only after the lease has expired. Handling a run
	// must take less time than that.
	lease = 5 * time.Minute
)

func newHandler(client *redis.Client, verifier *callback.Verifier) (http.Handler, error) {
	store := &redisStore{client: client, prefix: "iblai:callback:", lease: lease, ttl: ttl}
	return callback.NewHandler(verifier, printRun,
		callback.WithDeduplication(store),
		callback.WithMaxAge(maxAge),
		callback.WithObserver(printError))
}

// printRun is called once for each run, on one of the replicas. If it returned
// an error, the response would have status 500, and any replica could handle a
// redelivery.
func printRun(_ context.Context, event *callback.Event) error {
	log.Printf("run %d: %s at %s: %q", event.LogID, event.Status,
		event.Timestamp.Format(time.DateTime), event.AgentOutput)
	return nil
}

// printError prints refused callbacks, duplicates and Redis errors.
func printError(_ context.Context, outcome callback.Outcome) {
	if outcome.Err != nil {
		log.Printf("run %d: response %d: %v", outcome.LogID, outcome.StatusCode, outcome.Err)
	}
}
