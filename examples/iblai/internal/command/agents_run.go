package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

func (a *app) newAgentsRun() *cobra.Command {
	var number uint64
	cmd := a.agentCommand(&cobra.Command{
		Use:   "run AGENT",
		Short: "Run an agent's mentor and prompt once, and print the output",
		Long: `Run an agent's mentor and prompt once, wait, and print the output.

The platform can't run an agent immediately. The command creates a copy of the agent
that runs once, at the next minute. It waits for the run and deletes the copy. The
copy has no callback URL, and its run is not in the agent's logs. The exit code is 1
if the run fails.`,
		Example: `  iblai agents run "Morning digest"
  iblai agents run "Morning digest" --mentor-number 12   # for releases 3.5x`,
		Args: agentArgs(1, 1),
	}, func(ctx context.Context, c *client.Client, agents []*client.PeriodicAgent) error {
		agent := agents[0]
		mentor := agent.Mentor.UniqueID
		if number > 0 {
			mentor = strconv.FormatUint(number, 10)
		}
		fmt.Fprintf(a.Stderr, "waiting for a run of %q, which will start within a minute\n", sanitize(agent.Title))
		options := []runs.OnceOption{}
		if a.pollInterval > 0 {
			options = append(options, runs.WithPollInterval(a.pollInterval))
		}
		done, err := runs.Once(ctx, c, &client.PeriodicAgentCreateRequest{
			Mentor:      mentor,
			Title:       firstLine(agent.Title, maxTitle-len(runSuffix)) + runSuffix,
			Description: &agent.Description,
			Prompt:      &agent.Prompt,
		}, options...)
		if err != nil {
			return explainMentor(err, &agent.Mentor, mentor, "--mentor-number")
		}
		if err := a.printRun(done.Log); err != nil {
			return err
		}
		if done.Cleanup != nil {
			return done.Cleanup
		}
		if done.Log.Status != api.StatusSuccess {
			return fmt.Errorf("the run ended with status %s", done.Log.Status)
		}
		return nil
	})
	cmd.Flags().Uint64Var(&number, "mentor-number", 0, "`number` of the agent's mentor, which releases 3.5x need")
	return cmd
}

const (
	runSuffix = " (iblai agents run)"
	maxTitle  = 255 // characters
)

// printRun prints the output of a run.
func (a *app) printRun(log *client.PeriodicAgentLog) error {
	if a.format != formatTable {
		return a.print(result{value: log, names: []string{strconv.FormatInt(log.ID, 10)}})
	}
	_, err := io.WriteString(a.Stdout, sanitize(log.Content)+"\n")
	return err
}

func (a *app) newAgentsNext() *cobra.Command {
	var number int
	var zone string
	cmd := a.agentCommand(&cobra.Command{
		Use:   "next [AGENT...]",
		Short: "Show the next runs, in UTC and local time",
		Long: `Show the next runs of agents. The default is all enabled agents.

The runs are calculated from the schedules and the clock of the service, in UTC. If
the service has another time zone, its runs are at other times. The scheduler also
goes by the last run of an agent, which the service doesn't tell: a changed agent may
run at once, and a missed run is caught up once.`,
		Example: `  iblai agents next
  iblai agents next 7 -n 10 --tz Europe/Berlin`,
		Args: agentArgs(0, math.MaxInt),
	}, nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		location, err := a.location(zone)
		if err != nil {
			return err
		}
		if number < 1 {
			return fmt.Errorf("-n is %d, but must be positive", number)
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		agents, err := a.agentsOrAll(cmd.Context(), c, args)
		if err != nil {
			return err
		}
		return a.printNext(agents, number, location)
	}
	cmd.Flags().IntVarP(&number, "number", "n", 3, "`number` of runs of each agent")
	addZoneFlag(cmd, &zone)
	return cmd
}

// agentsOrAll returns the agents of the arguments. Without arguments, it
// returns all enabled agents.
func (a *app) agentsOrAll(ctx context.Context, c *client.Client, args []string) (agents []*client.PeriodicAgent, err error) {
	if len(args) == 0 {
		return collect(a, c.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Enabled: new(true)}), 1000, "name agents")
	}
	for _, arg := range args {
		agent, err := findAgent(ctx, c, arg)
		if err != nil {
			return nil, err
		}
		agents = append(agents, agent)
	}
	return agents, nil
}

func addZoneFlag(cmd *cobra.Command, zone *string) {
	cmd.Flags().StringVar(zone, "tz", "", "time `zone`, such as Europe/Berlin (default this machine's)")
}

func (a *app) location(zone string) (*time.Location, error) {
	if zone == "" {
		return a.Local, nil
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("--tz: %w", err)
	}
	return location, nil
}

// A nextRun is a future run of an agent.
type nextRun struct {
	Agent int64     `json:"agent"`
	Title string    `json:"title"`
	UTC   time.Time `json:"utc"`
	Local time.Time `json:"local"`
}

func (a *app) printNext(agents []*client.PeriodicAgent, number int, location *time.Location) error {
	next := []nextRun{}
	var invalid []error
	for _, agent := range agents {
		times, err := agent.Task.NextRuns(a.serviceTime(), number, time.UTC)
		if err != nil {
			invalid = append(invalid, fmt.Errorf("agent %d never runs: %w", agent.ID, err))
		} else {
			for _, warning := range agent.Task.ScheduleWarnings() {
				fmt.Fprintf(a.Stderr, "iblai: agent %d: %s\n", agent.ID, sanitize(warning))
			}
		}
		for _, t := range times {
			next = append(next, nextRun{agent.ID, agent.Title, t.UTC(), t.In(location)})
		}
	}
	slices.SortStableFunc(next, func(x, y nextRun) int { return cmp.Or(x.UTC.Compare(y.UTC), cmp.Compare(x.Agent, y.Agent)) })
	var names []string
	for _, run := range next {
		names = append(names, strconv.FormatInt(run.Agent, 10))
	}
	err := a.print(result{value: next, names: names, table: func() *table {
		t := &table{heading: []string{"UTC", "LOCAL", "ID", "TITLE"}}
		for _, run := range next {
			t.add(run.UTC.Format("Mon "+minuteLayout), run.Local.Format("Mon "+minuteLayout+" MST"), strconv.FormatInt(run.Agent, 10), firstLine(run.Title, 60))
		}
		return t
	}})
	return errors.Join(append(invalid, err)...)
}
