package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

// agentFlags are the flags that set an agent's fields.
type agentFlags struct {
	title, description, mentor     string
	prompt, promptFile             string
	schedule                       string
	callbackURL, callbackSecretEnv string
	after, afterStatus             string
	startTime                      string
	enabled, oneOff                bool

	found *client.Mentor // the mentor that --mentor names
}

func (f *agentFlags) add(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.title, "title", "", "title")
	flags.StringVar(&f.description, "description", "", "description for people")
	flags.StringVar(&f.mentor, "mentor", "", "unique id, slug or name of the `mentor` to run")
	flags.StringVar(&f.prompt, "prompt", "", "`text` that each run sends to the mentor")
	flags.StringVar(&f.promptFile, "prompt-file", "", "`file` with the prompt; - is stdin")
	flags.StringVar(&f.schedule, "schedule", "", "five `fields`: minute hour day-of-month month day-of-week, in the server's time zone (UTC)")
	flags.StringVar(&f.callbackURL, "callback-url", "", "`URL` that receives each result")
	flags.StringVar(&f.callbackSecretEnv, "callback-secret-env", "", "environment `variable` with the secret that signs callbacks")
	flags.StringVar(&f.after, "after", "", "id or title of the previous `agent`, after which this agent runs, or none")
	flags.StringVar(&f.afterStatus, "after-status", "", "required `status` of the previous agent's run: success or error")
	flags.StringVar(&f.startTime, "start-time", "", "`time` before which the agent does not run, such as 2026-01-05T08:00:00Z, or none")
	flags.BoolVar(&f.enabled, "enabled", true, "whether the agent runs on its schedule")
	flags.BoolVar(&f.oneOff, "one-off", false, "whether the agent runs only once")
	cmd.MarkFlagsMutuallyExclusive("prompt", "prompt-file")
	completeFlag(cmd, "mentor", a.completeMentors)
	completeFlag(cmd, "after", a.completeAgents)
	completeStatus(cmd, "after-status", api.StatusSuccess, api.StatusError)
}

// request returns a request with the fields whose flags are set. It validates
// the flags before it sends any request.
func (f *agentFlags) request(ctx context.Context, a *app, cmd *cobra.Command, c *client.Client) (*client.PeriodicAgentUpdateRequest, error) {
	r := &client.PeriodicAgentUpdateRequest{}
	task := &client.PeriodicTaskUpdateRequest{}
	for _, flag := range []struct {
		name string
		set  func() error
	}{
		{"title", func() error { r.Title = &f.title; return nil }},
		{"description", func() error { r.Description = &f.description; return nil }},
		{"prompt", func() error { r.Prompt = &f.prompt; return nil }},
		{"prompt-file", func() (err error) { r.Prompt, err = a.readPrompt(f.promptFile); return err }},
		{"schedule", func() (err error) { task.Crontab, err = parseSchedule(f.schedule); return err }},
		{"callback-url", func() error { r.CallbackURL = &f.callbackURL; return checkCallbackURL(f.callbackURL) }},
		{"callback-secret-env", func() (err error) { r.CallbackSecret, err = a.readSecret(f.callbackSecretEnv); return err }},
		{"after-status", func() error { r.PreviousAgentStatus = new(api.Status(f.afterStatus)); return nil }},
		{"start-time", func() (err error) { task.StartTime, err = parseStartTime(f.startTime); return err }},
		{"enabled", func() error { task.Enabled = &f.enabled; return nil }},
		{"one-off", func() error { task.OneOff = &f.oneOff; return nil }},
		{"mentor", func() (err error) {
			if f.found, err = findMentor(ctx, c, f.mentor); err == nil {
				r.Mentor = &f.found.UniqueID
			}
			return err
		}},
		{"after", func() (err error) { r.PreviousAgent, err = previousAgent(ctx, c, f.after); return err }},
	} {
		if !cmd.Flags().Changed(flag.name) {
			continue
		}
		if err := flag.set(); err != nil {
			return nil, err
		}
	}
	if *task != (client.PeriodicTaskUpdateRequest{}) {
		r.Task = task
	}
	return r, nil
}

