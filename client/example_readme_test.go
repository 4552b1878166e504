package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// The code of the README is code of this file, which the tests run. The file of
// the first test is run by internal/tools/docs.
func TestReadmeIsRun(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("example_readme_test.go")
	require.NoError(t, err)
	compiled := unindented(string(source))
	snippets := strings.Split(string(readme), "```go\n")[1:]
	assert.Len(t, snippets, 13)
	for _, snippet := range snippets {
		snippet, _, _ = strings.Cut(snippet, "```")
		if !strings.HasPrefix(snippet, "package ") {
			assert.Contains(t, compiled, unindented(snippet), "a snippet that no test runs")
		}
	}
}

func unindented(code string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(strings.TrimSpace(code), "")
}

// TestReadme runs the code in the order of the README.
func TestReadme(t *testing.T) {
	ctx := t.Context()
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	account := sb.Accounts()[0]
	for name, value := range map[string]string{
		client.EnvAPIKey: account.APIKey.Reveal(), client.EnvOrg: account.Org, client.EnvUsername: account.Username,
		client.EnvBaseURL: sb.URL, "IBLAI_CALLBACK_SECRET": "the secret of the callbacks",
	} {
		t.Setenv(name, value)
	}
	c, err := client.FromEnv()
	require.NoError(t, err)

	require.NoError(t, readmeAuthenticate(ctx))
	require.NoError(t, readmeSchedule(ctx, c))
	agent, err := c.PeriodicAgents.Get(ctx, 1)
	require.NoError(t, err)
	wanted := agent.CreateRequest()
	wanted.Title = "Evening digest"
	require.NoError(t, readmeUpdate(ctx, c, agent, wanted))
	agent, err = c.PeriodicAgents.Get(ctx, 1)
	require.NoError(t, err)
	assert.Equal(t, "Evening digest", agent.Title)
	_, err = sb.RunNow(ctx, agent.ID, sandbox.Outcome{})
	require.NoError(t, err)
	require.NoError(t, readmeRead(ctx, c))
	readmeErrors(ctx, c, 4711)
	require.NoError(t, readmeNewer(ctx, c))

	stopped, stop := context.WithCancel(ctx)
	stop()
	require.ErrorIs(t, readmeReceive(stopped), context.Canceled)
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	require.NoError(t, err)
	if err := readmeFollow(stopped, c, verifier); !errors.Is(err, os.ErrNotExist) { // the folder of the position
		require.ErrorIs(t, err, context.Canceled)
	}
	if err := readmeWatch(stopped, c); !errors.Is(err, os.ErrNotExist) { // the folder of the alarms
		require.ErrorIs(t, err, context.Canceled)
	}
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, file, found := strings.Cut(string(readme), "```yaml\n")
	require.True(t, found)
	file, _, _ = strings.Cut(file, "```")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("fleet.yaml", []byte(file), 0o600))
	require.NoError(t, readmeFleet(ctx, c))
	assert.Len(t, sb.PeriodicAgentIDs(account.Org), 3)
	var reader agents = c.PeriodicAgents
	_, err = reader.Get(ctx, agent.ID)
	require.NoError(t, err)
}

func readmeAuthenticate(ctx context.Context) error {
	c, err := client.FromEnv()
	if err != nil {
		return err // names every variable that is missing
	}
	for mentor, err := range c.Mentors.All(ctx, nil) {
		if err != nil {
			return err
		}
		fmt.Println(mentor.UniqueID, mentor.Name) // the id that an agent needs
	}
	return nil
}

func readmeSchedule(ctx context.Context, c *client.Client) error {
	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: "497f6eca-6276-4993-bfeb-53cbbbba6f08",
		Title:  "Morning digest",
		Prompt: new("Summarize what is due this week."),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
		},
		CallbackURL:    new("https://hooks.example.com/runs"),
		CallbackSecret: new(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET"))),
	})
	if err != nil {
		return err
	}
	fmt.Println(agent.ID, agent.Title)
	return nil
}

