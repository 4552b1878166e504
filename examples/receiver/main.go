// Command receiver is a callback server. It verifies the signature of each
// callback, prints the run, and shuts down gracefully.
//
//	IBLAI_CALLBACK_SECRET=… go run ./examples/receiver -addr :8080
//
// Set an agent's callback_url to its address, and callback_secret to the
// secret.
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

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, os.Getenv("IBLAI_CALLBACK_SECRET")); err != nil {
		log.Fatal("receiver: ", err)
	}
}

func run(ctx context.Context, addr, secret string) error {
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	if err != nil {
		return fmt.Errorf("IBLAI_CALLBACK_SECRET: %w", err)
	}
	handler, err := callback.NewHandler(verifier, printRun, callback.WithObserver(printRefusal))
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

// printRun is called with verified events only. If it returned an error, the
// response would be a 500, and the sender could retry.
func printRun(_ context.Context, event *callback.Event) error {
	log.Printf("run %d: %s at %s: %q", event.LogID, event.Status,
		event.Timestamp.Format(time.DateTime), event.AgentOutput)
	return nil
}

// printRefusal prints callbacks that were refused, such as forged ones.
func printRefusal(_ context.Context, outcome callback.Outcome) {
	if outcome.Err != nil {
		log.Printf("refused with %d: %v", outcome.StatusCode, outcome.Err)
	}
}
