// Command server handles finished runs, and exposes Prometheus metrics at
// /metrics and a readiness probe at /ready.
//
//	IBLAI_CALLBACK_SECRET=… go run ./server -addr :8080 -data /var/lib/digest
//
// It also reads IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME. Set the agents'
// callback_url to its address with the path /runs.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/examples/metrics"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	data := flag.String("data", ".", "folder of the position and the alarms")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *addr, *data)
	interrupted := ctx.Err() != nil
	stop()
	if !interrupted {
		log.Fatal("server: ", err)
	}
}

func run(ctx context.Context, addr, data string) error {
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	counted, err := metrics.New(registry)
	if err != nil {
		return err
	}
	watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
		counted.CountAlarms(alarms)
		for _, alarm := range alarms {
			log.Print(alarm)
		}
		return nil
	}, runs.WithAlarmFile(filepath.Join(data, "alarms")))
	if err != nil {
		return err
	}
	receiver, err := runs.NewReceiver(c, verifier, printRun, runs.WithPositionFile(filepath.Join(data, "position")),
		runs.WithWatchdog(watchdog), runs.WithObserver(counted.Observe))
	if err != nil {
		return err
	}
	if err := metrics.RegisterStatus(registry, receiver, watchdog); err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/runs", receiver)
	mux.Handle("/ready", metrics.Ready(receiver))
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{
		Addr:              addr,
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

func printRun(_ context.Context, run *runs.Run) error {
	log.Printf("run %d: %s", run.LogID, run.Status)
	return nil
}
