package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/callback/redisstore"
)

// redisReplica is a replica that handles callbacks before it responds. Redis
// keeps duplicates apart, but no run that was not handled.
func redisReplica(ctx context.Context) error {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return err
	}
	options.ContextTimeoutEnabled = true
	store, err := redisstore.New(redis.NewClient(options), "iblai-example:", 5*time.Minute, 24*time.Hour)
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	if err != nil {
		return err
	}
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		fmt.Println("handled", event.LogID, 1)
		return nil
	}, callback.WithDeduplication(store))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /runs/{org}", handler)
	return serve(ctx, mux)
}
