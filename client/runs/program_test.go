package runs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// A complete program receives callbacks, polls the logs, and stops when it is
// interrupted.
func ExampleReceiver_program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	interrupted := ctx.Err() != nil
	stop()
	if !interrupted {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	c, err := client.FromEnv() // IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	if err != nil {
		return err
	}
	receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
		fmt.Println(run.LogID, run.Status)
		return nil
	}, runs.WithPositionFile("/var/lib/digest/position"))
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/runs", receiver)
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !receiver.Status().Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{
		Addr:              ":8080",
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() { cancel(server.ListenAndServe()) }()
	followed := receiver.Follow(ctx)

	shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	return errors.Join(followed, server.Shutdown(shutdown))
}
