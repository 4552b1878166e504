package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

func (a *app) newLogs() *cobra.Command {
	var params client.PeriodicAgentLogListParams
	var since period
	var limit int
	var follow, full bool
	cmd := &cobra.Command{
		Use:   "logs [AGENT]",
		Short: "List runs, newest first, or print them as they finish",
		Example: `  iblai logs
  iblai logs "Morning digest" --since 24h --full
  iblai logs --status error -o json
  iblai logs --follow`,
		Args:              agentArgs(0, 1),
		ValidArgsFunction: a.completeAgents,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			if params.PeriodicAgent, err = agentID(cmd.Context(), c, args); err != nil {
				return err
			}
			if follow {
				return a.followLogs(cmd.Context(), c, params, time.Duration(since), full)
			}
			logs, err := collect(a, a.logsSince(cmd.Context(), c, params, time.Duration(since)), limit, increaseLimit)
			if err != nil {
				return err
			}
			return a.printLogs(logs, full)
		},
	}
	flags := cmd.Flags()
	flags.StringVar((*string)(&params.Status), "status", "", "only runs with this `status`: success, error or running")
	flags.Var(&since, "since", "only runs created in this `duration` until now, such as 2h or 7d")
	flags.BoolVarP(&follow, "follow", "f", false, "print runs as they finish, until interrupted")
	flags.BoolVar(&full, "full", false, "print the complete output of each run")
	addLimitFlag(cmd, &limit, 20, "runs")
	completeStatus(cmd, "status", api.StatusSuccess, api.StatusError, api.StatusRunning)
	return cmd
}

// logsSince iterates over the logs of the given duration until now, newest
// first. The duration 0 means all logs.
func (a *app) logsSince(ctx context.Context, c *client.Client, params client.PeriodicAgentLogListParams, since time.Duration) iter.Seq2[*client.PeriodicAgentLog, error] {
	if since == 0 {
		params.Ordering = client.OrderByCreatedAt.Descending()
		return c.PeriodicAgentLogs.All(ctx, &params)
	}
	now, err := a.requestServiceTime(ctx, c)
	if err != nil {
		return func(yield func(*client.PeriodicAgentLog, error) bool) { yield(nil, err) }
	}
	return c.PeriodicAgentLogs.Since(ctx, now.Add(-since), &params, client.WithPrefetch(2))
}

// followLogs prints runs as they finish, starting with the given duration until
// now.
func (a *app) followLogs(ctx context.Context, c *client.Client, params client.PeriodicAgentLogListParams, since time.Duration, full bool) error {
	status := params.Status
	params.Status = "" // running runs must be included, to print them when they finish
	return a.follow(ctx, c, params, since, func(log *client.PeriodicAgentLog) error {
		if status != "" && log.Status != status {
			return nil
		}
		return a.printLog(log, full)
	})
}

// follow calls a function with each run that finishes, starting with the given
// duration until now. An interrupt ends it successfully.
func (a *app) follow(ctx context.Context, c *client.Client, params client.PeriodicAgentLogListParams, since time.Duration, handle func(*client.PeriodicAgentLog) error, options ...runs.FollowOption) error {
	now, err := a.requestServiceTime(ctx, c)
	if err != nil {
		return err
	}
	options = append(options, runs.WithParams(params))
	if a.pollInterval > 0 {
		options = append(options, runs.WithPollInterval(a.pollInterval))
	}
	for log, err := range runs.Follow(ctx, c, runs.At(now.Add(-since)), options...) {
		switch {
		case ctx.Err() != nil:
			return nil
		case isPermanent(err):
			return err
		case err != nil:
			fmt.Fprintf(a.Stderr, "iblai: continuing after an error: %s\n", sanitize(explain(err)))
			continue
		}
		if err := handle(log); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// isPermanent reports whether a retry can't succeed.
func isPermanent(err error) bool {
	if _, is := errors.AsType[*api.ArgumentError](err); is {
		return true
	}
	for _, kind := range []error{client.ErrUnauthorized, client.ErrForbidden, client.ErrNotFound, client.ErrValidation} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// printLog prints one run.
func (a *app) printLog(log *client.PeriodicAgentLog, full bool) error {
	if a.format != formatTable {
		return a.printEach(log, strconv.FormatInt(log.ID, 10))
	}
	t := &table{}
	addLog(t, log, full)
	err := t.write(a.Stdout, a.colors())
	if full && err == nil {
		_, err = fmt.Fprintln(a.Stdout, sanitize(log.Content))
	}
	return err
}

func (a *app) printLogs(logs []*client.PeriodicAgentLog, full bool) error {
	var names []string
	for _, log := range logs {
		names = append(names, strconv.FormatInt(log.ID, 10))
	}
	if full && a.format == formatTable {
		for _, log := range logs {
			if err := a.printLog(log, true); err != nil {
				return err
			}
		}
		return nil
	}
	return a.print(result{value: nonNil(logs), names: names, table: func() *table {
		t := &table{heading: []string{"LOG", "AGENT", "STATUS", "STARTED (UTC)", "TOOK", "OUTPUT"}}
		for _, log := range logs {
			addLog(t, log, false)
		}
		return t
	}})
}

// addLog adds the row of a run. Unless full is set, the row has the first line
// of the output.
func addLog(t *table, log *client.PeriodicAgentLog, full bool) {
	took := "-"
	if log.EndTime != nil {
		took = log.EndTime.Sub(log.StartTime.Time).Round(time.Millisecond).String()
	}
	row := []string{
		strconv.FormatInt(log.ID, 10), strconv.FormatInt(log.PeriodicAgent, 10), string(log.Status),
		log.StartTime.UTC().Format(secondLayout), took,
	}
	if !full {
		row = append(row, firstLine(log.Content, 60))
	}
	t.add(row...)
	t.color(2, log.Status)
}
