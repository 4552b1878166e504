package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/fleet"
)

func (a *app) newPlan() *cobra.Command {
	return fleetCommand(&cobra.Command{
		Use:   "plan FILE",
		Short: "Show what apply would change",
		Long: `Compare the agents in a file with those on the platform, and show what apply would
change. Nothing is changed. The exit code is 0 if there is nothing to do, 2 if there
is something to do, and 1 if the command fails.

The agents of a fleet are recognized by a marker in their descriptions, such as
[fleet courses/digest]. Other agents are never changed.`,
		Example: `  iblai plan fleet.yaml
  iblai plan fleet.yaml -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, plan, err := a.plan(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := a.printPlan(plan); err != nil {
				return err
			}
			if !plan.IsEmpty() {
				return errChanges
			}
			return nil
		},
	})
}

func (a *app) newApply() *cobra.Command {
	var yes bool
	cmd := fleetCommand(&cobra.Command{
		Use:   "apply FILE",
		Short: "Create and change agents as a file describes them",
		Long: `Create and change agents as a file describes them, after a confirmation.

An agent is left alone if it was changed after the confirmation was requested. If a
change fails, the command goes on with the other agents, prints what was done and
what was not, and exits with 1. It can be repeated.`,
		Example: `  iblai apply fleet.yaml
  iblai apply fleet.yaml --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, plan, err := a.plan(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.format == formatTable || !yes {
				if err := a.writePlan(a.planWriter(), plan); err != nil {
					return err
				}
			}
			result := &fleet.Result{}
			if len(plan.Changes) > 0 {
				if !yes && !a.confirm(cmd.Context(), fmt.Sprintf("Make these changes in org %s?", plan.Org)) {
					return errors.New("not confirmed, and nothing was changed; answer yes, or use --yes")
				}
				result, err = plan.Apply(cmd.Context(), c)
				if result == nil {
					return err
				}
			}
			return a.reportApply(plan, result)
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "don't ask for confirmation")
	return cmd
}

func (a *app) newExport() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "export FILE [AGENT...]",
		Short: "Write a file that describes existing agents",
		Long: `Write a file that describes existing agents. The default is the agents of the fleet and
those that belong to no fleet. If FILE is -, the command writes to stdout.

The file contains no secrets: it names an environment variable for each. Agents that
belong to no fleet yet must be adopted before apply, which would create copies of them.
The command prints how.`,
		Example: `  iblai export fleet.yaml
  iblai export courses.yaml "Morning digest" 7 --fleet courses`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: fileThen(a.completeAgents),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[0]
			if name == "" && file != "-" {
				name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
			}
			if name == "" {
				return errors.New("--fleet is required if the file is -")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			var ids []int64
			for _, arg := range args[1:] {
				id, err := agentID(cmd.Context(), c, []string{arg})
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			exported, err := fleet.Export(cmd.Context(), c, name, ids...)
			if err != nil {
				return nameFleet(err)
			}
			if err := a.writeNew(file, exported.File); err != nil {
				return err
			}
			for _, note := range exported.Notes {
				fmt.Fprintf(a.Stderr, "%s\n", sanitize(note))
			}
			if len(exported.IDs) > 0 {
				fmt.Fprintf(a.Stderr, "To make these agents those of the fleet, run: iblai adopt %s%s\n", file, adoptArgs(exported.IDs))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "fleet", "", "`name` of the fleet (default the file's name)")
	return cmd
}

func (a *app) newAdopt() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt FILE KEY=AGENT...",
		Short: "Take existing agents into a fleet",
		Long: `Take existing agents into a fleet. The command adds the fleet's marker to the
description of each agent, and changes nothing else.`,
		Example: `  iblai adopt fleet.yaml digest=7 drafts="Reply drafts"`,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := loadFleet(args[0])
			if err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			ids := map[string]int64{}
			for _, arg := range args[1:] {
				key, agent, found := strings.Cut(arg, "=")
				if _, repeated := ids[key]; !found || repeated {
					return fmt.Errorf("%q must be a key and an agent, such as digest=7, and each key must be given once", arg)
				}
				if ids[key], err = agentID(cmd.Context(), c, []string{agent}); err != nil {
					return err
				}
			}
			if err := f.Adopt(cmd.Context(), c, ids); err != nil {
				return err
			}
			keys := slices.Sorted(maps.Keys(ids))
			if a.format != formatTable {
				return a.print(result{value: ids, names: keys})
			}
			for _, key := range keys {
				fmt.Fprintf(a.Stdout, "adopted agent %d as %s\n", ids[key], key)
			}
			return nil
		},
	}
}

