// Command replicas is a callback server with any number of replicas behind a
// load balancer. Each run is handled once, even if its callback is delivered
// several times and to different replicas. The replicas share their state in
// Redis; see store.go.
//
//	REDIS_URL=redis://localhost:6379 IBLAI_CALLBACK_SECRET=… go run . -addr :8080
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, os.Getenv("REDIS_URL"), os.Getenv("IBLAI_CALLBACK_SECRET")); err != nil {
		log.Fatal("replicas: ", err)
	}
}

func run(ctx context.Context, addr, redisURL, secret string) error {
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	if err != nil {
		return fmt.Errorf("IBLAI_CALLBACK_SECRET: %w", err)
	}
	options, err := redis.ParseURL(redisURL)
	if err != nil { // not wrapped: it may contain the password
		return errors.New("REDIS_URL: must be of the form redis://user:password@host:port/db (rediss:// with TLS)")
	}
	options.ContextTimeoutEnabled = true // otherwise the client ignores the deadlines of contexts
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()

	handler, err := newHandler(client, verifier)
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		// Shutdown waits for callbacks in flight.
		shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(shutdown)
	})
	log.Printf("waiting for callbacks on http://%s (stop with Ctrl-C)", addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return nil
}
