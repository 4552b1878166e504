// Command sandbox serves the platform on this machine: the API of periodic
// agents, whose agents run on schedule; a control API that moves the clock, runs
// agents, injects faults and reports what happened; and a console for the browser.
//
//	go run ./examples/sandbox
//
// It prints its addresses, and the environment variables that connect a program
// as an administrator. Without -seed it has an org with three agents; seed.yaml
// shows everything that a seed may contain. The control API describes itself at
// /_sandbox/openapi.yaml.
//
// It is a test server: everyone who reaches it can read its keys. So it listens on
// the loopback interface, unless -allow-remote is given.
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
	context.AfterFunc(ctx, stop) // a second signal does not wait
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until the context ends.
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
