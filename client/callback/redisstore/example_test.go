package redisstore_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/callback/redisstore"
)

// Two replicas behind a load balancer share Redis. A callback that is delivered to
// both is handled by one of them.
func ExampleNew() {
	server, err := miniredis.Run() // in production, a Redis of your own
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	secret := api.NewSecret("a secret of enough bytes")

	var replicas []http.Handler
	for replica := range 2 {
		client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
		defer func() { _ = client.Close() }()
		store, err := redisstore.New(client, "iblai:callback:", 5*time.Minute, 24*time.Hour)
		if err != nil {
			log.Fatal(err)
		}
		verifier, err := callback.NewVerifier(secret)
		if err != nil {
			log.Fatal(err)
		}
		handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
			fmt.Println("replica", replica, "handles run", event.LogID)
			return nil
		}, callback.WithDeduplication(store))
		if err != nil {
			log.Fatal(err)
		}
		replicas = append(replicas, handler)
	}

	for _, replica := range replicas {
		body := []byte(`{"log_id": 4711, "status": "success"}`)
		request, err := callback.NewRequest(context.Background(), "https://hooks.example.com/runs", body, secret)
		if err != nil {
			log.Fatal(err)
		}
		response := httptest.NewRecorder()
		replica.ServeHTTP(response, request)
		fmt.Println(response.Code)
	}
	// Output:
	// replica 0 handles run 4711
	// 204
	// 204
}
