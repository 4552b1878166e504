package command

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

func (a *app) newAgents() *cobra.Command {
	agents := newGroup(&cobra.Command{
		Use:     "agents",
		Aliases: []string{"agent"},
		Short:   "List, create, edit and run agents",
		Example: `  iblai agents list
  iblai agents create --title "Morning digest" --mentor "Study coach" --prompt "What is due?" --schedule "0 8 * * mon-fri"
  iblai agents edit "Morning digest" --schedule "30 7 * * mon-fri"`,
	})
	agents.AddCommand(
		a.newAgentsList(), a.newAgentsGet(), a.newAgentsCreate(), a.newAgentsEdit(),
		a.newAgentsSetEnabled("enable", "Enable agents", true), a.newAgentsSetEnabled("disable", "Disable agents", false),
		a.newAgentsDelete(), a.newAgentsRun(), a.newAgentsNext(),
	)
	return agents
}

func (a *app) newAgentsList() *cobra.Command {
	var params client.PeriodicAgentListParams
	var limit int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List agents",
		Example: `  iblai agents list --search digest
  iblai agents list --status error -o json
  iblai agents list -o name | xargs iblai agents disable`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			agents, err := collect(a, c.PeriodicAgents.All(cmd.Context(), &params), limit, increaseLimit)
			if err != nil {
				return err
			}
			return a.printAgents(agents)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&params.Search, "search", "", "only agents that match this `text`")
	flags.StringVar(&params.MentorID, "mentor-id", "", "only agents of the mentor with this unique `id`")
	flags.StringVar((*string)(&params.Status), "status", "", "only agents whose latest run has this `status`: success, error, running, or pending if there is none")
	flags.StringVar((*string)(&params.Ordering), "ordering", "", "`field` to sort by, such as title or -created_at")
	addLimitFlag(cmd, &limit, 100, "agents")
	completeStatus(cmd, "status", api.StatusSuccess, api.StatusError, api.StatusRunning, api.StatusPending)
	completeFlag(cmd, "mentor-id", a.completeMentors)
	return cmd
}

func addLimitFlag(cmd *cobra.Command, limit *int, value int, items string) {
	cmd.Flags().IntVar(limit, "limit", value, "maximum `number` of "+items)
}

func (a *app) newAgentsGet() *cobra.Command {
	return a.agentCommand(&cobra.Command{
		Use:   "get AGENT...",
		Short: "Show agents",
		Example: `  iblai agents get 7
  iblai agents get "Morning digest" -o yaml`,
	}, func(_ context.Context, _ *client.Client, agents []*client.PeriodicAgent) error {
		switch {
		case a.format != formatTable && len(agents) == 1:
			return a.print(result{value: agents[0], names: ids(agents)})
		case a.format != formatTable:
			return a.printAgents(agents)
		}
		for i, agent := range agents {
			if i > 0 {
				fmt.Fprintln(a.Stdout)
			}
			if err := describe(agent).write(a.Stdout, a.colors()); err != nil {
				return err
			}
		}
		return nil
	})
}

// agentCommand sets the fields of a command whose arguments are agents. It
// calls run with the agents.
func (a *app) agentCommand(cmd *cobra.Command, run func(context.Context, *client.Client, []*client.PeriodicAgent) error) *cobra.Command {
	if cmd.Args == nil {
		cmd.Args = agentArgs(1, math.MaxInt)
	}
	cmd.ValidArgsFunction = a.completeAgents
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		agents := make([]*client.PeriodicAgent, len(args))
		for i, arg := range args {
			if agents[i], err = findAgent(cmd.Context(), c, arg); err != nil {
				return err
			}
		}
		return run(cmd.Context(), c, agents)
	}
	return cmd
}

// agentArgs validates the number of agents in the arguments.
func agentArgs(least, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return errors.New("an agent's id or title is required; iblai agents list shows all agents")
		case len(args) > most:
			return fmt.Errorf("%d agents are given, but only %d is allowed; quote titles with spaces", len(args), most)
		}
		return nil
	}
}

