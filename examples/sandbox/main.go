// Command sandbox serves a sandbox of the platform on this machine: the API for
// periodic agents, which run on their schedules; a control API that moves the
// clock, runs agents, injects faults, and reports runs, requests and callbacks;
// and a console for the browser.
//
//	go run ./examples/sandbox
//
// It prints its addresses, and the environment variables with which a program
// connects as an administrator. Without -seed it has an org with three agents.
// The file seed.yaml shows every field of a seed, which can also be added to the
// running sandbox. The control API is described at /_sandbox/openapi.yaml.
//
// It is a test server: anyone who can connect to it can read its API keys.
// Therefore it only listens on loopback addresses, unless -allow-remote is
// given.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/iblai/iblai-go/internal/sandboxd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills the program
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves a sandbox until ctx is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	log := sandboxd.NewLogWriter(stderr)
	defer log.Close()
	config, err := parseFlags(args, stderr, log)
	if err != nil {
		return err
	}
	config.Output = stdout
	err = sandboxd.Serve(ctx, config)
	if errors.Is(err, sandboxd.ErrRemote) {
		return fmt.Errorf("%w; add -allow-remote to permit that", err)
	}
	return err
}