func (a *app) newAgentsCreate() *cobra.Command {
	var flags agentFlags
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create an agent",
		Example: `  iblai agents create --title "Morning digest" --mentor "Study coach" \
    --prompt "Summarize what is due this week." --schedule "0 8 * * mon-fri"
  iblai agents create --title Drafts --mentor "Study coach" --prompt-file drafts.txt \
    --schedule "0 9 * * *" --after "Morning digest" --after-status success`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		r, err := flags.request(cmd.Context(), a, cmd, c)
		if err != nil {
			return err
		}
		created, err := c.PeriodicAgents.Create(cmd.Context(), createRequest(r))
		if err != nil {
			return flags.explainMentor(err)
		}
		return a.report(created, "created")
	}
	flags.add(a, cmd)
	for _, name := range []string{"title", "mentor", "schedule"} {
		_ = cmd.MarkFlagRequired(name) // the flag exists
	}
	return cmd
}

// createRequest converts a request to a request that creates an agent. The
// title, the mentor and the schedule must be set.
func createRequest(r *client.PeriodicAgentUpdateRequest) *client.PeriodicAgentCreateRequest {
	return &client.PeriodicAgentCreateRequest{
		Mentor: *r.Mentor, Title: *r.Title, Description: r.Description, Prompt: r.Prompt,
		CallbackURL: r.CallbackURL, CallbackSecret: r.CallbackSecret,
		PreviousAgent: r.PreviousAgent, PreviousAgentStatus: r.PreviousAgentStatus,
		Task: client.PeriodicTaskRequest{Crontab: *r.Task.Crontab, OneOff: r.Task.OneOff, StartTime: r.Task.StartTime, Enabled: r.Task.Enabled},
	}
}

func (a *app) newAgentsEdit() *cobra.Command {
	var flags agentFlags
	cmd := a.agentCommand(&cobra.Command{
		Use:   "edit AGENT",
		Short: "Change an agent",
		Long: `Change the fields of an agent whose flags are set. Other fields stay the same.

If the schedule changes, the agent may run immediately, since the service calculates
the next run from the latest run.`,
		Example: `  iblai agents edit 7 --schedule "30 7 * * mon-fri"
  iblai agents edit "Morning digest" --title "Evening digest" --enabled=false
  iblai agents edit 7 --after none`,
		Args: agentArgs(1, 1),
	}, nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		r, err := flags.request(cmd.Context(), a, cmd, c)
		if err != nil {
			return err
		}
		if *r == (client.PeriodicAgentUpdateRequest{}) {
			return errors.New("no field to change is given; see iblai agents edit --help")
		}
		agent, err := findAgent(cmd.Context(), c, args[0])
		if err != nil {
			return err
		}
		updated, err := c.PeriodicAgents.Update(cmd.Context(), agent.ID, r)
		if err != nil {
			return flags.explainMentor(err)
		}
		return a.report(updated, "changed")
	}
	flags.add(a, cmd)
	return cmd
}

// newAgentsSetEnabled returns the command enable or disable.
func (a *app) newAgentsSetEnabled(name, short string, enabled bool) *cobra.Command {
	return a.agentCommand(&cobra.Command{
		Use:     name + " AGENT...",
		Short:   short,
		Example: fmt.Sprintf("  iblai agents %s 7 8", name),
	}, func(ctx context.Context, c *client.Client, agents []*client.PeriodicAgent) error {
		return a.forEach(agents, name+"d", func(agent *client.PeriodicAgent) (*client.PeriodicAgent, error) {
			return c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: &enabled}})
		})
	})
}

