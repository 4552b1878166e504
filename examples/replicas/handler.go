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
	// A callback older than maxAge is refused, and one that was handled is
	// remembered for longer: a replay is always one or the other.
	maxAge = 24 * time.Hour
	ttl    = maxAge + time.Hour

	// lease is for how long a replica that is killed keeps the run it was
	// handling from the others. Handling must never take as long.
	lease = 5 * time.Minute
)

func newHandler(client *redis.Client, verifier *callback.Verifier) (http.Handler, error) {
	store := &redisStore{client: client, prefix: "iblai:callback:", lease: lease, ttl: ttl}
	return callback.NewHandler(verifier, printRun,
		callback.WithDeduplication(store),
		callback.WithMaxAge(maxAge),
		callback.WithObserver(printTrouble))
}

// printRun is called once for each run, on one of the replicas. An error from
// it would answer 500, and a redelivery be handled again, by any of them.
func printRun(_ context.Context, event *callback.Event) error {
	log.Printf("run %d: %s at %s: %q", event.LogID, event.Status,
		event.Timestamp.Format(time.DateTime), event.AgentOutput)
	return nil
}

// printTrouble tells of callbacks that were refused, of duplicates and of what
// Redis failed to do.
func printTrouble(_ context.Context, outcome callback.Outcome) {
	if outcome.Err != nil {
		log.Printf("run %d: answered %d: %v", outcome.LogID, outcome.StatusCode, outcome.Err)
	}
}
