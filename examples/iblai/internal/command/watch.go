package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

func (a *app) newWatch() *cobra.Command {
	grace, stuckAfter := period(10*time.Minute), period(day)
	var failures int
	var zone string
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Print an alarm when an agent misses a run, is stuck, or fails",
		Long: `Print an alarm when an agent misses a run, is stuck, or fails, until interrupted. The
command prints each alarm once when it is raised and once when it is resolved:

  missed   an agent was due, and no run has started within the grace period
  stuck    a run has not finished
  failing  the latest runs of an agent have failed
  silent   agents were due, and no agent has run for an hour

It judges what is due after its start, by the clock of the service. It doesn't judge
an agent that has just been created, changed or enabled, or that may have to wait for
another agent.`,
		Example: `  iblai watch
  iblai watch --grace 30m --failures 1 -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			location := time.UTC
			if zone != "" {
				var err error
				if location, err = a.location(zone); err != nil {
					return err
				}
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancelCause(cmd.Context())
			defer cancel(nil)
			watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
				err := a.printAlarms(alarms)
				if err != nil {
					cancel(err)
				}
				return err
			}, runs.WithGrace(time.Duration(grace)), runs.WithFailures(failures), runs.WithSilence(max(time.Duration(grace), time.Hour)), runs.WithScheduleLocation(location))
			if err != nil {
				return nameOption(err)
			}
			fmt.Fprintln(a.Stderr, "watching agents from now on; interrupt to stop")
			err = a.follow(ctx, c, client.PeriodicAgentLogListParams{}, 0, func(*client.PeriodicAgentLog) error { return nil },
				runs.WithWatchdog(watchdog), runs.WithStuckAfter(time.Duration(stuckAfter)))
			if cmd.Context().Err() == nil && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return nameOption(err)
		},
	}
	flags := cmd.Flags()
	flags.Var(&grace, "grace", "`duration` after which a run that has not started is missed")
	flags.Var(&stuckAfter, "stuck-after", "`duration` after which a run that has not finished is stuck")
	flags.IntVar(&failures, "failures", 3, "`number` of consecutive failures after which an agent is failing")
	flags.StringVar(&zone, "schedule-tz", "", "time `zone` of the schedules, which is the server's (default UTC)")
	return cmd
}

// nameOption replaces the option of an invalid argument with its flag.
func nameOption(err error) error {
	invalid, is := errors.AsType[*api.ArgumentError](err)
	flag := map[string]string{"WithGrace": "--grace", "WithStuckAfter": "--stuck-after", "WithFailures": "--failures"}
	if !is || flag[invalid.Argument] == "" {
		return err
	}
	return fmt.Errorf("%s %s", flag[invalid.Argument], invalid.Reason)
}

func (a *app) printAlarms(alarms []runs.Alarm) error {
	for _, alarm := range alarms {
		if a.format != formatTable {
			if err := a.printEach(alarm, alarm.Key()); err != nil {
				return err
			}
			continue
		}
		state, at, status := string(alarm.Kind), alarm.RaisedAt, api.StatusError
		if alarm.IsResolved() {
			state, at, status = fmt.Sprintf("resolved (%s)", alarm.Resolution), alarm.ResolvedAt, api.StatusSuccess
			alarm.Resolution = "" // its text is the problem
		}
		t := &table{}
		t.add(at.UTC().Format(secondLayout), fmt.Sprintf("%-14s", state), alarm.String())
		t.color(1, status)
		if err := t.write(a.Stdout, a.colors()); err != nil {
			return err
		}
	}
	return nil
}
