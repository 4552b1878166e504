// Command iblai manages ibl.ai's periodic agents from a terminal.
//
//	go install github.com/iblai/iblai-go/examples/iblai@latest
//	iblai --help
//
// It reads IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME and IBLAI_BASE_URL, like the
// SDK. To try it without an account, run
//
//	iblai sandbox &
//	eval "$(iblai sandbox env)"
//	iblai agents list
//
// The README has a session with fleets of agents, and a reference of all
// commands.
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/iblai/iblai-go/examples/iblai/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)    // a second signal kills the program
	config, _ := os.UserConfigDir() // empty if unknown; then there are no profiles
	os.Exit(command.Run(ctx, os.Args[1:], command.Environment{
		Getenv:     os.Getenv,
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		HTTPClient: &http.Client{},
		ConfigDir:  config,
		Now:        time.Now,
		Local:      time.Local,
		Terminal:   isTerminal(os.Stdout),
		Progress:   isTerminal(os.Stderr),
	}))
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
