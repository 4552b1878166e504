package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// replica receives callbacks, follows the logs, and handles runs, until the
// context ends. Any number of replicas may run. The parts can also be processes
// of their own: role is replica for all of them, receive or work.
func replica(ctx context.Context, role string) error {
	bridge, err := newBridge(ctx, role)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	if role != "work" {
		mux := http.NewServeMux()
		mux.Handle("POST /runs/{org}", bridge)
		group.Go(func() { cancel(serve(ctx, mux)) })
	}
	if role == "replica" {
		group.Go(func() { cancel(bridge.Follow(ctx)) })
	}
	if role != "receive" {
		group.Go(func() { cancel(bridge.Consume(ctx, handle, natsruns.WithConcurrency(concurrency))) })
	}
	group.Wait()
	return context.Cause(ctx)
}

const concurrency = 32

// handle is called for each run, on one of the replicas.
func handle(_ context.Context, run *natsruns.Run) error {
	fmt.Println("handled", run.LogID, run.Attempt)
	return nil
}

func newBridge(ctx context.Context, role string) (*natsruns.Bridge, error) {
	conn, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1), nats.ReconnectWait(200*time.Millisecond))
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	c, err := client.FromEnv() // IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME, IBLAI_BASE_URL
	if err != nil {
		return nil, err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	if err != nil {
		return nil, fmt.Errorf("IBLAI_CALLBACK_SECRET: %w", err)
	}
	return natsruns.New(ctx, js, []natsruns.Org{{Client: c, Verifier: verifier}},
		natsruns.WithName(os.Getenv(nameVariable)),
		natsruns.WithMaxRunsPerOrg(1_000_000),
		natsruns.WithAckWait(5*time.Second),
		natsruns.WithLease(3*time.Second),
		natsruns.WithFollowOptions(runs.WithStart(time.Time{}), runs.WithPollInterval(time.Second)),
		natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
			switch {
			case o.Kind == natsruns.KindCallback && o.StatusCode == http.StatusNoContent:
				fmt.Println("received")
			case o.Kind == natsruns.KindRun && role == "replica":
				fmt.Println("settled", o.LogID)
			}
		}),
		natsruns.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))),
	)
}

// serve serves callbacks, and prints the address on which it listens.
func serve(ctx context.Context, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("listening", "http://"+listener.Addr().String())
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(shutdown)
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return ctx.Err()
}