// findAgent returns the agent with an id or a title.
func findAgent(ctx context.Context, c *client.Client, arg string) (*client.PeriodicAgent, error) {
	if id, err := strconv.ParseInt(arg, 10, 64); err == nil {
		agent, err := c.PeriodicAgents.Get(ctx, id)
		if errors.Is(err, client.ErrNotFound) {
			return nil, fmt.Errorf("no agent has the id %d; iblai agents list shows all agents", id)
		}
		return agent, err
	}
	var found []*client.PeriodicAgent
	for agent, err := range c.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Title: arg}) {
		if err != nil {
			return nil, err
		}
		if agent.Title == arg { // a release without the filter ignores it
			found = append(found, agent)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no agent has the title %q; iblai agents list shows all agents", arg)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%d agents have the title %q; use an id: %s", len(found), arg, strings.Join(ids(found), ", "))
}

func ids(agents []*client.PeriodicAgent) []string {
	all := make([]string, len(agents))
	for i, agent := range agents {
		all[i] = strconv.FormatInt(agent.ID, 10)
	}
	return all
}

func (a *app) printAgents(agents []*client.PeriodicAgent) error {
	return a.print(result{value: nonNil(agents), names: ids(agents), table: func() *table {
		t := &table{heading: []string{"ID", "TITLE", "MENTOR", "SCHEDULE", "ENABLED", "NEXT RUN (UTC)"}}
		for _, agent := range agents {
			t.add(strconv.FormatInt(agent.ID, 10), firstLine(agent.Title, 40), firstLine(agent.Mentor.Name, 30),
				scheduleLine(agent.Task.Crontab), yesNo(agent.Task.Enabled), a.nextRun(agent))
		}
		return t
	}})
}

// nonNil returns a list that is not nil, since JSON encodes a nil list as null.
func nonNil[T any](list []T) []T { return append([]T{}, list...) }

func (a *app) nextRun(agent *client.PeriodicAgent) string {
	runs, err := agent.Task.NextRuns(a.serviceTime(), 1, time.UTC)
	if err != nil || len(runs) == 0 {
		return "-"
	}
	return runs[0].UTC().Format(minuteLayout)
}

const (
	minuteLayout = "2006-01-02 15:04"
	secondLayout = "2006-01-02 15:04:05"
)

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// scheduleLine returns a schedule as a crontab line.
func scheduleLine(s client.CrontabSchedule) string { return fieldsLine(s.Fields()) }

func fieldsLine(f crontab.Fields) string {
	return strings.Join([]string{f.Minute, f.Hour, f.DayOfMonth, f.MonthOfYear, f.DayOfWeek}, " ")
}

// describe returns a table of the set fields of an agent.
func describe(agent *client.PeriodicAgent) *table {
	t := &table{}
	add := func(name, text string) {
		name += ":"
		for line := range strings.Lines(text) {
			t.add(name, strings.TrimSuffix(line, "\n"))
			name = "" // only the first line has the name
		}
	}
	add("id", strconv.FormatInt(agent.ID, 10))
	add("title", agent.Title)
	add("description", agent.Description)
	add("mentor", strings.TrimSpace(agent.Mentor.Name+"  "+agent.Mentor.UniqueID))
	add("prompt", agent.Prompt)
	add("schedule", scheduleLine(agent.Task.Crontab)+describeSchedule(agent.Task.Crontab))
	add("enabled", yesNo(agent.Task.Enabled))
	add("one-off", yesNo(agent.Task.OneOff))
	if start := agent.Task.StartTime; start != nil {
		add("start time", start.UTC().Format(time.RFC3339))
	}
	if agent.PreviousAgent != nil {
		add("after", fmt.Sprintf("agent %d with status %s", *agent.PreviousAgent, agent.PreviousAgentStatus))
	}
	add("callback URL", agent.CallbackURL)
	if !agent.CallbackSecret.IsZero() {
		add("secret", agent.CallbackSecret.String())
	}
	add("created", agent.CreatedAt.UTC().Format(secondLayout))
	add("modified", agent.ModifiedAt.UTC().Format(secondLayout))
	return t
}

// describeSchedule returns the suffix that explains a schedule.
func describeSchedule(s client.CrontabSchedule) string {
	schedule, err := s.Fields().Parse()
	if err != nil {
		return ", which never runs: " + err.Error()
	}
	return "  (" + schedule.Describe() + ", UTC)"
}