// fleetCommand sets the arguments of a command that reads a fleet.
func fleetCommand(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%d files are given, but one is required, such as fleet.yaml", len(args))
		}
		return nil
	}
	return cmd
}

// fileThen completes a file first, and then other arguments.
func fileThen(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return complete(cmd, args, text)
	}
}

// loadFleet reads a fleet. The error of a missing file has the name as it was
// given.
func loadFleet(file string) (*fleet.Fleet, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, err
	}
	return fleet.Load(file)
}

func (a *app) plan(ctx context.Context, file string) (*client.Client, *fleet.Plan, error) {
	f, err := loadFleet(file)
	if err != nil {
		return nil, nil, err
	}
	c, err := a.client()
	if err != nil {
		return nil, nil, err
	}
	plan, err := f.Plan(ctx, c)
	return c, plan, err
}

func (a *app) printPlan(plan *fleet.Plan) error {
	if a.format == formatTable {
		return a.writePlan(a.Stdout, plan)
	}
	var keys []string
	for _, change := range plan.Changes {
		keys = append(keys, change.Key)
	}
	return a.print(result{value: plan, names: keys})
}

// planWriter returns the writer for the plan of apply. Stdout is for the result
// if it has a format.
func (a *app) planWriter() io.Writer {
	if a.format == formatTable {
		return a.Stdout
	}
	return a.Stderr
}

func (a *app) writePlan(w io.Writer, plan *fleet.Plan) error {
	colors := map[byte]api.Status{'+': api.StatusSuccess, '~': api.StatusRunning, '-': api.StatusError, '!': api.StatusError}
	var b strings.Builder
	for line := range strings.Lines(sanitize(plan.String())) {
		text := strings.TrimSuffix(line, "\n")
		b.WriteString(colorize(cell{text, colors[line[0]]}, a.colors() && w == a.Stdout) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A step is the result of one change of apply.
type step struct {
	Action fleet.Action `json:"action"`
	Key    string       `json:"key"`
	ID     int64        `json:"id,omitempty"`
	Done   bool         `json:"done"`
	Error  string       `json:"error,omitempty"`
}

// reportApply prints the result of apply. It fails if a change has failed, or if
// the plan has problems.
func (a *app) reportApply(plan *fleet.Plan, applied *fleet.Result) error {
	steps := []step{}
	var done []string
	failed := len(plan.Problems) > 0
	for _, s := range applied.Steps {
		next := step{Action: s.Change.Action, Key: s.Change.Key, ID: s.ID, Done: s.Err == nil}
		if s.Err != nil {
			next.Error = explain(s.Err)
			failed = true
		} else {
			done = append(done, s.Change.Key)
		}
		steps = append(steps, next)
	}
	err := a.print(result{value: steps, names: done, table: func() *table {
		t := &table{}
		for _, s := range steps {
			state, status := "done", api.StatusSuccess
			if !s.Done {
				state, status = "not done: "+s.Error, api.StatusError
			}
			agent := ""
			if s.ID != 0 {
				agent = "agent " + strconv.FormatInt(s.ID, 10)
			}
			t.add(string(s.Action), s.Key, agent, state)
			t.color(3, status)
		}
		return t
	}})
	if err == nil && len(plan.Problems) > 0 {
		err = fmt.Errorf("the plan has problems (%d) that apply can't solve", len(plan.Problems))
	}
	if err == nil && failed {
		return errFailed
	}
	return err
}

// writeNew writes a file that must not exist.
func (a *app) writeNew(name string, text []byte) (err error) {
	if name == "-" {
		_, err := a.Stdout.Write(text)
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists; delete it, or choose another name", name)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.Write(text)
	return err
}

// nameFleet replaces the argument of an invalid name with its flag.
func nameFleet(err error) error {
	if invalid, is := errors.AsType[*api.ArgumentError](err); is && invalid.Argument == "name" {
		return fmt.Errorf("--fleet %s", invalid.Reason)
	}
	return err
}

// adoptArgs returns the arguments of adopt.
func adoptArgs(ids map[string]int64) string {
	var args strings.Builder
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		fmt.Fprintf(&args, " %s=%d", key, ids[key])
	}
	return args.String()
}
