package redisstore_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/callback/redisstore"
)

// Two replicas share a store. The callback that is delivered to both is handled
// once.
func ExampleNew() {
	server := miniredis.NewMiniRedis() // in production, Redis 7 or Valkey
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
	defer rdb.Close()

	secret := api.NewSecret("a secret of enough bytes")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	store, err := redisstore.New(rdb, "iblai:callbacks:", 5*time.Minute, 7*24*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	for _, replica := range []string{"first", "second"} {
		handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
			fmt.Println(replica, "replica handles log", event.LogID)
			return nil
		}, callback.WithDeduplication(store))
		if err != nil {
			log.Fatal(err)
		}
		request, err := callback.NewRequest(context.Background(), "https://example.com/callbacks",
			[]byte(`{"status": "success", "agent_output": "Nothing is due.", "log_id": 7}`), secret)
		if err != nil {
			log.Fatal(err)
		}
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		fmt.Println(replica, "replica responds", response.Code)
	}
	// Output:
	// first replica handles log 7
	// first replica responds 204
	// second replica responds 204
}
