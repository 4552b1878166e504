// Package command implements the command iblai.
package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitChanges = 2 // of plan: there is something to do
)

// Environment has the parts of the operating system that the command uses.
type Environment struct {
	Getenv         func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	HTTPClient     *http.Client
	ConfigDir      string // directory of the user's configuration files
	Now            func() time.Time
	Local          *time.Location
	Terminal       bool // whether Stdout is a terminal, to which colors can be written
	Progress       bool // whether Stderr is a terminal, to which progress can be written

	// pollInterval is the interval at which agents run and logs --follow poll.
	// Tests set it; 0 means the default.
	pollInterval time.Duration
}

// Run runs the command and returns its exit code.
func Run(ctx context.Context, args []string, env Environment) int {
	a := &app{Environment: env}
	root := a.newRoot()
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	return a.reportError(err)
}

// app is the state of one run of the command.
type app struct {
	Environment
	flags  flags
	format format
	clock  serviceClock
	reader *bufio.Reader // of Stdin
}

const rootHelp = `iblai manages ibl.ai's periodic agents: AI mentors that run on a schedule.

The settings are environment variables:

  IBLAI_API_KEY    the API key of an administrator
  IBLAI_ORG        the key of the org, or --org
  IBLAI_USERNAME   the username, or --username
  IBLAI_BASE_URL   the address of the service (default production)
  IBLAI_PROFILE    the name of a profile, or --profile
  NO_COLOR         disables colors

A profile is a named set of settings. Profiles are stored in iblai/config.yaml, in the
user's configuration directory, such as ~/.config:

  profiles:
    staging:
      org: acme
      username: ada
      base_url: https://base.manager.staging.acme.edu
      api_key_file: /run/secrets/iblai   # or api_key_env: VARIABLE

An AGENT is an id or a title. The exit code is 0 if the command succeeds and 1 if it
fails. The exit code of plan is 2 if there is something to do.`

func (a *app) newRoot() *cobra.Command {
	root := newGroup(&cobra.Command{
		Use:   "iblai",
		Short: "Manage ibl.ai's periodic agents",
		Long:  rootHelp,
		Example: `  iblai doctor
  iblai agents list
  iblai logs "Morning digest" --since 24h`,
		SilenceErrors: true,
		SilenceUsage:  true,
	})
	a.flags.add(root, a.completeProfiles)
	a.addFormatFlag(root)
	root.AddCommand(a.newAgents(), a.newLogs(), a.newStats(), a.newListen(), a.newWatch(), a.newPlan(), a.newApply(), a.newExport(), a.newAdopt(), a.newCrontab(), a.newDoctor(), a.newSandbox())
	return root
}

// newGroup returns a command that has only subcommands. Without a subcommand,
// it prints its help.
func newGroup(cmd *cobra.Command) *cobra.Command {
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
		if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
			text += "; did you mean " + strings.Join(similar, " or ") + "?"
		}
		return errors.New(text)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// errFailed is returned when the failure was already reported.
var errFailed = errors.New("failed")

// errChanges is returned by plan when there is something to do.
var errChanges = errors.New("there is something to do")
