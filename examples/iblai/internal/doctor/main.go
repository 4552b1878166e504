// Doctor examines how a program here gets on with a deployment of ibl.ai: the
// way there, the key, the org, the user and the role, and what each operation
// answers. It prints a row for each check and, where something is not as it
// should be, what that means and what to do.
//
//	export IBLAI_API_KEY=... IBLAI_ORG=acme IBLAI_USERNAME=ada
//	export IBLAI_BASE_URL=https://base.manager.iblai.app # if it is another
//	go run github.com/iblai/iblai-go/examples/doctor
//
// It only reads. With -write it also creates a disabled agent, changes it and
// removes it. Nothing that it prints has a secret in it.
//
// It exits with 0 when nothing failed (warnings are no failures), with 1 when
// something did, and with 2 when it could not begin.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// world is what the program needs of the machine.
type world struct {
	getenv         func(string) string
	httpClient     *http.Client
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt does not wait for what the first one began to clean up
	os.Exit(run(ctx, os.Args[1:], world{os.Getenv, &http.Client{}, os.Stdout, os.Stderr}))
}

func run(ctx context.Context, args []string, w world) int {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(w.stderr)
	asJSON := flags.Bool("json", false, "print JSON, for programs")
	write := flags.Bool("write", false, "also create, change and remove a disabled agent")
	timeout := flags.Duration("timeout", 15*time.Second, "how long one request may take")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitUsage
	}
	d, err := newDoctor(w, *timeout, *write)
	if flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; the settings come from the environment, see -h for the flags", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(w.stderr, "doctor:", err)
		return exitUsage
	}
	d.examine(ctx)
	if err := d.report.print(w.stdout, *asJSON); err != nil {
		fmt.Fprintln(w.stderr, "doctor: the report could not be written:", err)
		return exitFailed
	}
	if d.report.verdict() == failed {
		return exitFailed
	}
	return exitOK
}