func (a *app) newAgentsDelete() *cobra.Command {
	var yes bool
	cmd := a.agentCommand(&cobra.Command{
		Use:     "delete AGENT...",
		Short:   "Delete agents and their logs",
		Example: `  iblai agents delete 7 8 --yes`,
	}, func(ctx context.Context, c *client.Client, agents []*client.PeriodicAgent) error {
		return a.forEach(agents, "deleted", func(agent *client.PeriodicAgent) (*client.PeriodicAgent, error) {
			if !yes && !a.confirm(ctx, fmt.Sprintf("Delete agent %d, %q?", agent.ID, sanitize(agent.Title))) {
				return nil, errors.New("not confirmed; answer yes, or use --yes")
			}
			return agent, c.PeriodicAgents.Delete(ctx, agent.ID)
		})
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "don't ask for confirmation")
	return cmd
}

// confirm asks a question, and reports whether the answer is "yes" or "y".
func (a *app) confirm(ctx context.Context, question string) bool {
	fmt.Fprintf(a.Stderr, "%s [yes/no] ", question)
	if a.reader == nil {
		a.reader = bufio.NewReader(a.Stdin)
	}
	answers := make(chan string, 1)
	go func() { // nothing can interrupt the read, and the program ends soon
		answer, _ := a.reader.ReadString('\n') // empty at the end of the input
		answers <- strings.ToLower(strings.TrimSpace(answer))
	}()
	select {
	case answer := <-answers:
		return answer == "yes" || answer == "y"
	case <-ctx.Done():
		return false
	}
}

// forEach writes agents until an error occurs, and reports the written agents.
func (a *app) forEach(agents []*client.PeriodicAgent, done string, write func(*client.PeriodicAgent) (*client.PeriodicAgent, error)) error {
	var written []*client.PeriodicAgent
	var failure error
	for _, old := range agents {
		agent, err := write(old)
		if err != nil {
			failure = &agentError{old.ID, err}
			break
		}
		written = append(written, agent)
		if a.format != formatTable {
			continue
		}
		if err := a.report(agent, done); err != nil {
			return err
		}
	}
	if a.format != formatTable {
		failure = errors.Join(failure, a.printAgents(written))
	}
	return failure
}

// report prints an agent after a write.
func (a *app) report(agent *client.PeriodicAgent, done string) error {
	if a.format != formatTable {
		return a.print(result{value: agent, names: ids([]*client.PeriodicAgent{agent})})
	}
	_, err := fmt.Fprintf(a.Stdout, "%s agent %d, %q\n", done, agent.ID, sanitize(agent.Title))
	return err
}

func previousAgent(ctx context.Context, c *client.Client, arg string) (client.Nullable[int64], error) {
	if arg == "none" {
		return client.Null[int64](), nil
	}
	agent, err := findAgent(ctx, c, arg)
	if err != nil {
		return client.Nullable[int64]{}, fmt.Errorf("--after: %w", err)
	}
	return client.Value(agent.ID), nil
}

func parseSchedule(line string) (*client.CrontabSchedule, error) {
	words := strings.Fields(line)
	if len(words) != 5 {
		return nil, fmt.Errorf(`--schedule has %d fields instead of 5: minute hour day-of-month month day-of-week, as in "0 8 * * mon-fri"`, len(words))
	}
	return new(client.NewCrontabSchedule(crontab.Fields{
		Minute: words[0], Hour: words[1], DayOfMonth: words[2], MonthOfYear: words[3], DayOfWeek: words[4],
	})), nil
}

// checkCallbackURL checks a URL. An empty one removes the callback.
func checkCallbackURL(callbackURL string) error {
	if invalid, ok := errors.AsType[*api.ArgumentError](client.CheckCallbackURL(callbackURL)); ok && callbackURL != "" {
		return errors.New("--callback-url " + invalid.Reason)
	}
	return nil
}

func parseStartTime(text string) (client.Nullable[time.Time], error) {
	if text == "none" {
		return client.Null[time.Time](), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return client.Nullable[time.Time]{}, fmt.Errorf("--start-time must be none or a time such as 2026-01-05T08:00:00Z, not %q", text)
	}
	return client.Value(t), nil
}

func (a *app) readPrompt(file string) (*string, error) {
	const limit = 1 << 20
	in := a.Stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("--prompt-file: %w", err)
		}
		defer func() { _ = opened.Close() }() // nothing was written
		in = opened
	}
	text, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--prompt-file: %w", err)
	case len(text) > limit:
		return nil, errors.New("--prompt-file: the file is larger than 1 MiB")
	}
	return new(string(text)), nil
}

func (a *app) readSecret(variable string) (*api.Secret, error) {
	secret := a.Getenv(variable)
	if secret == "" {
		return nil, fmt.Errorf("--callback-secret-env: the environment variable %s is empty", variable)
	}
	return new(api.NewSecret(secret)), nil
}
