// Command sandbox serves the platform on this machine: the API of periodic
// agents, whose agents run by themselves, a control API that moves the clock, runs
// agents, causes faults and tells what happened, and a console for the browser.
//
//	go run ./examples/sandbox
//
// It prints where it is and the environment variables that lead a program to it,
// with an administrator's key. Without -seed it has an org with three agents, see
// default.yaml; seed.yaml shows all that a seed can say, control.yaml describes the
// control API.
//
// It is a test server: whoever reaches it gets its keys. So it listens on the
// loopback interface, unless -allow-remote says otherwise.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
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