func readmeUpdate(ctx context.Context, c *client.Client, agent *client.PeriodicAgent, wanted *client.PeriodicAgentCreateRequest) error {
	diff := agent.Diff(wanted)
	if !diff.IsEmpty() {
		agent, err := c.PeriodicAgents.Update(ctx, agent.ID, &diff.Update) // the fields that differ
		if err != nil {
			return err
		}
		fmt.Println("updated", agent.Title)
	}
	return nil
}

func readmeRead(ctx context.Context, c *client.Client) error {
	yesterday := time.Now().AddDate(0, 0, -1)
	for run, err := range c.PeriodicAgentLogs.Since(ctx, yesterday, nil) {
		if err != nil {
			return err
		}
		fmt.Println(run.StartTime, run.Status, run.Content)
	}
	return nil
}

func readmeReceive(ctx context.Context) error {
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
	if err != nil {
		return err
	}
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		fmt.Println(event.LogID, event.Status, event.AgentOutput)
		return nil // an error makes the response a 500, so that the sender may try again
	})
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr:              ":8080",
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	ctx, cancel := context.WithCancelCause(ctx) // ctx ends when the program is to stop
	go func() { cancel(server.ListenAndServe()) }()
	<-ctx.Done()
	shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	return errors.Join(context.Cause(ctx), server.Shutdown(shutdown))
}

func readmeFollow(ctx context.Context, c *client.Client, verifier *callback.Verifier) error {
	receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
		fmt.Println(run.LogID, run.Status, run.Output())
		return nil
	}, runs.WithPositionFile("/var/lib/digest/position"))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/runs", receiver) // served as above
	return receiver.Follow(ctx)
}

func readmeWatch(ctx context.Context, c *client.Client) error {
	watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
		for _, alarm := range alarms {
			fmt.Println(alarm) // raised, or resolved
		}
		return nil // an error makes the watchdog report them again
	}, runs.WithAlarmFile("/var/lib/digest/alarms"))
	if err != nil {
		return err
	}
	return watchdog.Run(ctx)
}

func readmeFleet(ctx context.Context, c *client.Client) error {
	courses, err := fleet.Load("fleet.yaml")
	if err != nil {
		return err // names the line of each mistake
	}
	plan, err := courses.Plan(ctx, c)
	if err != nil {
		return err
	}
	fmt.Print(plan)
	result, err := plan.Apply(ctx, c)
	if err != nil {
		return err
	}
	fmt.Print(result)
	return nil
}

func readmeErrors(ctx context.Context, c *client.Client, id int64) {
	_, err := c.PeriodicAgents.Get(ctx, id)
	switch {
	case errors.Is(err, client.ErrNotFound):
		fmt.Println("no such agent exists")
	case errors.Is(err, client.ErrRateLimited):
		fmt.Println("the service still asked to wait after all attempts")
	}
	if failure, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(failure.StatusCode, failure.Message, failure.Field("task.crontab.minute"))
	}
}

func readmeNewer(ctx context.Context, c *client.Client) error {
	agents, err := c.PeriodicAgents.List(ctx, nil, client.WithQuery("start_date", "2026-01-01"))
	if err != nil {
		return err
	}
	for _, agent := range agents.Results {
		if priority, ok := agent.Unknown.Get("priority"); ok {
			fmt.Println(agent.Title, string(priority))
		}
	}
	return nil
}

func TestReadmeInSynctest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sb, err := sandbox.New(sandbox.WithFaults(sandbox.Fault{Selection: sandbox.Times(3), Effect: sandbox.RespondWith(503)}))
		require.NoError(t, err)
		defer sb.Close()
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)

		_, err = c.Mentors.List(t.Context(), nil) // waits for three retries, in no time
		require.NoError(t, err)
	})
}

type agents interface {
	Get(ctx context.Context, id int64, opts ...client.CallOption) (*client.PeriodicAgent, error)
}
